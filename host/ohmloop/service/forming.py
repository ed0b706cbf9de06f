"""Forming the boards of a station, as a job."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import numpy as np

from ohmloop.crossbar import CrossbarError
from ohmloop.procedures.forming import Formed, Forming
from ohmloop.programming import Outcome, Progress
from ohmloop.service.moving import FORM
from ohmloop.service.programming import resumable
from ohmloop.station import Job, Station, StationError

KIND = FORM

_log = logging.getLogger(__name__)


class FormingJob:
    """The work of forming every board of a station, one after the other; give it to `Station.start`.

    Args:
        station: its boards are ours; they are armed for forming while the job runs, and for programming afterwards.
        resume: number of an interrupted run to go on with.
        tell: called with each Progress, in the job's thread.

    Raises DeviceFileError if the device file does not say how the device is formed; NotFound, and StationError for a
    run that cannot be resumed here.

    Attributes:
        run: the run it is journalled in. formed: what came of each board so far.
    """

    def __init__(
        self, station: Station, *, resume: int | None = None, tell: Callable[[Progress], None] | None = None
    ) -> None:
        self._plan = station.device.forming_plan
        if resume is None:
            self.run = station.begin(KIND, {"max_v": self._plan.max_v, "formed_s": self._plan.formed_s}, forming=True)
        else:
            self.run = resumable(station, resume, KIND)
            self.run.restart()
        self.formed: list[Formed] = []
        self._station = station
        self._tell = tell

    def __call__(self, job: Job) -> dict[str, Any]:
        """Form, until every cell is decided or the job is cancelled; returns what `summary` returns.

        A run that does not come to its end, for whatever reason, stays resumable.
        """
        station = self._station
        try:
            station.arm(forming=True)
            self._form(job)
        except Exception as error:
            self.run.finish("paused", {"error": f"{type(error).__name__}: {error}"})
            self._arm_if_possible()
            raise
        if self.complete:
            station.arm()
        else:
            self._arm_if_possible()
        self.run.finish("done" if self.complete else "paused", self.summary())
        return self.summary()

    @property
    def complete(self) -> bool:
        """Whether every board came to its end."""
        ended = [formed.report.outcome is Outcome.DONE for formed in self.formed]
        return len(ended) == len(self._station.boards) and all(ended)

    def summary(self) -> dict[str, Any]:
        """What came of it, as plain JSON values."""
        boards = []
        for formed in self.formed:
            known_v = formed.forming_v[np.isfinite(formed.forming_v)]
            median_v = float(np.median(known_v)) if known_v.size else None
            boards.append({**formed.report.summary(), "median_forming_v": median_v})
        return {"run": self.run.id, "boards": boards}

    def _arm_if_possible(self) -> None:
        """Arm for programming again after an early end, whose reason counts: a board that shut down may refuse."""
        try:
            self._station.arm()
        except (CrossbarError, StationError) as error:
            _log.warning("the limits for forming stay in force until the boards are armed again: %s", error)

    def _form(self, job: Job) -> None:
        device = self._station.device
        usable = np.ones((device.array.rows, device.array.cols), dtype=bool)
        usable[list(device.array.dead_rows), :] = False
        usable[:, list(device.array.dead_cols)] = False
        for board in self._station.boards:
            forming = Forming(
                board, usable, self._plan, profile=device.profile, setup=device.setup, run=self.run, progress=self._tell
            )
            job.on_cancel(forming.request_stop)
            job.can_be_held(forming.hold, forming.go_on)
            formed = forming.execute()
            self.formed.append(formed)
            self.run.put(f"{formed.report.board}.forming", {"forming_v": formed.forming_v})
            if formed.report.outcome is not Outcome.DONE:
                return
