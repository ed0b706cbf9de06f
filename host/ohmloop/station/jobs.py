"""Work that takes a while: one job at a time, in a thread of its own, with progress and an end at a safe point."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from ohmloop.crossbar import CrossbarError
from ohmloop.learning.errors import LearningError
from ohmloop.network.errors import NetworkError
from ohmloop.procedures.errors import ProcedureError
from ohmloop.programming.errors import ProgrammingError
from ohmloop.station.errors import JobRefusal, StationError
from ohmloop.store import StoreError

_log = logging.getLogger(__name__)

EXPECTED = (
    CrossbarError,
    LearningError,
    NetworkError,
    ProcedureError,
    ProgrammingError,
    StationError,
    StoreError,
)
"""Errors that say all there is to say; anything else that ends a job needs its traceback."""


class JobState(StrEnum):
    """How a job stands."""

    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Job:
    """One job.

    Attributes:
        id: counts up within a station. kind: what it does.
        state: running, or paused meanwhile, then done, failed or cancelled.
        progress: what it last reported. result: what it returned. error: why it failed, for people.
        failure: the exception behind `error`.
    """

    def __init__(self, job_id: int, kind: str) -> None:
        self.id = job_id
        self.kind = kind
        self.state = JobState.RUNNING
        self.progress: Mapping[str, Any] = {}
        self.result: Any = None
        self.error: str | None = None
        self.failure: Exception | None = None
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._cancelled = False
        self._on_cancel: list[Callable[[], None]] = []
        self._outcome = JobState.FAILED
        self._hold: Callable[[], None] | None = None
        self._go_on: Callable[[], None] | None = None

    @property
    def cancelled(self) -> bool:
        """Whether it was asked to end; the work looks at this at its safe points."""
        return self._cancelled

    def report(self, progress: Mapping[str, Any]) -> None:
        """Publish progress; called by the work."""
        self.progress = dict(progress)

    def on_cancel(self, call: Callable[[], None]) -> None:
        """Have `call` called when the job is cancelled, at once if it has been; it may come from any thread."""
        with self._lock:
            self._on_cancel.append(call)
            due = self._cancelled
        if due:
            call()

    def cancel(self) -> None:
        """Ask the work to end at its next safe point."""
        with self._lock:
            calls = [] if self._cancelled else list(self._on_cancel)
            self._cancelled = True
        for call in calls:
            call()

    def can_be_held(self, hold: Callable[[], None], go_on: Callable[[], None]) -> None:
        """Have `hold` called when the job is to wait at its next safe point and `go_on` when it is to go on."""
        self._hold, self._go_on = hold, go_on

    def pause(self) -> None:
        """Ask the work to wait at its next safe point. Raises JobRefusal if it has ended or cannot wait."""
        with self._lock:
            if self._hold is None or self.state is not JobState.RUNNING:
                raise JobRefusal(f"job {self.id} ({self.kind}) is {self.state} and cannot be paused")
            self._hold()
            self.state = JobState.PAUSED

    def resume(self) -> None:
        """Let the work go on. Raises JobRefusal unless it is paused."""
        with self._lock:
            if self._go_on is None or self.state is not JobState.PAUSED:
                raise JobRefusal(f"job {self.id} ({self.kind}) is {self.state} and cannot be resumed")
            self.state = JobState.RUNNING
            self._go_on()

    def wait(self, timeout_s: float) -> bool:
        """Wait for the end; False if it has not come within `timeout_s`."""
        return self._ended.wait(timeout_s)

    def run(self, work: Callable[[Job], Any]) -> None:
        """Do the work in this thread and keep its outcome, which `end` makes known."""
        try:
            self.result = work(self)
        except Exception as error:  # noqa: BLE001 - a job may fail in any way; whoever started it must learn of it
            level, trace = (logging.INFO, None) if isinstance(error, EXPECTED) else (logging.ERROR, error)
            _log.log(level, "job %d (%s) failed: %s", self.id, self.kind, error, exc_info=trace)
            self.failure = error
            self.error = f"{type(error).__name__}: {error}"
        else:
            self._outcome = JobState.CANCELLED if self._cancelled else JobState.DONE

    def end(self) -> None:
        """Say how it ended and wake whoever waits; the station does this once the next job may start."""
        with self._lock:
            self.state = self._outcome
        self._ended.set()
