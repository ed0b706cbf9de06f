"""Programming as a job, on an emulated board, from an empty array to answers."""

from collections.abc import Iterator
from pathlib import Path

import httpx
import numpy as np
import pytest
from tests.service.listener import listening, until
from tests.service.small import GEOMETRY, Served, ask, network, serve

from ohmloop.crossbar import Geometry
from ohmloop.station.emulated import EmulatorProcess
from ohmloop.store import Store

SLOW = Geometry(32, 32)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    store = tmp_path_factory.mktemp("service") / "runs.sqlite"
    with serve(store, "emu://8x8?seed=5", network("small"), network("other")) as served:
        yield served


@pytest.fixture
def http(served: Served) -> httpx.Client:
    return served.http


def start(http: httpx.Client, model: str = "small", **more: object) -> int:
    answer = http.post("/v1/programming", json={"model": model, **more})
    assert answer.status_code == 202, answer.text
    assert answer.json()["state"] == "running"
    return int(answer.json()["id"])


def test_nothing_is_ready_before_it_is_programmed(http: httpx.Client) -> None:
    assert http.get("/v2/health/live").status_code == 200
    assert http.get("/v2/health/ready").status_code == 409
    assert http.get("/v2/models/small/ready").status_code == 409
    answer = ask(http, "small", np.zeros((1, 8)))
    assert answer.status_code == 409
    assert "POST /v1/programming" in answer.json()["error"]
    assert http.get("/v1/station").json()["holds"] is None


@pytest.mark.parametrize(
    ("body", "status", "says"),
    [
        (b"", 400, "model: field required"),
        (b"{", 400, "invalid JSON"),
        (b'{"model": "none"}', 404, "no model 'none'; there are small, other"),
        (b'{"model": "small", "policy": "hammer"}', 400, "policy"),
        (b'{"model": "small", "tolerance": 0.9}', 400, "tolerance"),
        (b'{"model": "small", "tolerance": NaN}', 400, "tolerance"),
        (b'{"model": "small", "pulses": true}', 400, "pulses"),
        (b'{"model": "small", "stress_s": -1}', 400, "stress_s"),
        (b'{"model": "small", "settle_s": 1e9}', 400, "settle_s"),
        (b'{"model": "small", "rounds": 1e9}', 400, "rounds"),
        (b'{"model": "small", "volts": 3}', 400, "volts: extra inputs"),
        (b'{"model": "small", "resume": 4711}', 404, "no run 4711"),
        (b'{"model": "' + b"x" * 70_000 + b'"}', 413, "larger than"),
    ],
)
def test_what_makes_no_sense_starts_nothing(http: httpx.Client, body: bytes, status: int, says: str) -> None:
    jobs = http.get("/v1/jobs").json()
    answer = http.post("/v1/programming", content=body)
    assert answer.status_code == status, answer.text
    assert says in answer.json()["error"]
    assert http.get("/v1/jobs").json() == jobs
    assert not any(run["state"] == "running" for run in http.get("/v1/runs").json())


@pytest.fixture
def programmed(tmp_path: Path) -> Iterator[Served]:
    """A service of its own whose job 1 has programmed `small`."""
    with serve(tmp_path / "runs.sqlite", "emu://8x8?seed=5", network("small"), network("other")) as served:
        with listening(served.http) as events:
            assert start(served.http) == 1
            until(events, "job", id=1, state="done")
        assert served.station.jobs[1].wait(10)
        yield served


def test_a_job_has_the_station_to_itself(tmp_path: Path) -> None:
    with (
        EmulatorProcess(GEOMETRY, {"seed": "5"}) as emulator,
        emulator.control() as control,
        serve(tmp_path / "runs.sqlite", emulator.boards[0].url, network("small"), network("other")) as served,
    ):
        control.ask("fault", wire={"late": 1.0, "late_s": 0.1})  # so that it lasts
        http = served.http
        with listening(http) as events:
            number = start(http)
            again = http.post("/v1/programming", json={"model": "other"})
            assert again.status_code == 409
            assert f"job {number} (program)" in again.json()["error"]
            asked = ask(http, "small", np.zeros((1, 8)))
            assert asked.status_code == 409
            assert f"job {number}" in asked.json()["error"]
            progress = until(events, "progress", cells=64)
            assert progress.data["board"] == served.station.boards[0].capabilities.serial
            until(events, "job", id=number, state="done")
        assert served.station.jobs[number].wait(10)


def test_a_job_is_paused_and_goes_on(tmp_path: Path) -> None:
    with (
        EmulatorProcess(SLOW, {"seed": "5"}) as emulator,
        emulator.control() as control,
        serve(tmp_path / "runs.sqlite", emulator.boards[0].url, network("large", SLOW), geometry=SLOW) as served,
    ):
        control.ask("fault", wire={"late": 1.0, "late_s": 0.05})  # so that it lasts
        http = served.http
        with listening(http) as events:
            number = start(http, "large")
            until(events, "progress")
            assert http.post(f"/v1/jobs/{number}/resume").status_code == 409
            assert http.post(f"/v1/jobs/{number}/pause").json()["state"] == "paused"
            until(events, "job", id=number, state="paused")
            assert http.post(f"/v1/jobs/{number}/pause").status_code == 409
            assert http.post("/v1/programming", json={"model": "large"}).status_code == 409
            control.ask("fault", none=True)
            assert http.post(f"/v1/jobs/{number}/resume").json()["state"] == "running"
            until(events, "job", id=number, state="done")
        assert served.station.jobs[number].wait(10)
        assert http.post(f"/v1/jobs/{number}/pause").status_code == 409


