"""What makes no sense is refused over HTTP, and nothing moves or changes because of it."""

import json

import numpy as np
import pytest
from tests.service.lessons import CHECKING, SMALL, STUCK, TRAINING, Bench, begin, examples, received
from tests.service.small import ask, program
from tests.store.no_room import no_room


def test_a_session_is_not_begun_with_what_makes_no_sense(bench: Bench) -> None:
    with bench.serve() as served:
        early = served.http.post("/v1/learning", json={"model": "small"})
        assert (early.status_code, "have not been programmed" in early.json()["error"]) == (409, True)
        program(served.http)
        before = received(bench.control)
        for asked, status, message in (
            ('{"model": "small", "rule": "magic"}', 400, "there is no rule 'magic'"),
            ('{"model": "small", "loss": "words"}', 400, "there is no loss 'words'"),
            ('{"model": "small", "parameters": {"batch": 0}}', 400, "a whole number of vectors from 1"),
            ('{"model": "small", "parameters": {"batch": 2.5}}', 400, "a whole number of vectors from 1"),
            ('{"model": "small", "parameters": {"rate": null}}', 400, "rate must be a number"),
            ('{"model": "small", "parameters": {"rate": 1e308}}', 400, "a rate must be above 0 to 1"),
            ('{"model": "small", "parameters": {"rate": 1e999}}', 400, "a finite number"),
            ('{"model": "small", "parameters": {"rate": NaN}}', 400, "a finite number"),
            ('{"model": "small", "parameters": {"back": 1}}', 400, "no parameter 'back'; it has batch, momentum, rate"),
            ('{"model": "small", "volts": 3}', 400, "volts: extra inputs"),
            ("", 400, "either the model to teach or the number"),
            ('{"model": "small", "rule": "progressive", "parameters": {"seed": -1}}', 400, "a whole number from 0"),
            ('{"model": "small", "rule": "feedback-alignment", "parameters": {"seed": 1.5}}', 400, "number from 0"),
            ('{"model": "small", "rule": "bias-scale", "parameters": {"scale": 3}}', 400, "are 0 or 1"),
            ('{"model": "small", "rule": "manhattan", "parameters": {"share": 2}}', 400, "above 0 to 1"),
            ('{"model": "small", "rule": "repair", "parameters": {"ridge": 0}}', 400, "a ridge must be above 0"),
            ('{"model": "small", "budget": {"pulses": 1e999}}', 400, "a finite number"),
            ('{"model": "small", "budget": {"pulses": -1}}', 400, "greater than or equal to 0"),
            ('{"model": "small", "moves": {"threshold": 2}}', 400, "less than 1"),
            ('{"model": "small", "resume": 1}', 400, "either the model to teach or the number"),
            ('{"model": "nobody"}', 404, "there is no model 'nobody'"),
            ('{"model": "other"}', 409, "do not hold model 'other'"),
            ('{"resume": 999}', 404, "there is no run 999"),
            ('{"resume": 1}', 409, "run 1 (program, done) cannot be resumed"),
            ("{", 400, "invalid JSON"),
        ):
            refused = served.http.post("/v1/learning", content=asked)
            assert (refused.status_code, message in refused.json()["error"]) == (status, True), (asked, refused.text)
        assert served.http.get("/v1/learning").json() == []
        assert served.http.get("/v1/learning/1").status_code == 404, "run 1 programmed"
        assert received(bench.control) == before


