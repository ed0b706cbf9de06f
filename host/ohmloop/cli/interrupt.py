"""Ctrl-C: the first waits for a safe point, the second stops at once. A request to end is taken like the first."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TYPE_CHECKING, Any

from ohmloop.cli.failure import CommandError, describe

if TYPE_CHECKING:
    from ohmloop.station import Job, Station

STDERR = 2

ENDING = ("SIGTERM", "SIGHUP")
"""How a system asks a program to end: by `kill`, at a shutdown, when a terminal or a connection is lost."""

LOOK_UP_S = 0.2
"""How often a waiting command looks up, so that Ctrl-C reaches it on every platform, s."""


@contextmanager
def safe_point_first(safe_point: Callable[[], None], at_once: Callable[[], None]) -> Iterator[None]:
    """While open, the first SIGINT calls `safe_point` and the second `at_once`; a third is an ordinary interrupt.

    A request to end the program calls `safe_point`, too, unless it has been called.
    """
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

    def on_end(_number: int, _frame: FrameType | None) -> None:
        nonlocal asked
        if not asked:
            asked = 1
            safe_point()

    handlers = {signal.SIGINT: on_interrupt}
    handlers |= dict.fromkeys(_ending(), on_end)
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def requests_to_end_interrupt() -> Iterator[None]:
    """While open, a request to end is a SIGINT, so that there is one way to the end."""

    def on_end(_number: int, _frame: FrameType | None) -> None:
        signal.raise_signal(signal.SIGINT)

    before = {number: signal.signal(number, on_end) for number in _ending()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _ending() -> list[signal.Signals]:
    return [getattr(signal, name) for name in ENDING if hasattr(signal, name)]


def _tell(text: str) -> None:
    """Past the buffers of sys.stderr: the signal may have come in the middle of a print, which is not reentrant."""
    os.write(STDERR, f"\n{text}\n".encode())


def carry_out(station: Station, kind: str, work: Callable[[Job], Any], *, resume: int | None = None) -> Any:
    """Start a job and wait for its end, which Ctrl-C brings about; returns what it returned.

    `resume` is the run with which it can go on. Raises StationBusy, what the job failed with, and a CommandError in its
    place if it can go on.
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
    if job.failure is not None and resume is not None:
        failure = describe(job.failure)
        raise CommandError(f"{failure.line}; go on with --resume {resume}", failure.code) from job.failure
    if job.failure is not None:
        raise job.failure
    return job.result
