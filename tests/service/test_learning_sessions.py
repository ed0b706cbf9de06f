"""Learning sessions over HTTP, on an emulated board whose cells were damaged."""

from typing import Any

import numpy as np
import pytest
from tests.service.lessons import CHECKING, SMALL, STUCK, TRAINING, Bench, begin, examples
from tests.service.listener import listening, until
from tests.service.small import Served, ask, program


def test_a_session_repairs_what_is_broken_while_others_read(damaged: tuple[Served, Bench]) -> None:
    served, _ = damaged
    http = served.http
    with listening(http) as events:
        number = begin(http, rule="repair")
        where = f"/v1/learning/{number}"
        before = http.post(f"{where}/verify", json=examples(CHECKING)).json()["score"]
        moment = http.post(f"{where}/batches", json=examples(TRAINING)).json()
        assert moment["step"] == 1
        assert moment["pulses"] > 0
        told = until(events, "learning", session=number, step=1)
        assert told.data["pulses"] == moment["pulses"]
    assert ask(http, "small", CHECKING).status_code == 200, "others read between two steps"
    for refused in (
        http.post("/v1/programming", json={"model": "other"}),
        http.post("/v1/learning", json={"model": "small"}),
    ):
        assert refused.status_code == 409
        assert f"learning session {number} has the boards" in refused.json()["error"]
    verified = http.post(f"{where}/verify", json=examples(CHECKING)).json()
    assert verified["score"] > before + 0.1
    assert verified["best"] == verified["score"]
    assert http.post(f"{where}/commit").json()["state"] == "done"
    assert http.post("/v1/learning", json={"resume": number}).status_code == 409
    assert http.post(f"{where}/batches", json=examples(TRAINING)).status_code == 409


def test_what_was_learned_is_served_after_a_restart(damaged: tuple[Served, Bench]) -> None:
    served, bench = damaged
    http = served.http
    number = begin(http, rule="repair")
    for _ in range(2):
        http.post(f"/v1/learning/{number}/batches", json=examples(TRAINING))
    http.post(f"/v1/learning/{number}/commit")
    logits = np.array(ask(http, "small", CHECKING).json()["outputs"][0]["data"])
    learned = served.networks["small"].model.layers[0].bias
    assert not np.allclose(learned, SMALL.layers[0].bias)
    served.station.close()
    with bench.serve() as again:
        assert again.http.get("/v1/station").json()["holds"] == "small"
        assert np.array_equal(again.networks["small"].model.layers[0].bias, learned)
        after = np.array(ask(again.http, "small", CHECKING).json()["outputs"][0]["data"])
        assert np.abs(after - logits).max() < 0.05 * np.ptp(logits)
        program(again.http)
        assert np.array_equal(again.networks["small"].model.layers[0].bias, SMALL.layers[0].bias), "as it was given"


def test_a_roll_back_returns_to_the_best_verified_state(bench: Bench) -> None:
    astray = {"inputs": TRAINING.tolist(), "targets": (-SMALL.digital(TRAINING)).tolist()}
    with bench.serve() as served:
        http = served.http
        program(http)
        number = begin(http, rule="sgd", parameters={"rate": 0.1, "batch": None})
        where = f"/v1/learning/{number}"
        best = http.post(f"{where}/verify", json=examples(CHECKING)).json()["score"]
        assert best > 0.8
        for _ in range(4):
            http.post(f"{where}/batches", json=astray)
        worse = http.post(f"{where}/verify", json=examples(CHECKING)).json()
        assert worse["score"] < best - 0.5
        assert worse["best"] == best
        assert http.post(f"{where}/checkpoints", json={"name": "worse"}).status_code == 201
        assert http.post(f"{where}/pause").json()["state"] == "paused"
        assert http.post(f"{where}/roll-back").status_code == 409, "paused"
        assert http.post("/v1/learning", json={"resume": number}).status_code == 201
        spent = http.get(where).json()["summary"]["pulses"]
        assert http.post(f"{where}/roll-back").json()["pulses"] > spent
        back = http.post(f"{where}/verify", json=examples(CHECKING)).json()["score"]
        assert back > worse["score"] + 0.5 * (best - worse["score"])
        unknown = http.post(f"{where}/roll-back", json={"name": "never"})
        assert unknown.status_code == 409
        assert "no checkpoint 'never'" in unknown.json()["error"]


