"""Sessions on an emulated board, interrupted and not: hosts killed, processor reset, in the middle of updates."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.bench.learning.seeds import Figures, grown
from tests.bench.results import Row
from tests.learning.killing import KILLS, taught


def measured(seed: int) -> Figures:
    """One session that runs through, and one that does not."""
    with tempfile.TemporaryDirectory() as folder:
        through, killed = taught(Path(folder), seed, ()), taught(Path(folder), seed)
    return {
        "through": 100 * through.summary["verified"],
        "killed": 100 * killed.summary["verified"],
        "received": killed.received,
        "accounted": killed.known + killed.uncertain,
        "uncertain": killed.uncertain,
        "twice": max(0, killed.received - killed.known - killed.uncertain),
    }


def growing_rows() -> Iterator[list[Row]]:
    """Accuracy beside that of sessions that ran through, and pulses beside those that the journal knows."""
    for sample in grown("sessions", measured):
        kills = f"{len(KILLS)} hosts killed and the board reset twice a session"
        twice, uncertain = (int(sum(sample[name])) for name in ("twice", "uncertain"))
        pulses = f"{kills}; {twice} pulses applied twice, {uncertain} uncertain"
        yield [
            sample.row(
                "an interrupted session: accuracy",
                "killed",
                "through",
                "sessions that ran through",
                about=kills,
                goal=0.98,
            ),
            sample.row(
                "an interrupted session: pulses received",
                "received",
                "accounted",
                "pulses that the journal knows or calls uncertain",
                about=pulses,
                unit="pulses",
                goal=1.0,
            ),
        ]
