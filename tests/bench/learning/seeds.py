"""Figures of one seed after the other, kept in build/: a run that was interrupted goes on where it was.

What was kept counts as long as nothing that it depends on has changed.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from functools import cache
from math import sqrt
from pathlib import Path
from statistics import mean, stdev

from scipy.stats import t as student
from tests.bench.results import Row

COMMAND = "make bench-learning"
SEEDS = (1, 2, 3, 4, 5)
ROOT = Path(__file__).parents[3]
BUILD = ROOT / "build" / "bench-learning"
SOURCES = (
    "host/kernels",
    *(f"host/ohmloop/{room}" for room in ("learning", "mapping", "network", "programming")),
    "sim",
)
MORE = {"robot": ("docs/examples", "host/ohmloop/service"), "interrupted": ("tests/learning",)}
"""What single parts depend on besides."""
KEPT = ("*.py", "*.c", "*.h", "*.toml", "*.npz")

Figures = dict[str, float]


class Sample:
    """Figures by name, of some seeds."""

    def __init__(self, figures: list[Figures]) -> None:
        self._figures = figures

    def __getitem__(self, name: str) -> list[float]:
        """One value a seed."""
        return [figures[name] for figures in self._figures]

    @property
    def seeds(self) -> str:
        """Which seeds."""
        return f"seeds {SEEDS[0]}-{SEEDS[len(self._figures) - 1]}"

    def mean(self, name: str) -> float:
        """Mean over the seeds."""
        return mean(self[name])

    def interval(self, name: str) -> float | None:
        """Half-width of the 95 % confidence interval of the mean, by Student's t; None for one seed."""
        values = self[name]
        if len(values) < 2:
            return None
        return float(student.ppf(0.975, len(values) - 1)) * stdev(values) / sqrt(len(values))

    def spread(self, name: str) -> str:
        """That interval in words."""
        interval = self.interval(name)
        return "one seed" if interval is None else f"± {interval:.2g} (95 %)"

    def row(
        self,
        case: str,
        ours: str,
        peer: str | float,
        peer_name: str,
        *,
        about: str,
        unit: str = "%",
        goal: float | None = None,
    ) -> Row:
        """A row of the means of two figures, or of one beside a number."""
        theirs = self.mean(peer) if isinstance(peer, str) else peer
        versus = f" and {self.spread(peer)}" if isinstance(peer, str) else ""
        note = f"{self.seeds}; {self.spread(ours)}{versus}; {about}"
        return Row(case, self.mean(ours), theirs, peer_name, goal, unit, COMMAND, note, self.interval(ours))


def grown(case: str, measure: Callable[[int], Figures]) -> Iterator[Sample]:
    """The sample of a case, one seed larger each time."""
    figures: list[Figures] = []
    part = measure.__module__.rpartition(".")[2]
    for seed in SEEDS:
        kept = BUILD / f"{part} {case} {seed} {_state(part)}.json".replace(" ", "-")
        if not kept.exists():
            measured = measure(seed)
            kept.parent.mkdir(parents=True, exist_ok=True)
            partial = kept.with_suffix(".new")
            partial.write_text(json.dumps(measured))
            partial.replace(kept)
        figures.append(json.loads(kept.read_text()))
        yield Sample(figures)


@cache
def _state(part: str) -> str:
    """Of the sources that the figures of a part depend on."""
    here = Path(__file__).parent
    folders = (*SOURCES, *MORE.get(part, ()))
    files = {file for folder in folders for kind in KEPT for file in (ROOT / folder).rglob(kind)}
    own = [here / "chips.py", here / f"{part}.py"]
    return hashlib.sha256(b"".join(file.read_bytes() for file in [*sorted(files), *own])).hexdigest()[:12]