def test_a_stream_does_not_grow_without_end(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ohmloop.service.lessons.MOST_NUMBERS", 2 * 64 * (SMALL.inputs + SMALL.outputs))
    with bench.serve() as served:
        http = served.http
        program(http)
        where = f"/v1/learning/{begin(http)}"
        http.put(f"{where}/examples", json=examples(TRAINING))
        assert http.post(f"{where}/examples", json=examples(TRAINING)).json()["training"] == 128
        refused = http.post(f"{where}/examples", json=examples(TRAINING[:1]))
        assert (refused.status_code, "learns from at most" in refused.json()["error"]) == (400, True)
        assert http.put(f"{where}/examples", json=examples(TRAINING[:1])).json()["training"] == 1


def test_a_full_disk_moves_nothing_and_ends_no_session(bench: Bench) -> None:
    with bench.serve() as served:
        http = served.http
        program(http)
        bench.control.ask("fault", stuck=STUCK)
        before = received(bench.control)
        number = begin(http, rule="repair")
        where = f"/v1/learning/{number}"
        assert http.post(f"{where}/verify", json=examples(CHECKING)).status_code == 200
        with no_room():
            for path, body in (
                ("batches", examples(TRAINING)),
                ("verify", examples(CHECKING)),
                ("checkpoints", {"name": "mine"}),
                ("roll-back", {}),
                ("examples", examples(TRAINING)),
                ("commit", {}),
                ("pause", {}),
            ):
                refused = http.post(f"{where}/{path}", json=body)
                assert (refused.status_code, "make room" in refused.json()["error"]) == (507, True), (
                    path,
                    refused.text,
                )
            assert ask(http, "small", CHECKING).status_code == 200, "others read"
        assert received(bench.control) == before
        assert http.get(where).json()["summary"]["step"] == 0
        moment = http.post(f"{where}/batches", json=examples(TRAINING)).json()
        assert moment["step"] == 1
        assert moment["pulses"] == received(bench.control) - before > 0
        assert http.post(f"{where}/commit").json()["state"] == "done"


def test_garbage_in_a_stream_is_refused_and_changes_nothing(bench: Bench) -> None:
    blank, target = [0.0] * SMALL.inputs, [0.0] * SMALL.outputs

    def text(inputs: object, targets: object) -> str:
        return json.dumps({"inputs": inputs, "targets": targets})

    with bench.serve() as served:
        http = served.http
        program(http)
        number = begin(http, rule="sgd", parameters={"rate": 0.1, "batch": None})
        where = f"/v1/learning/{number}"
        http.post(f"{where}/batches", json=examples(TRAINING))
        known, before = http.get(where).json()["summary"], received(bench.control)
        answers = np.array(ask(http, "small", CHECKING).json()["outputs"][0]["data"])
        for content, message in (
            (text([[float("nan"), *blank[1:]]], [target]), "finite"),
            (text([blank], [[float("inf"), *target[1:]]]), "finite"),
            (text([], []), "of shape (batch, 8)"),
            (text([blank[1:]], [target]), "of shape (batch, 8)"),
            (text([blank, blank[1:]], [target, target]), "rows of equal length"),
            (text([blank], [target[1:]]), "of shape (batch, 4)"),
            (text([blank], [3]), "of shape (batch, 4)"),
            (text([blank], [10**30]), "an integer from 0 that names an output"),
            (text([blank, blank], [target]), "need as many targets"),
            (text([blank], [[1e300, *target[1:]]]), "at most 1e+100"),
            (text([[1e300, *blank[1:]]], [target]), "its numbers are too large"),
            (text([[True, *blank[1:]]], [target]), "a valid number"),
            ('{"inputs": "x", "targets": 1}', "a valid array"),
            ("{}", "field required"),
        ):
            for path in ("batches", "verify"):
                refused = http.post(f"{where}/{path}", content=content)
                assert (refused.status_code, message in refused.json()["error"]) == (400, True), (path, refused.text)
        now = http.get(where).json()["summary"]
        assert {name: now[name] for name in ("step", "pulses", "best", "stuck")} == {
            name: known[name] for name in ("step", "pulses", "best", "stuck")
        }
        assert received(bench.control) == before
        after = np.array(ask(http, "small", CHECKING).json()["outputs"][0]["data"])
        assert np.abs(after - answers).max() < 0.05 * np.ptp(answers)
        assert http.post(f"{where}/batches", json=examples(TRAINING)).json()["step"] == known["step"] + 1
