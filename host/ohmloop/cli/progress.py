"""How far a campaign or an experiment has come: bars on a terminal, a line now and then where there is none."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

if TYPE_CHECKING:
    from ohmloop.programming import Progress as Moment

LINE_EVERY_S = 5.0
"""Shortest time between two plain lines, s."""


class StepProgress:
    """Call it with the steps of an experiment that are done, and how many there are. Writes to standard error."""

    def __init__(self, steps: str, *, quiet: bool = False) -> None:
        console = Console(stderr=True)
        self._steps = steps
        self._quiet = quiet
        self._bar = Progress(
            BarColumn(),
            TextColumn("{task.completed} of {task.total} " + steps),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=quiet or not console.is_terminal,
        )
        self._task: TaskID | None = None
        self._next_line_s = time.monotonic() + LINE_EVERY_S

    def __call__(self, done: int, of: int) -> None:
        """Show how far it is."""
        if not self._bar.disable:
            if self._task is None:
                self._task = self._bar.add_task("", total=of)
            self._bar.update(self._task, completed=done)
        elif not self._quiet and time.monotonic() >= self._next_line_s:
            self._next_line_s = time.monotonic() + LINE_EVERY_S
            print(f"{done} of {of} {self._steps}", file=sys.stderr)

    def __enter__(self) -> Self:
        self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bar.stop()


class CampaignProgress:
    """Call it with each Progress of a campaign, from any thread, one call at a time. Writes to standard error."""

    def __init__(self, *, quiet: bool = False) -> None:
        console = Console(stderr=True)
        self._quiet = quiet
        self._bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.completed}/{task.total} cells in band"),
            TextColumn("{task.fields[note]}"),
            TimeElapsedColumn(),
            console=console,
            disable=quiet or not console.is_terminal,
        )
        self._tasks: dict[str, TaskID] = {}
        self._moments: dict[str, Moment] = {}
        self._next_line_s = time.monotonic()

    def __call__(self, moment: Moment) -> None:
        """Show a moment of one board's campaign."""
        self._moments[moment.board] = moment
        if self._bars.disable:
            self._line()
            return
        note = f"round {moment.round}, {moment.pulses / max(moment.cells, 1):.1f} pulses a cell"
        if moment.failed:
            note += f", {moment.failed} given up"
        if moment.board not in self._tasks:
            self._tasks[moment.board] = self._bars.add_task(moment.board, total=moment.cells, note=note)
        self._bars.update(self._tasks[moment.board], completed=moment.accepted, note=note)

    def _line(self) -> None:
        moments = self._moments.values()
        pulses = sum(m.pulses for m in moments)
        if self._quiet or not pulses or time.monotonic() < self._next_line_s:
            return
        self._next_line_s = time.monotonic() + LINE_EVERY_S
        accepted, cells = sum(m.accepted for m in moments), sum(m.cells for m in moments)
        print(f"{accepted} of {cells} cells in band, {pulses} pulses", file=sys.stderr)

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()
