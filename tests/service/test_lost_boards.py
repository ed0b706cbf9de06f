"""Boards that restart or go away while a network is served."""

from pathlib import Path

import numpy as np
from tests.service.listener import listening, until
from tests.service.small import GEOMETRY, ask, network, serve

from ohmloop.station.emulated import EmulatorProcess


def test_a_board_that_restarted_is_armed_again_and_answers(tmp_path: Path) -> None:
    inputs = np.random.default_rng(3).uniform(0, 1, (20, 8))
    with (
        EmulatorProcess(GEOMETRY, {"seed": "12"}) as emulator,
        emulator.control() as control,
        serve(tmp_path / "runs.sqlite", emulator.boards[0].url, network("small")) as served,
    ):
        with listening(served.http) as events:
            number = served.http.post("/v1/programming", json={"model": "small"}).json()["id"]
            until(events, "job", id=number, state="done")
        assert served.station.jobs[number].wait(10)
        before = np.array(ask(served.http, "small", inputs).json()["outputs"][0]["data"])
        gates = control.ask("truth")["gates"]
        control.ask("reset")
        answer = ask(served.http, "small", inputs)
        assert answer.status_code == 200, answer.text
        after = np.array(answer.json()["outputs"][0]["data"])
        assert np.corrcoef(before, after)[0, 1] > 0.99
        truth = control.ask("truth")
        assert (truth["resets"], truth["gates"]) == (1, gates)


def test_a_board_that_went_away_is_named(tmp_path: Path) -> None:
    with EmulatorProcess(GEOMETRY, {"seed": "12"}) as emulator:
        url = f"{emulator.boards[0].url}?timeout=0.2"
        with serve(tmp_path / "runs.sqlite", url, network("small")) as served:
            emulator.close()
            answer = served.http.post("/v1/stop")
            assert answer.status_code == 502
            assert "NOT STOPPED, cut the supply of SIM-12-b0" in answer.json()["error"]
            number = served.http.post("/v1/programming", json={"model": "small"}).json()["id"]
            assert served.station.jobs[number].wait(60)
            job = served.http.get(f"/v1/jobs/{number}").json()
            assert job["state"] == "failed"
            assert "LinkLost" in job["error"]


def test_a_shutdown_is_reported_and_cleared(tmp_path: Path) -> None:
    with (
        EmulatorProcess(GEOMETRY, {"seed": "13"}) as emulator,
        emulator.control() as control,
        serve(tmp_path / "runs.sqlite", emulator.boards[0].url, network("small")) as served,
    ):
        control.ask("trip", when={"gates": 5})
        number = served.http.post("/v1/programming", json={"model": "small"}).json()["id"]
        assert served.station.jobs[number].wait(30)
        run = served.http.get("/v1/runs").json()[-1]
        assert run["state"] == "paused"
        assert control.ask("truth")["gates"] == 5
        shut = served.http.post("/v1/programming", json={"model": "small", "resume": run["id"]}).json()["id"]
        assert served.station.jobs[shut].wait(30)
        assert control.ask("truth")["gates"] == 5
        cleared = served.http.post("/v1/clear")
        assert cleared.status_code == 200, cleared.text
        body = {"model": "small", "resume": run["id"]}
        resumed = served.http.post("/v1/programming", json=body).json()["id"]
        assert served.station.jobs[resumed].wait(60)
        assert served.http.get("/v1/station").json()["holds"] == "small"