def test_examples_are_kept_and_taught_by_a_job(damaged: tuple[Served, Bench]) -> None:
    http = damaged[0].http
    number = begin(http, rule="sgd", parameters={"batch": 32}, budget={"pulses": 400})
    where = f"/v1/learning/{number}"
    assert http.post(f"{where}/teach", json={"steps": 2}).status_code == 202
    with listening(http, after=0) as events:
        until(events, "job", run=number, state="failed")
    kept = http.put(f"{where}/examples", json={**examples(TRAINING), "checking": examples(CHECKING), "seed": 7})
    assert kept.json() == {"training": 64, "checking": 64, "watched": {}}
    with listening(http) as events:
        job = http.post(f"{where}/teach", json={"steps": 6, "verify_every": 3}).json()["id"]
        until(events, "learning", session=number, step=6)
        until(events, "job", id=job, state="done")
    session = http.get(where).json()
    assert session["summary"]["step"] == 6
    assert session["summary"]["verified"] is not None
    assert session["summary"]["pulses"] <= 400
    with listening(http) as events:
        job = http.post(f"{where}/teach", json={"steps": 100_000}).json()["id"]
        until(events, "learning", session=number)
        assert http.post(f"/v1/jobs/{job}/cancel").status_code == 202
        until(events, "job", id=job, state="cancelled")
    assert http.post(f"{where}/batches", json=examples(TRAINING)).status_code == 200, "a cancelled job ends no session"


def test_new_data_come_while_it_learns_and_what_was_known_is_watched(bench: Bench) -> None:
    """A user changes: the same inputs shall now give other outputs where the first input is high."""
    old, new = (inputs.copy() for inputs in (CHECKING, CHECKING))
    old[:, 0], new[:, 0] = 0.0, 1.0
    arriving = TRAINING.copy()
    arriving[:, 0] = 1.0

    def changed(inputs: np.ndarray) -> dict[str, Any]:
        return {"inputs": inputs.tolist(), "targets": (SMALL.digital(inputs) - 1.5).tolist()}

    known = TRAINING.copy()
    known[:, 0] = 0.0
    with bench.serve() as served:
        http = served.http
        program(http)
        number = begin(http, rule="sgd", parameters={"rate": 0.05, "batch": None})
        where = f"/v1/learning/{number}"
        kept = http.put(
            f"{where}/examples",
            json={**examples(known), "checking": changed(new), "watched": {"old": examples(old), "new": changed(new)}},
        )
        assert kept.json() == {"training": 64, "checking": 64, "watched": {"old": 64, "new": 64}}
        before = http.post(f"{where}/verify", json=changed(new)).json()
        assert before["watched"]["old"] > 0.9 > 0.5 > before["watched"]["new"]
        with listening(http) as events:
            job = http.post(f"{where}/teach", json={"steps": 60, "verify_every": 5}).json()["id"]
            told = until(events, "learning", session=number, step=5)
            assert set(until(events, "learning", session=number, step=10).data["watched"]) == {"old", "new"}
            for part in np.split(arriving, 4):
                added = http.post(f"{where}/examples", json=changed(part))
                assert added.status_code == 200, added.text
            assert added.json()["training"] == 128
            until(events, "job", id=job, state="done")
        assert {"loss", "score", "pulses", "pulses_a_cell", "largest_pulses", "stuck", "energy_j"} <= set(told.data)
        after = http.get(where).json()["summary"]["watched"]
        assert after["new"] > before["watched"]["new"] + 0.3, "the new data are learned"
        assert after["old"] > 0.5, "what was known is not forgotten"
        http.post(f"{where}/pause")
        assert http.post("/v1/learning", json={"resume": number}).status_code == 201
        again = http.post(f"{where}/verify", json=changed(new)).json()["watched"]
        assert again["old"] == pytest.approx(after["old"], abs=0.1), "the run keeps what is watched"


