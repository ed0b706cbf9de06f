"""Ctrl-C: the first waits for a safe point, the second stops at once."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ohmloop.station import Job, Station

STDERR = 2

LOOK_UP_S = 0.2
"""How often a waiting command looks up, so that Ctrl-C reaches it on every platform, s."""


@contextmanager
def safe_point_first(safe_point: Callable[[], None], at_once: Callable[[], None]) -> Iterator[None]:
    """While open, the first SIGINT calls `safe_point` and the second `at_once`; a third is an ordinary interrupt."""
    asked = 0

    def on_interrupt(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        asked += 1
        if asked == 1:
            safe_point()
            _tell("stopping at the next safe point; Ctrl-C again stops at once")
        elif asked == 2:
            at_once()
            _tell("emergency stop")
        else:
            raise KeyboardInterrupt

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _tell(text: str) -> None:
    """Past the buffers of sys.stderr: the signal may have come in the middle of a print, which is not reentrant."""
    os.write(STDERR, f"\n{text}\n".encode())


def carry_out(station: Station, kind: str, work: Callable[[Job], Any]) -> Any:
    """Start a job and wait for its end, which Ctrl-C brings about; returns what it returned.

    Raises StationBusy, and what the job failed with.
    """
    asked = False

    def safe_point() -> None:
        nonlocal asked
        asked = True
        if (running := station.job) is not None:
            running.cancel()

    with safe_point_first(safe_point, station.stop):
        job = station.start(kind, work)
        if asked:
            job.cancel()
        while not job.wait(LOOK_UP_S):
            continue
    if job.failure is not None:
        raise job.failure
    return job.result
