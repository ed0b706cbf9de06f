"""Figures of campaigns, kept while nothing that they depend on has changed: a run that was interrupted goes on."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path

from tests.bench.programming.contest import Figures

ROOT = Path(__file__).parents[3]
SOURCES = (
    "host/kernels",
    "host/ohmloop/procedures",
    "host/ohmloop/programming",
    "sim",
    "tests/bench/programming",
    "docs/results",
)
KEPT = ("*.py", "*.c", "*.h", "*.toml", "programming-tuning.json")


class Ledger:
    """Figures by name, on disk in build/, for this state of the sources."""

    def __init__(self) -> None:
        files = sorted({file for folder in SOURCES for kind in KEPT for file in (ROOT / folder).rglob(kind)})
        state = hashlib.sha256(b"".join(file.read_bytes() for file in files)).hexdigest()[:12]
        self._path = ROOT / "build" / f"bench-programming-{state}.json"
        self._figures: dict[str, dict[str, float]] = json.loads(self._path.read_text()) if self._path.exists() else {}

    def entry(self, name: str, measure: Callable[[], Figures]) -> Figures:
        """What was measured under this name, now or before."""
        if name not in self._figures:
            self._figures[name] = asdict(measure())
            self._path.parent.mkdir(exist_ok=True)
            partial = self._path.with_suffix(".new")
            partial.write_text(json.dumps(self._figures))
            partial.replace(self._path)
        return Figures(**self._figures[name])
