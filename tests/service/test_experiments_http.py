"""Experiments as jobs over REST, on an emulated board: what they find and refuse, and what is served after them."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pytest
from tests.service.listener import listening, until
from tests.service.small import GEOMETRY, Served, ask, network, program, serve

from ohmloop.station.emulated import EmulatorProcess


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    store = tmp_path_factory.mktemp("experiments") / "runs.sqlite"
    with serve(store, "emu://8x8?seed=6", network("small")) as served:
        yield served


@pytest.fixture
def http(served: Served) -> httpx.Client:
    return served.http


def done(http: httpx.Client, route: str, **body: Any) -> dict[str, Any]:
    """Start an experiment, wait for its end, and give its run."""
    with listening(http) as events:
        answer = http.post(route, json=body)
        assert answer.status_code == 202, answer.text
        number = answer.json()["id"]
        until(events, "experiment")
        ended = until(events, "job", id=number, state="done")
    run: dict[str, Any] = http.get(f"/v1/runs/{ended.data['run']}").json()
    return run


def test_curves_move_nothing_and_what_was_programmed_is_still_served(http: httpx.Client) -> None:
    program(http)
    inputs = np.linspace(0, 1, 16).reshape(2, 8)
    before = np.array(ask(http, "small", inputs).json()["outputs"][0]["data"])
    run = done(http, "/v1/iv-sweep", cells=[[2, 3], [0, 7]], points=4)
    found = run["found"]
    assert [(cell["row"], cell["col"]) for cell in found["cells"]] == [(0, 7), (2, 3)]
    assert len(found["volts"]) == 7
    conductances_s = np.array([cell["currents_a"] for cell in found["cells"]]) / found["volts"]
    assert np.allclose(conductances_s, conductances_s[:, :1], rtol=0.1)
    after = ask(http, "small", inputs)
    assert after.status_code == 200, after.text
    assert np.allclose(after.json()["outputs"][0]["data"], before, atol=0.1 * np.abs(before).max())


def test_a_session_keeps_the_boards_and_their_set_up(http: httpx.Client) -> None:
    program(http)
    begun = http.post("/v1/learning", json={"model": "small"})
    assert begun.status_code == 201, begun.text
    for route in ("iv-sweep", "pulse-response", "characterise"):
        refused = http.post(f"/v1/{route}")
        assert (refused.status_code, "pause or commit it first" in refused.json()["error"]) == (409, True)
    assert http.post(f"/v1/learning/{begun.json()['id']}/pause").status_code == 200


def test_a_response_moves_cells_and_the_boards_hold_nothing_after_it(http: httpx.Client) -> None:
    program(http)
    run = done(http, "/v1/pulse-response", count=3, pulses=5)
    conductances_s = np.array([cell["conductances_s"] for cell in run["found"]["cells"]])
    assert conductances_s.shape == (3, 11)
    assert (conductances_s[:, 5] > conductances_s[:, 10]).all()
    refused = ask(http, "small", np.zeros((1, 8)))
    assert refused.status_code == 409
    assert f"since run {run['id']} (pulse-response) moved cells" in refused.json()["error"]


def test_what_was_characterised_is_programmed_by(http: httpx.Client) -> None:
    run = done(http, "/v1/characterise", cells=4)
    assert run["summary"]["pulses"] > 0
    program(http)
    plan = http.get("/v1/runs").json()[-1]["parameters"]["plan"]
    assert plan["policy"] == "bayes"
    assert plan["acceptance"]["passes"] == 2


@pytest.mark.parametrize(
    ("route", "body", "status", "says"),
    [
        ("iv-sweep", b"[", 400, "invalid JSON"),
        ("iv-sweep", b'{"cells": []}', 400, "cells"),
        ("iv-sweep", b'{"cells": [[8, 0]]}', 409, "usable ROW,COL of the 8x8 array"),
        ("iv-sweep", b'{"cells": [[1.5, 0]]}', 400, "cells.0.0"),
        ("iv-sweep", b'{"volts": NaN}', 400, "volts"),
        ("iv-sweep", b'{"volts": 1e-9}', 400, "volts"),
        ("iv-sweep", b'{"volts": 1.5}', 409, "is above limits.v_read of 'emulated VTEAM array', 0.25 V"),
        ("iv-sweep", b'{"volts": 2e-6, "points": 900}', 409, "take fewer"),
        ("iv-sweep", b'{"points": 1}', 400, "points"),
        ("pulse-response", b'{"set_v": 9}', 409, "above limits.v_set"),
        ("pulse-response", b'{"reset_v": 1e300}', 409, "above limits.v_reset"),
        ("pulse-response", b'{"reset_v": -1}', 400, "reset_v"),
        ("pulse-response", b'{"width_s": 1}', 409, "above limits.width_max_s"),
        ("pulse-response", b'{"pulses": 10000, "cycles": 10000}', 409, "above limits.pulses_max"),
        ("pulse-response", b'{"pulses": 5000, "cycles": 5, "count": 64}', 409, "take fewer cells, pulses or cycles"),
        ("characterise", b'{"cells": 1}', 400, "cells"),
        ("characterise", b'{"pulses": true}', 400, "pulses: input should be a valid integer"),
        ("characterise", b'{"tolerance": 0.1}', 400, "tolerance: extra inputs"),
    ],
)
def test_what_makes_no_sense_starts_nothing(
    http: httpx.Client, route: str, body: bytes, status: int, says: str
) -> None:
    runs, jobs = http.get("/v1/runs").json(), http.get("/v1/jobs").json()
    answer = http.post(f"/v1/{route}", content=body)
    assert (answer.status_code, says in answer.json()["error"]) == (status, True), answer.text
    assert (http.get("/v1/runs").json(), http.get("/v1/jobs").json()) == (runs, jobs)


def test_it_is_cancelled_at_a_safe_point_and_excludes_others_meanwhile(tmp_path: Path) -> None:
    with (
        EmulatorProcess(GEOMETRY, {"seed": "6"}) as emulator,
        emulator.control() as control,
        serve(tmp_path / "runs.sqlite", emulator.boards[0].url, network("small")) as served,
        listening(served.http) as events,
    ):
        number = served.http.post("/v1/pulse-response", json={"pulses": 10_000}).json()["id"]
        until(events, "experiment")
        busy = served.http.post("/v1/iv-sweep")
        assert busy.status_code == 409
        assert f"job {number} (pulse-response)" in busy.json()["error"]
        assert served.http.post(f"/v1/jobs/{number}/pause").json()["state"] == "paused"
        assert served.http.post(f"/v1/jobs/{number}/resume").json()["state"] == "running"
        assert served.http.post(f"/v1/jobs/{number}/cancel").status_code == 202
        until(events, "job", id=number, state="cancelled")
        assert not control.ask("truth")["driven"]
        run = served.http.get("/v1/runs").json()[-1]
        assert (run["kind"], run["state"]) == ("pulse-response", "cancelled")


def test_the_service_describes_what_it_takes_and_how_it_refuses(http: httpx.Client) -> None:
    said = http.get("/openapi.json").json()
    schemas = said["components"]["schemas"]
    for route in ("programming", "iv-sweep", "pulse-response", "characterise"):
        described = said["paths"][f"/v1/{route}"]["post"]
        name = described["requestBody"]["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
        assert schemas[name]["examples"]
        for example in schemas[name]["examples"]:
            assert set(example) <= set(schemas[name]["properties"])
        assert described["responses"]["409"]["content"]["application/json"]["schema"]["$ref"].endswith("/ErrorAnswer")
    assert list(schemas["ErrorAnswer"]["properties"]) == ["error"]
    undescribed = {
        route for route, methods in said["paths"].items() if "post" in methods and "requestBody" not in methods["post"]
    }
    assert {route.rpartition("/")[2] for route in undescribed} == {
        "cancel",
        "pause",
        "resume",
        "clear",
        "stop",
        "commit",
    }
    assert http.get("/").headers["location"] == "/docs"


def test_its_pages_fetch_nothing_from_elsewhere(http: httpx.Client) -> None:
    page = http.get("/docs").text
    fetched = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(fetched) >= 2
    for place in fetched:
        assert place.startswith("/")
        assert http.get(place).status_code == 200
