"""Experiments over REST: current-voltage curves, pulse responses and characterisation, each as a job."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Protocol

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from ohmloop.procedures.characterise import CELLS, PULSES_MAX
from ohmloop.service.boards import BoardsThread
from ohmloop.service.body import LONGEST_PLAN, read_model
from ohmloop.service.characterising import KIND, Characterising
from ohmloop.service.description import takes
from ohmloop.service.events import Events
from ohmloop.service.experiment_requests import IVSweepRequest, PulseResponseRequest
from ohmloop.service.experimenting import IV_SWEEP, Tell, pulsing, sweeping
from ohmloop.service.jobs import described
from ohmloop.service.moving import MOVING, PULSE_RESPONSE
from ohmloop.service.residence import Residence
from ohmloop.station import Job, Station
from ohmloop.store import Run


class CharacteriseRequest(BaseModel):
    """A characterisation; all of it may be left out: cells to measure, and pulses that may be spent on them."""

    model_config = ConfigDict(extra="forbid", strict=True, json_schema_extra={"examples": [{"cells": 8}]})

    cells: Annotated[int, Field(ge=2, le=1024)] = CELLS
    pulses: Annotated[int, Field(ge=1, le=1_000_000)] = PULSES_MAX


class Work(Protocol):
    """What an experiment does as a job, and the run that it is kept in."""

    run: Run

    def __call__(self, job: Job) -> dict[str, Any]:
        """Do it; returns what came of it as plain JSON values."""
        ...


def experiment_routes(station: Station, residence: Residence, thread: BoardsThread, events: Events) -> APIRouter:
    """The routes /v1/iv-sweep, /v1/pulse-response and /v1/characterise."""
    routes = APIRouter(prefix="/v1", tags=["experiments"])

    def start(kind: str, prepare: Callable[[], Work]) -> Job:
        residence.must_be_free()  # a session goes by its own set-up, which a sweep would change, too
        with station.interlock.held("preparing a job"):
            prepared = prepare()

        def told(job: Job) -> None:
            events.job(job, prepared.run.id)

        def work(job: Job) -> Mapping[str, Any]:
            told(job)
            if kind in MOVING:
                residence.moved_by(f"run {prepared.run.id} ({kind})")
            return prepared(job)

        return station.start(kind, work, ended=told)

    def telling(kind: str, steps: str) -> Tell:
        return lambda done, of: events.publish("experiment", {"kind": kind, steps: done, "of": of})

    @routes.post("/iv-sweep", status_code=202, openapi_extra=takes(IVSweepRequest))
    async def sweep(request: Request) -> dict[str, Any]:
        """Start reading cells of the first board at rising and falling voltages. Moves nothing.

        When the job is done, `found` of its run holds the currents.
        """
        asked = await read_model(request, IVSweepRequest, LONGEST_PLAN)
        place, volts = asked.place(station.device), asked.sweep(station.device)
        tell = telling(IV_SWEEP, "points")
        return described(await thread.run(lambda: start(IV_SWEEP, lambda: sweeping(station, place, volts, tell))))

    @routes.post("/pulse-response", status_code=202, openapi_extra=takes(PulseResponseRequest))
    async def response(request: Request) -> dict[str, Any]:
        """Start giving cells of the first board trains of equal pulses, each read back. Moves cells.

        When the job is done, `found` of its run holds the conductances.
        """
        asked = await read_model(request, PulseResponseRequest, LONGEST_PLAN)
        place, trains = asked.place(station.device), asked.trains(station.device)
        tell = telling(PULSE_RESPONSE, "pulses")
        return described(await thread.run(lambda: start(PULSE_RESPONSE, lambda: pulsing(station, place, trains, tell))))

    @routes.post("/characterise", status_code=202, openapi_extra=takes(CharacteriseRequest))
    async def characterise(request: Request) -> dict[str, Any]:
        """Start measuring a few cells of the first board; programming goes by what is found. Moves cells."""
        asked = await read_model(request, CharacteriseRequest, LONGEST_PLAN)

        def tell(stage: str, pulses: int) -> None:
            events.publish("experiment", {"kind": KIND, "stage": stage, "pulses": pulses})

        def prepare() -> Characterising:
            return Characterising(station, cells=asked.cells, pulses_max=asked.pulses, tell=tell)

        return described(await thread.run(lambda: start(KIND, prepare)))

    return routes