def test_a_later_session_repairs_towards_the_network_as_it_was_given(bench: Bench) -> None:
    astray = {"inputs": TRAINING.tolist(), "targets": (SMALL.digital(TRAINING) + 3).tolist()}
    with bench.serve() as served:
        http = served.http
        program(http)
        where = f"/v1/learning/{begin(http, rule='bias-scale', parameters={'rate': 0.5, 'scale': 0})}"
        for _ in range(10):
            http.post(f"{where}/batches", json=astray)
        http.post(f"{where}/commit")
        where = f"/v1/learning/{begin(http, rule='repair')}"
        spoilt = http.post(f"{where}/verify", json=examples(CHECKING)).json()["score"]
        http.post(f"{where}/batches", json=examples(TRAINING))
        repaired = http.post(f"{where}/verify", json=examples(CHECKING)).json()["score"]
        assert spoilt < 0.5
        assert repaired > 0.9


def test_a_session_goes_on_after_the_service_is_gone(bench: Bench) -> None:
    with bench.serve() as served:
        program(served.http)
        bench.control.ask("fault", stuck=STUCK)
        number = begin(served.http, rule="sgd", parameters={"batch": None})
        moment = served.http.post(f"/v1/learning/{number}/batches", json=examples(TRAINING)).json()
    bench.control.ask("reset", reason="power")
    with bench.serve() as served:
        (kept,) = served.http.get("/v1/learning").json()
        assert (kept["id"], kept["state"], kept["open"]) == (number, "paused", False)
        resumed = served.http.post("/v1/learning", json={"resume": number}).json()
        assert resumed["summary"]["step"] == 1
        assert resumed["summary"]["pulses"] == moment["pulses"]
        again = served.http.post(f"/v1/learning/{number}/batches", json=examples(TRAINING)).json()
        assert again["step"] == 2


def test_a_session_is_not_resumed_on_cells_that_were_moved_since(damaged: tuple[Served, Bench]) -> None:
    http = damaged[0].http
    stale = begin(http, rule="repair")
    http.post(f"/v1/learning/{stale}/pause")
    untouched = begin(http, rule="bias-scale")
    http.post(f"/v1/learning/{untouched}/batches", json=examples(TRAINING))
    http.post(f"/v1/learning/{untouched}/pause")
    assert http.post("/v1/learning", json={"resume": stale}).status_code == 201, "nothing has moved"
    http.post(f"/v1/learning/{stale}/pause")
    other = begin(http, rule="repair")
    http.post(f"/v1/learning/{other}/batches", json=examples(TRAINING))
    http.post(f"/v1/learning/{other}/commit")
    refused = http.post("/v1/learning", json={"resume": stale})
    assert refused.status_code == 409
    assert f"run {other} (learn) has moved cells" in refused.json()["error"]
    assert http.get(f"/v1/learning/{stale}").json()["state"] == "paused"


def test_an_emergency_stop_ends_a_lesson_and_the_session_goes_on(damaged: tuple[Served, Bench]) -> None:
    http = damaged[0].http
    number = begin(http, rule="sgd", parameters={"batch": 32})
    where = f"/v1/learning/{number}"
    http.put(f"{where}/examples", json=examples(TRAINING))
    with listening(http) as events:
        job = http.post(f"{where}/teach", json={"steps": 100_000}).json()["id"]
        until(events, "learning", session=number)
        assert http.post("/v1/stop").status_code == 200
        ended = until(events, "job", id=job)
        while ended.data["state"] == "running":
            ended = until(events, "job", id=job)
    assert damaged[0].station.jobs[job].wait(10)
    step = http.get(where).json()["summary"]["step"]
    http.post("/v1/clear")
    moment = http.post(f"{where}/batches", json=examples(TRAINING)).json()
    assert moment["step"] == step + 1


