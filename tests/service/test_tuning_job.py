"""A tuning job on a station, stopped in the middle of its last update."""

from pathlib import Path

import numpy as np
from tests.service.small import GEOMETRY, network, program, serve

from ohmloop.learning.session import STATE
from ohmloop.service.learned import KIND
from ohmloop.service.tuning import Tuning, TuningPlan, begun, parted, resumed
from ohmloop.station import Job, Station
from ohmloop.station.emulated import EmulatorProcess

SMALL = network("small")
LONGEST_S = 60


def finished(station: Station, tuning: Tuning, *, stop: bool) -> Job:
    """The job, at its end; asked to stop before it has begun, or not."""

    def work(job: Job) -> object:
        if stop:
            job.cancel()
        return tuning(job)

    job = station.start(KIND, work)
    assert job.wait(LONGEST_S)
    assert job.failure is None
    return job


def test_a_job_that_was_stopped_in_its_last_update_is_resumed_to_its_end(tmp_path: Path) -> None:
    inputs = np.random.default_rng(3).uniform(0, 1, (80, SMALL.inputs))
    lessons = parted(inputs, SMALL.digital(inputs), 0.25, 1)
    with (
        EmulatorProcess(GEOMETRY, {"seed": "5"}) as emulator,
        emulator.control() as control,
        serve(tmp_path / "runs.sqlite", emulator.boards[0].url, SMALL) as served,
    ):
        program(served.http)
        control.ask("fault", stuck={"fraction": 0.12, "seed": 4, "at": "high"})
        station, hosted = served.station, served.networks["small"]
        plan = TuningPlan(rule="repair", loss="squared error", steps=1)
        run = begun(station, hosted, plan, *lessons)
        stopped = Tuning(station, hosted, run)
        job = finished(station, stopped, stop=True)
        assert (stopped.complete, run.state, job.result["step"]) == (False, "paused", 1)
        assert any(name.startswith("pending.") for name in run.get(STATE)), "all steps taken, cells still to move"
        before = job.result["pulses"]
        tuning = Tuning(station, hosted, resumed(station, hosted, run.id))
        job = finished(station, tuning, stop=False)
        assert (tuning.complete, station.store.open(run.id).state) == (True, "done")
        assert job.result["step"] == 1
        assert job.result["pulses"] > before
