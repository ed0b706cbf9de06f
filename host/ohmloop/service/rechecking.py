"""Reading programmed boards again, as a job: what they hold a second, an hour, a day later."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from ohmloop.crossbar import Crossbar
from ohmloop.programming import Report
from ohmloop.programming.kept import kept_reports
from ohmloop.programming.recheck import recheck
from ohmloop.programming.safe_points import SafePoint, SafePoints
from ohmloop.service.runs import find_run, summary_of
from ohmloop.station import Job, Station, StationError
from ohmloop.store import Run

KIND = "verify"
PROGRAMMED = "done"


def read_again(
    station: Station,
    run: Run,
    reports: Sequence[Report],
    waits_s: Sequence[float],
    safe_points: SafePoints,
    ended_s: float,
) -> list[Report]:
    """Wait until each of these times since `ended_s` (of `time.monotonic`), s, and read all boards; moves nothing.

    Returns the reports with what was found until then, also if it is ended early.
    """
    found = list(reports)
    try:
        for wait_s in waits_s:
            safe_points.rest(max(0.0, ended_s + wait_s - time.monotonic()))
            found = [
                recheck(
                    _board(station, report.board),
                    report,
                    time.monotonic() - ended_s,
                    setup=station.device.setup,
                    run=run,
                    safe_points=safe_points,
                )
                for report in found
            ]
    except SafePoint:
        pass
    return found


class Rechecking:
    """The work of reading the boards of a programming run again; give it to `Station.start`.

    Raises NotFound; StationError if the run has no reports, or was with another device or on other boards.

    Attributes:
        reports: of the run, with what was found now once the job has ended.
    """

    def __init__(self, station: Station, number: int) -> None:
        self.run = find_run(station.store, number)
        self.reports = kept_reports(self.run)
        if not self.reports or self.run.state != PROGRAMMED:
            raise StationError(f"run {number} ({self.run.kind}, {self.run.state}) has programmed nothing to the end")
        if self.run.origin.get("device_hash") != station.device.hash:
            raise StationError(f"run {number} was with another device file: use that one")
        for report in self.reports:
            _board(station, report.board)
        ended = summary_of(station.store, number).ended
        now = datetime.now(UTC)
        self._since_s = max(0.0, (now - (ended or now)).total_seconds())
        self._station = station

    def __call__(self, job: Job) -> dict[str, Any]:
        """Read every board once more; what is found is kept with the run. Returns the summaries."""
        safe_points = SafePoints()
        job.on_cancel(safe_points.stop)
        ended_s = time.monotonic() - self._since_s
        self.reports = read_again(self._station, self.run, self.reports, [self._since_s], safe_points, ended_s)
        return {"run": self.run.id, "boards": [report.summary() for report in self.reports]}


def _board(station: Station, serial: str) -> Crossbar:
    for board in station.boards:
        if board.capabilities.serial == serial:
            return board
    raise StationError(f"board {serial} is not here: give the boards that the run was on")
