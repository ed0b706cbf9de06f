"""How far a learning session has come: a few lines on a terminal, one now and then where there is none."""

from __future__ import annotations

import sys
import time
from types import TracebackType
from typing import TYPE_CHECKING, Self

from rich.console import Console
from rich.live import Live
from rich.text import Text

from ohmloop.cli.progress import LINE_EVERY_S
from ohmloop.learning.session import STEP

if TYPE_CHECKING:
    from ohmloop.learning import Moment

BARS = "▁▂▃▄▅▆▇█"
NARROWEST, WIDEST = 10, 60
"""Fewest and most steps in the curve."""


class TuningProgress:
    """Call it with each Moment of a session. Writes to standard error.

    Args:
        score: what the score is called. quiet: write nothing.
    """

    def __init__(self, score: str, *, quiet: bool = False) -> None:
        self._console = Console(stderr=True)
        self._quiet = quiet
        self._live = Live(console=self._console, transient=True, auto_refresh=False)
        self._drawn = not quiet and self._console.is_terminal
        self._name = score
        self._scores: list[float] = []
        self._next_line_s = time.monotonic()

    def __call__(self, moment: Moment) -> None:
        """Show a moment."""
        if moment.what == STEP and moment.score == moment.score:
            self._scores.append(moment.score)
        if self._drawn:
            width = min(max(self._console.width - len(self._name) - 1, NARROWEST), WIDEST)
            lines = [
                f"{self._name} {curve(self._scores[-width:])}" if self._scores else "",
                learned(moment, self._name),
                spent(moment),
                moment.note,
            ]
            text = Text("\n".join(line for line in lines if line), no_wrap=True, overflow="ellipsis")
            self._live.update(text, refresh=True)
        elif not self._quiet and time.monotonic() >= self._next_line_s:
            self._next_line_s = time.monotonic() + LINE_EVERY_S
            note = f"; {moment.note}" if moment.note else ""
            print(f"{learned(moment, self._name)}; {spent(moment)}{note}", file=sys.stderr)

    def __enter__(self) -> Self:
        if self._drawn:
            self._live.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._drawn:
            self._live.stop()


def learned(moment: Moment, score: str) -> str:
    """How good a session is now, in one line."""
    verified = [
        f"{what} {value:.1%}"
        for what, value in (("verified", moment.verified), ("best", moment.best))
        if value == value  # not NaN: there is one
    ]
    batch = []
    if moment.what == STEP and moment.score == moment.score:
        batch = [f"loss {moment.loss:.3g}", f"{score} {moment.score:.1%}"]
    return f"step {moment.step}: {', '.join((*batch, *verified))}"


def spent(moment: Moment) -> str:
    """What a session has cost, in one line."""
    return (
        f"{moment.pulses_a_cell:.2f} pulses a cell, at most {moment.largest_pulses}; {moment.stuck} stuck; "
        f"{1e6 * moment.energy_j:.1f} µJ"
    )


def curve(scores: list[float]) -> str:
    """Scores as bars between the lowest and the highest of them."""
    if not scores:
        return ""
    low, span = min(scores), max(max(scores) - min(scores), 1e-9)
    return "".join(BARS[min(int((score - low) / span * len(BARS)), len(BARS) - 1)] for score in scores)