def test_a_paused_job_can_be_cancelled(tmp_path: Path) -> None:
    with serve(tmp_path / "runs.sqlite", "emu://32x32?seed=5", network("large", SLOW), geometry=SLOW) as served:
        http = served.http
        with listening(http) as events:
            number = start(http, "large", settle_s=600.0)
            until(events, "progress", phase="verifying")
            assert http.post(f"/v1/jobs/{number}/pause").status_code == 202
            assert http.post(f"/v1/jobs/{number}/cancel").status_code == 202
            until(events, "job", id=number, state="cancelled")
        assert served.station.jobs[number].wait(10)
        assert http.get("/v1/runs").json()[-1]["state"] == "paused"


def test_a_programmed_station_answers(programmed: Served) -> None:
    http = programmed.http
    job = http.get("/v1/jobs/1").json()
    assert job["state"] == "done"
    assert job["error"] is None
    assert job["progress"]["accepted"] + job["progress"]["failed"] == job["progress"]["cells"] == 64
    assert job["result"]["declared_in_band"] > 0.9
    station = http.get("/v1/station").json()
    assert station["holds"] == "small"
    assert station["busy_with"] is None
    assert http.get("/v2/health/ready").status_code == 200
    assert http.get("/v2/models/small/ready").status_code == 200
    assert http.get("/v2/models/other/ready").status_code == 409
    inputs = np.random.default_rng(2).uniform(0, 1, (50, 8))
    logits = np.array(ask(http, "small", inputs).json()["outputs"][0]["data"]).reshape(50, 4)
    expected = programmed.networks["small"].model.digital(inputs)
    assert np.corrcoef(logits.ravel(), expected.ravel())[0, 1] > 0.98


def test_another_network_moves_the_first_one_out(programmed: Served) -> None:
    served = programmed
    with listening(served.http) as events:
        number = start(served.http, "other", policy="ispp", tolerance=0.05)
        until(events, "job", id=number, state="done")
    assert served.station.jobs[number].wait(10)
    assert served.http.get("/v1/station").json()["holds"] == "other"
    assert "hold 'other'" in ask(served.http, "small", np.zeros((1, 8))).json()["error"]
    run = served.http.get("/v1/runs").json()[-1]
    assert run["parameters"]["plan"]["policy"] == "ispp"
    assert run["parameters"]["plan"]["acceptance"]["tolerance"] == 0.05


def test_events_missed_are_sent_again(programmed: Served) -> None:
    with listening(programmed.http, after=0) as events:
        first = next(events)
    assert (first.number, first.kind) == (1, "job")


def test_unknown_jobs_and_runs(http: httpx.Client) -> None:
    assert http.get("/v1/jobs/99").status_code == 404
    assert http.post("/v1/jobs/99/cancel").status_code == 404
    assert http.get("/v1/jobs/x").status_code == 422
    assert http.get("/v1/runs/99").status_code == 404


def test_a_stop_works_while_a_job_runs_and_the_run_can_be_resumed(tmp_path_factory: pytest.TempPathFactory) -> None:
    store = tmp_path_factory.mktemp("stop") / "runs.sqlite"
    with (
        EmulatorProcess(SLOW, {"seed": "6"}) as emulator,
        emulator.control() as control,
        serve(store, emulator.boards[0].url, network("large", SLOW), geometry=SLOW) as served,
    ):
        control.ask("fault", wire={"late": 1.0, "late_s": 0.1})  # so that there is something left to stop
        http = served.http
        with listening(http) as events:
            number = start(http, "large")
            until(events, "progress")
            stopped = http.post("/v1/stop")
            assert stopped.status_code == 200, stopped.text
            assert stopped.json()["stopped"] == [served.station.boards[0].capabilities.serial]
            until(events, "job", id=number, state="cancelled")
        assert served.station.jobs[number].wait(10)
        assert http.get(f"/v1/jobs/{number}").json()["state"] == "cancelled"
        run = http.get("/v1/runs").json()[-1]
        assert run["state"] == "paused"
        assert http.get("/v2/health/ready").status_code == 409
        with listening(http) as events:
            second = start(http, "large", resume=run["id"])
            until(events, "progress")
            assert http.post(f"/v1/jobs/{second}/cancel").status_code == 202
            until(events, "job", id=second, state="cancelled")
            assert served.station.jobs[second].wait(10)
            control.ask("fault", none=True)
            third = start(http, "large", resume=run["id"])
            until(events, "job", id=third, state="done")
        assert served.station.jobs[third].wait(10)
        assert http.get(f"/v1/runs/{run['id']}").json()["state"] == "done"
        answer = http.post("/v1/programming", json={"model": "large", "resume": run["id"]})
        assert answer.status_code == 409
        assert "cannot be resumed" in answer.json()["error"]


def test_a_stop_is_welcome_when_nothing_runs(http: httpx.Client) -> None:
    assert http.post("/v1/stop").status_code == 200


def test_runs_are_listed_after_a_restart(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("restart")
    with serve(folder / "runs.sqlite", "emu://8x8?seed=1") as served:
        run = served.station.begin("program", {"model": "small"})
    with Store(folder / "runs.sqlite") as kept:
        assert kept.open(run.id).state == "running"
    with serve(folder / "runs.sqlite", "emu://8x8?seed=1") as served:
        runs = served.http.get("/v1/runs").json()
        assert [(r["id"], r["kind"], r["parameters"]) for r in runs] == [(run.id, "program", {"model": "small"})]
        assert served.http.get(f"/v1/runs/{run.id}").json()["origin"]["device_hash"] == served.station.device.hash