def test_a_service_that_ends_lets_a_lesson_come_to_its_safe_point(bench: Bench) -> None:
    with bench.serve() as served:
        program(served.http)
        number = begin(served.http, rule="sgd", parameters={"batch": 32})
        served.http.put(f"/v1/learning/{number}/examples", json=examples(TRAINING))
        with listening(served.http) as events:
            job = served.http.post(f"/v1/learning/{number}/teach", json={"steps": 100_000}).json()["id"]
            until(events, "learning", session=number)
    assert served.station.jobs[job].state == "cancelled"
    with bench.serve() as served:
        assert served.http.get(f"/v1/learning/{number}").json()["state"] == "paused"
        assert served.http.post("/v1/learning", json={"resume": number}).status_code == 201
        assert served.http.post(f"/v1/learning/{number}/batches", json=examples(TRAINING)).status_code == 200


def test_examples_are_kept_together_or_not_at_all(bench: Bench) -> None:
    bad = {"inputs": [[0.0] * 7], "targets": [[0.0] * 4]}
    with bench.serve() as served:
        http = served.http
        program(http)
        where = f"/v1/learning/{begin(http)}"
        assert http.put(f"{where}/examples", json={**examples(TRAINING), "checking": bad}).status_code == 400
        assert http.put(f"{where}/examples", json={**examples(TRAINING), "watched": {"x": bad}}).status_code == 400
        assert http.post(f"{where}/examples", json=bad).status_code == 400
        with listening(http) as events:
            job = http.post(f"{where}/teach", json={"steps": 1}).json()["id"]
            until(events, "job", id=job, state="failed")
        assert served.station.jobs[job].wait(10)
        assert "keeps no examples" in http.get(f"/v1/jobs/{job}").json()["error"]


def test_a_lesson_lets_others_read_between_its_steps_and_is_paused(damaged: tuple[Served, Bench]) -> None:
    http = damaged[0].http
    number = begin(http, rule="sgd", parameters={"batch": 32})
    where = f"/v1/learning/{number}"
    http.put(f"{where}/examples", json=examples(TRAINING))
    with listening(http) as events:
        job = http.post(f"{where}/teach", json={"steps": 100_000}).json()["id"]
        step = until(events, "learning", session=number).data["step"]
        for _ in range(10):
            assert ask(http, "small", CHECKING[:2]).status_code == 200
        assert http.get("/v2/models/small/ready").status_code == 200
        while until(events, "learning", session=number).data["step"] < step + 10:
            pass
        assert http.post(f"{where}/batches", json=examples(TRAINING)).status_code == 409, "one lesson at a time"
        assert http.post("/v1/programming", json={"model": "small"}).status_code == 409
        assert http.post(f"/v1/jobs/{job}/pause").json()["state"] == "paused"
        until(events, "job", id=job, state="paused")
        assert ask(http, "small", CHECKING[:2]).status_code == 200
        stood = http.get(where).json()["summary"]["step"]
        assert ask(http, "small", CHECKING[:2]).status_code == 200
        assert http.get(where).json()["summary"]["step"] == stood, "nothing is learned meanwhile"
        assert http.post(f"/v1/jobs/{job}/resume").json()["state"] == "running"
        until(events, "learning", session=number, step=stood + 2)
        assert http.post(f"{where}/pause").json()["state"] == "paused", "ends the lesson at its next safe point"
        until(events, "job", id=job, state="cancelled")
    assert http.post("/v1/learning", json={"resume": number}).status_code == 201
    assert http.post(f"{where}/batches", json=examples(TRAINING)).status_code == 200
