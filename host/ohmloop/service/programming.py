"""One programming job: a network into the boards of a station, journalled in a run that can be resumed."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from ohmloop.programming import Outcome, Progress, Report, settle_last
from ohmloop.programming.safe_points import SafePoints
from ohmloop.service.characterising import EVENT, found_in, without_records
from ohmloop.service.hosted import HostedNetwork
from ohmloop.service.moving import MOVING, PROGRAM, boards_of, serials
from ohmloop.service.plan import ProgrammingPlan
from ohmloop.service.rechecking import read_again
from ohmloop.service.runs import find_run
from ohmloop.station import Job, Station, StationError
from ohmloop.store import Run

KIND = PROGRAM
ABANDONED = "running"
"""State of a run in the store while nobody drives it."""

RESUMABLE = (ABANDONED, "paused")


class Programming:
    """The work of a programming job; give it to `Station.start`.

    Args:
        station: armed. network: on its boards. plan: how.
        recheck_after_s: times after the end of the campaigns at which the boards are read again, s, rising.
        resume: number of an interrupted run to go on with; its own plan holds then.
        tell: called with each Progress, in a board's thread, one call at a time.
        parameters: more about the run, to be kept with it.

    Raises StoreError, NotFound and, for a run that cannot be resumed here, StationError.

    Attributes:
        run: the run it is journalled in. reports: one for each board once it has ended.
    """

    def __init__(
        self,
        station: Station,
        network: HostedNetwork,
        plan: ProgrammingPlan,
        *,
        resume: int | None = None,
        recheck_after_s: Sequence[float] = (),
        tell: Callable[[Progress], None] | None = None,
        parameters: Mapping[str, Any] | None = None,
    ) -> None:
        if resume is None:
            self.run = station.begin(KIND, {"model": network.name, "plan": plan.to_dict(), **(parameters or {})})
            if plan.measured is not None:
                self.run.event(EVENT, without_records(plan.measured).to_dict())
        else:
            self.run = resumed(station, network, resume)
            plan = _plan_of(self.run)
        self.reports: Sequence[Report] = ()
        self._network = network
        self._plan = plan
        self._tell = tell
        self._station = station
        self._recheck_after_s = tuple(recheck_after_s)
        self._moments: dict[str, Progress] = {}

    def __call__(self, job: Job) -> dict[str, Any]:
        """Program, until every cell is decided or the job is cancelled; returns what `summary` returns.

        A run that does not come to its end, for whatever reason, stays resumable.
        """

        def told(moment: Progress) -> None:
            self._moments[moment.board] = moment
            job.report(self._progress())
            if self._tell is not None:
                self._tell(moment)

        deployment = self._network.deployment(self._plan, run=self.run, progress=told)
        job.on_cancel(deployment.request_stop)
        job.can_be_held(deployment.hold, deployment.go_on)
        try:
            self.reports = deployment.execute()
        except Exception as error:
            self.run.finish("paused", {"error": f"{type(error).__name__}: {error}"})
            raise
        ended_s = time.monotonic()
        self.run.finish("done" if self.complete else "paused", self.summary())
        if self.complete and self._recheck_after_s:
            self._read_again(job, ended_s)
        return self.summary()

    def _read_again(self, job: Job, ended_s: float) -> None:
        safe_points = SafePoints()
        job.on_cancel(safe_points.stop)
        waits_s = self._recheck_after_s
        self.reports = read_again(self._station, self.run, self.reports, waits_s, safe_points, ended_s)

    @property
    def complete(self) -> bool:
        """Whether every board came to its end."""
        return bool(self.reports) and all(report.outcome is Outcome.DONE for report in self.reports)

    def summary(self) -> dict[str, Any]:
        """What came of it, as plain JSON values."""
        cells = sum(report.totals.cells for report in self.reports)
        accepted = sum(report.totals.accepted for report in self.reports)
        return {
            "run": self.run.id,
            "cells": cells,
            "declared_in_band": accepted / cells if cells else 1.0,
            "boards": [report.summary() for report in self.reports],
        }

    def _progress(self) -> dict[str, Any]:
        moments = list(self._moments.values())
        return {
            "run": self.run.id,
            "model": self._network.name,
            "cells": sum(moment.cells for moment in moments),
            "accepted": sum(moment.accepted for moment in moments),
            "failed": sum(moment.failed for moment in moments),
            "pulses": sum(moment.pulses for moment in moments),
            "boards": [asdict(moment) for moment in moments],
        }


def settle_interrupted(station: Station, number: int, kind: str = KIND) -> None:
    """Settle with each board what a run that is to be resumed sent it last; call it before the station arms.

    The lease of the host that died ends with it; arming would wait for it otherwise. Raises NotFound, and StationError
    for a run that cannot be resumed here.
    """
    run = resumable(station, number, kind)
    for board in station.boards:
        settle_last(run, board)


def settle_abandoned(station: Station) -> None:
    """The same for the newest run on these boards that moves cells, if its host ended without closing it.

    Owning the ports, the station knows that nobody drives that run any more.
    """
    here = boards_of(station)
    runs = [station.store.open(kept.id) for kept in station.store.runs() if kept.kind in MOVING]
    newest = max((run for run in runs if serials(run) == here), key=lambda run: run.id, default=None)
    if newest is not None and newest.state == ABANDONED:
        for board in station.boards:
            settle_last(newest, board)


def resumable(station: Station, number: int, kind: str = KIND) -> Run:
    """A run of these boards and this kind that can go on. Raises NotFound, StationError."""
    run = find_run(station.store, number)
    if run.kind != kind or run.state not in RESUMABLE:
        raise StationError(f"run {number} ({run.kind}, {run.state}) cannot be resumed: begin a new one")
    if run.origin.get("device_hash") != station.device.hash:
        raise StationError(f"run {number} was with another device file: use that one, or begin a new run")
    kept, here = serials(run), boards_of(station)
    if kept != here:
        raise StationError(f"run {number} was on the boards {kept}, not on {here}: give those, in that order")
    return run


def resumed(station: Station, network: HostedNetwork, number: int, kind: str = KIND) -> Run:
    """That run, running again. Raises NotFound, and StationError if it is for another network, too."""
    run = resumable(station, number, kind)
    if run.parameters.get("model") != network.name:
        raise StationError(f"run {number} is for network {run.parameters.get('model')!r}, not {network.name!r}")
    run.restart()
    return run


def _plan_of(run: Run) -> ProgrammingPlan:
    return ProgrammingPlan.from_dict(run.parameters["plan"], found_in(run))
