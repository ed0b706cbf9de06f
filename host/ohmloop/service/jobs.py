"""Programming as a job: one at a time, watched while it runs, ended at a safe point or at once."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, field_validator

from ohmloop.programming import POLICIES, Acceptance, Progress, Stops
from ohmloop.service.boards import BoardsThread
from ohmloop.service.body import LONGEST_PLAN, read_model
from ohmloop.service.characterising import newest
from ohmloop.service.description import takes
from ohmloop.service.errors import NotFound
from ohmloop.service.events import Events
from ohmloop.service.plan import ProgrammingPlan
from ohmloop.service.programming import KIND, Programming
from ohmloop.service.residence import Residence
from ohmloop.station import Job, Station


class ProgrammingRequest(BaseModel):
    """What `POST /v1/programming` takes; only `model` is needed.

    `tolerance` is a half-width as a fraction of the conductance range; `time_s`, for one execution, and `stress_s`, the
    sum of a cell's pulse widths, are in s. The target is read again `rounds` times, each after a rest of `settle_s`.
    What is left out follows from the newest characterisation of the device. `resume` is the number of an interrupted
    run to go on with; then its own plan holds.
    """

    model_config = ConfigDict(
        extra="forbid", strict=True, json_schema_extra={"examples": [{"model": "digits", "tolerance": 0.02}]}
    )

    model: str
    policy: str | None = None
    tolerance: Annotated[float, Field(gt=0, lt=0.5)] = Acceptance().tolerance
    pulses: Annotated[int, Field(ge=1, le=100_000)] = Stops().pulses
    full_voltage_pulses: Annotated[int, Field(ge=1, le=100_000)] = Stops().full_voltage_pulses
    time_s: Annotated[float, Field(gt=0, le=86_400)] = Stops().time_s
    stress_s: Annotated[float, Field(gt=0, le=3600)] = Stops().stress_s
    settle_s: Annotated[float, Field(ge=0, le=86_400)] = 0.0
    rounds: Annotated[int, Field(ge=0, le=100)] | None = None
    resume: Annotated[int, Field(ge=1)] | None = None

    @field_validator("policy")
    @classmethod
    def _known(cls, policy: str | None) -> str | None:
        if policy is not None and policy not in POLICIES:
            raise ValueError(f"there are {', '.join(POLICIES)}, not {policy!r}")
        return policy

    def plan(self, station: Station) -> ProgrammingPlan:
        """The plan that it asks for, with what was last measured of the device."""
        boards = [board.capabilities.serial for board in station.boards]
        return ProgrammingPlan.chosen(
            station.device,
            newest(station.store, station.device.hash, boards),
            tolerance=self.tolerance,
            stops=Stops(self.pulses, self.full_voltage_pulses, self.time_s, self.stress_s),
            policy=self.policy,
            settle_s=self.settle_s,
            rounds=self.rounds,
        )


def described(job: Job) -> dict[str, Any]:
    """A job as plain JSON values."""
    return {
        "id": job.id,
        "kind": job.kind,
        "state": job.state.value,
        "progress": dict(job.progress),
        "result": job.result,
        "error": job.error,
    }


def job_routes(station: Station, residence: Residence, thread: BoardsThread, events: Events) -> APIRouter:
    """The routes /v1/programming, /v1/jobs, /v1/clear and /v1/stop."""
    routes = APIRouter(prefix="/v1", tags=["jobs"])
    stopping = ThreadPoolExecutor(max_workers=2, thread_name_prefix="emergency stop")

    def find(number: int) -> Job:
        if number not in station.jobs:
            raise NotFound(f"there is no job {number}")
        return station.jobs[number]

    def tell(moment: Progress) -> None:
        events.publish("progress", asdict(moment))

    def start(asked: ProgrammingRequest) -> Job:
        network = residence.find(asked.model)
        residence.must_be_free()
        with station.interlock.held("preparing a job"):
            programming = Programming(station, network, asked.plan(station), resume=asked.resume, tell=tell)

        def told(job: Job) -> None:
            events.job(job, programming.run.id)

        def work(job: Job) -> Mapping[str, Any]:
            told(job)
            with residence.moving_in(network) as settle:
                summary = programming(job)
                if programming.complete:
                    settle()
            return summary

        return station.start(KIND, work, ended=told)

    def changed(number: int, change: Callable[[Job], None]) -> dict[str, Any]:
        found = find(number)
        change(found)
        events.publish("job", {"id": found.id, "kind": found.kind, "state": found.state.value})
        return described(found)

    @routes.post("/programming", status_code=202, openapi_extra=takes(ProgrammingRequest, required=True))
    async def program(request: Request) -> dict[str, Any]:
        """Start programming a model into the boards; 409 while the station is busy."""
        asked = await read_model(request, ProgrammingRequest, LONGEST_PLAN)
        return described(await thread.run(lambda: start(asked)))

    @routes.get("/jobs")
    def jobs() -> list[dict[str, Any]]:
        """All jobs of this service since it started, oldest first."""
        return [described(job) for job in list(station.jobs.values())]

    @routes.get("/jobs/{number}")
    def job(number: int) -> dict[str, Any]:
        """One job with its progress."""
        return described(find(number))

    @routes.post("/jobs/{number}/cancel", status_code=202)
    def cancel(number: int) -> dict[str, Any]:
        """Ask a job to end at its next safe point."""
        found = find(number)
        found.cancel()
        return described(found)

    @routes.post("/jobs/{number}/pause", status_code=202)
    def pause(number: int) -> dict[str, Any]:
        """Ask a job to wait at its next safe point, keeping the station; 409 if it has ended or cannot wait."""
        return changed(number, Job.pause)

    @routes.post("/jobs/{number}/resume", status_code=202)
    def resume(number: int) -> dict[str, Any]:
        """Let a paused job go on; 409 if it is not paused."""
        return changed(number, Job.resume)

    @routes.post("/clear")
    async def clear() -> dict[str, Any]:
        """Clear a latched shutdown of every board and arm it again; 409 while the station is busy. Moves nothing."""

        def clear_and_arm() -> None:
            with station.interlock.held("clearing a shutdown"):
                for board in station.boards:
                    board.clear()
                station.arm()

        await thread.run(clear_and_arm)
        return {"cleared": [board.capabilities.serial for board in station.boards]}

    @routes.post("/stop")
    async def stop() -> dict[str, Any]:
        """Emergency stop: every line into its safe state, now; a job that runs is cancelled, too."""
        await asyncio.get_running_loop().run_in_executor(stopping, station.stop)
        boards = [board.capabilities.serial for board in station.boards]
        events.publish("stop", {"boards": boards})
        return {"stopped": boards}

    return routes
