"""Programming as a job: one at a time, watched while it runs, ended at a safe point or at once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from ohmloop.programming import Acceptance, Progress, Stops
from ohmloop.service.boards import BoardsThread
from ohmloop.service.body import read_model
from ohmloop.service.errors import NotFound
from ohmloop.service.events import Events
from ohmloop.service.hosted import ProgrammingPlan
from ohmloop.service.programming import KIND, Programming
from ohmloop.service.residence import Residence
from ohmloop.station import Job, Station

LONGEST_BODY = 64 * 1024


class ProgrammingRequest(BaseModel):
    """What `POST /v1/programming` takes; only `model` is needed.

    `tolerance` is a half-width as a fraction of the conductance range, `time_s` in s. `resume` is the number of an
    interrupted run to go on with; then its own plan holds.
    """

    model_config = ConfigDict(extra="forbid", strict=True)

    model: str
    policy: Literal["bayes", "ekf", "vipi", "ispp", "alibart", "level", "openmena"] = "vipi"
    tolerance: Annotated[float, Field(gt=0, lt=0.5)] = Acceptance().tolerance
    pulses: Annotated[int, Field(ge=1, le=100_000)] = Stops().pulses
    full_voltage_pulses: Annotated[int, Field(ge=1, le=100_000)] = Stops().full_voltage_pulses
    time_s: Annotated[float, Field(gt=0, le=86_400)] = Stops().time_s
    resume: Annotated[int, Field(ge=1)] | None = None

    def plan(self) -> ProgrammingPlan:
        """The plan that it asks for."""
        stops = Stops(self.pulses, self.full_voltage_pulses, self.time_s)
        return ProgrammingPlan(self.policy, Acceptance(tolerance=self.tolerance), stops)


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
        station.interlock.take("preparing a job")
        try:
            programming = Programming(station, network, asked.plan(), resume=asked.resume, tell=tell)
        finally:
            station.interlock.release()

        def work(job: Job) -> Mapping[str, Any]:
            events.publish("job", {"id": job.id, "kind": KIND, "state": "running", "run": programming.run.id})
            state = "failed"
            try:
                with residence.moving_in(network) as settle:
                    summary = programming(job)
                    if programming.complete:
                        settle()
                state = "cancelled" if job.cancelled else "done"
                return summary
            finally:
                events.publish("job", {"id": job.id, "kind": KIND, "state": state, "run": programming.run.id})

        return station.start(KIND, work)

    @routes.post("/programming", status_code=202)
    async def program(request: Request) -> dict[str, Any]:
        """Start programming a model into the boards; 409 while the station is busy."""
        asked = await read_model(request, ProgrammingRequest, LONGEST_BODY)
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
