"""Sessions on an emulated board, interrupted and not: hosts killed, processor reset, in the middle of updates."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.bench.learning.chips import COMMAND, SEEDS, average, spread
from tests.bench.results import Row
from tests.learning.killing import KILLS, taught


def rows() -> list[Row]:
    """Accuracy beside that of sessions that ran through, and pulses beside those that the journal knows."""
    with tempfile.TemporaryDirectory() as folder:
        through = [taught(Path(folder), seed, ()) for seed in SEEDS]
        killed = [taught(Path(folder), seed) for seed in SEEDS]
    ours, peer = ([100 * ended.summary["verified"] for ended in each] for each in (killed, through))
    kills = f"seeds {SEEDS[0]}-{SEEDS[-1]}; {len(KILLS)} hosts killed and the board reset twice a session"
    note = f"{kills}; {spread(ours)} and {spread(peer)}"
    twice = sum(max(0, ended.received - ended.known - ended.uncertain) for ended in killed)
    received, known = (sum(getattr(ended, name) for ended in killed) for name in ("received", "known"))
    about = f"{kills}; {twice} pulses applied twice, {sum(ended.uncertain for ended in killed)} uncertain"
    case = "an interrupted session"
    return [
        Row(f"{case}: accuracy", average(ours), average(peer), "sessions that ran through", 0.98, "%", COMMAND, note),
        Row(f"{case}: pulses received", received, known, "pulses in the journal", 0.99, "pulses", COMMAND, about),
    ]
