"""How far a learning session has come: a bar on a terminal, a line now and then where there is none."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from ohmloop.cli.progress import LINE_EVERY_S

if TYPE_CHECKING:
    from ohmloop.learning import Moment

BARS = "▁▂▃▄▅▆▇█"
WIDTH = 40


class TuningProgress:
    """Call it with each Moment of a session. Writes to standard error."""

    def __init__(self, *, quiet: bool = False) -> None:
        console = Console(stderr=True)
        self._quiet = quiet
        self._live = Live(console=console, transient=True, auto_refresh=False)
        self._drawn = not quiet and console.is_terminal
        self._scores: list[float] = []
        self._next_line_s = time.monotonic()

    def __call__(self, moment: Moment) -> None:
        """Show a moment."""
        if moment.score == moment.score:
            self._scores.append(moment.score)
        if self._drawn:
            self._live.update(Text(f"{curve(self._scores[-WIDTH:])}  {described(moment)}"), refresh=True)
        elif not self._quiet and time.monotonic() >= self._next_line_s:
            self._next_line_s = time.monotonic() + LINE_EVERY_S
            print(described(moment), file=sys.stderr)

    def __enter__(self) -> Self:
        if self._drawn:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn:
            self._live.stop()


def described(moment: Moment) -> str:
    """A moment in one line."""
    best = "" if moment.best != moment.best else f", best {moment.best:.1%}"
    return (
        f"step {moment.step}: score {moment.score:.1%}{best}, {moment.pulses_a_cell:.2f} pulses a cell, "
        f"{moment.stuck} stuck{f'; {moment.note}' if moment.note else ''}"
    )


def curve(scores: list[float]) -> str:
    """Scores as bars between the lowest and the highest of them."""
    if not scores:
        return ""
    low, span = min(scores), max(max(scores) - min(scores), 1e-9)
    return "".join(BARS[min(int((score - low) / span * len(BARS)), len(BARS) - 1)] for score in scores)
