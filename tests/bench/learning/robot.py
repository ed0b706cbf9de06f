"""Robots that emulated boards drive over REST: laps without a collision, before damage, after it, and after learning.

The trial is that of docs/examples/robot: 10 % of the cells stick and a week of drift passes. Each seed has boards,
damage and test worlds of its own. Beside learning stands tuning of digital biases alone.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tests.bench.learning.seeds import Figures, Sample, grown
from tests.bench.results import Row

sys.path.insert(0, str(Path(__file__).parents[3] / "docs" / "examples" / "robot"))

from damage import trial
from world import PERIOD_S

ROBOTS = 8
RECOVERED, TWICE, PULSES_A_CELL = 80.0, 2.0, 3.0
LATE = 99.0
"""Percentile of the time that a command takes."""


def measured(seed: int) -> Figures:
    """One trial, parts of the robots in percent."""
    seen = trial(seed, ROBOTS)
    laps = {who: 100 * share for who, share in seen.came_round.items()}
    lost = laps["digital"] - laps["damaged"]
    recovered = {
        f"recovered {who}": 100 * (laps[who] - laps["damaged"]) / lost for who in ("biases learned", "learned")
    }
    return {
        **laps,
        **recovered,
        "late_ms": 1e3 * float(np.percentile(seen.took_s, LATE)),
        "median_ms": 1e3 * float(np.median(seen.took_s)),
        "pulses": seen.learned["pulses_a_cell"],
    }


def growing_rows() -> Iterator[list[Row]]:
    """Laps beside those of the digital controller, recovery and control period beside what is required."""
    for sample in grown("laps", measured):
        yield rows(sample)


def rows(sample: Sample) -> list[Row]:
    """All rows."""
    about = f"{ROBOTS} robots a seed, worlds that nothing was trained or chosen in"
    laps = [
        sample.row(f"robot: laps without a collision, {who}", who, "digital", "digital controller", about=about)
        for who in ("programmed", "damaged", "biases learned", "learned")
    ]
    recovered, biases = "recovered learned", "recovered biases learned"
    median = (
        f"{LATE:.0f} % of the commands are faster; median {sample.mean('median_ms'):.1f} ms; 20 s in real time a seed"
    )
    return [
        *laps,
        sample.row("robot: lost laps recovered", recovered, RECOVERED, "required", about=about, goal=1.0),
        sample.row(
            "robot: learning against bias-only tuning", recovered, biases, "bias-only tuning", about=about, goal=TWICE
        ),
        sample.row("robot: pulses a cell", "pulses", PULSES_A_CELL, "allowed", about=about, unit="pulses", goal=1.0),
        sample.row(
            "robot: control period over REST", "late_ms", 1e3 * PERIOD_S, "allowed", about=median, unit="ms", goal=1.0
        ),
    ]
