"""Robots that emulated boards drive over REST: laps without a collision, before damage, after it, and after learning.

The trial is that of docs/examples/robot: 10 % of the cells stick and a week of drift passes. Each seed has boards,
damage and test worlds of its own. Beside learning stands tuning of digital biases alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from tests.bench.learning.seeds import Figures, Sample, grown
from tests.bench.results import Row

sys.path.insert(0, str(Path(__file__).parents[3] / "docs" / "examples" / "robot"))

from damage import periods, programmed, trial
from world import PERIOD_S

ROBOTS = 8
RECOVERED, TWICE, PULSES_A_CELL = 80.0, 2.0, 3.0
LATE = 99.0
"""Percentile of the time that a command takes."""


def laps(seed: int) -> Figures:
    """One trial, parts of the robots in percent."""
    seen = trial(seed, ROBOTS)
    found = {who: 100 * share for who, share in seen.came_round.items()}
    lost = found["digital"] - found["damaged"]
    for who in ("biases learned", "learned"):
        found[f"recovered {who}"] = 100 * (found[who] - found["damaged"]) / lost
    return {**found, "pulses": seen.learned["pulses_a_cell"]}


def period(seed: int) -> Figures:
    """How long commands take in real time, ms, and how many processes shared the processors meanwhile."""
    with programmed(seed) as bench:
        took_ms = 1e3 * periods(bench.controller)
    return {
        "late_ms": float(np.percentile(took_ms, LATE)),
        "median_ms": float(np.median(took_ms)),
        "load": os.getloadavg()[0],
    }


def growing_rows() -> Iterator[list[Row]]:
    """Laps beside those of the digital controller, recovery and control period beside what is required."""
    for sample in grown("period", period):
        yield period_rows(sample)
    for sample in grown("laps", laps):
        yield rows(sample)


def period_rows(sample: Sample) -> list[Row]:
    """The control period: what half of the commands take, and what nearly all of them stay below."""
    about = f"20 s a seed; load average {sample.mean('load'):.0f} on {os.cpu_count()} processors"
    allowed = 1e3 * PERIOD_S
    named = {"median_ms": "robot: control period over REST, median", "late_ms": "robot: control period over REST"}
    late = f"{LATE:.0f} % of the commands are faster; {about}"
    return [
        sample.row(case, name, allowed, "allowed", about=late if name == "late_ms" else about, unit="ms", goal=1.0)
        for name, case in named.items()
    ]


def rows(sample: Sample) -> list[Row]:
    """Laps, recovery and pulses."""
    about = f"{ROBOTS} robots a seed, worlds that nothing was trained or chosen in"
    found = [
        sample.row(f"robot: laps without a collision, {who}", who, "digital", "digital controller", about=about)
        for who in ("programmed", "damaged", "biases learned", "learned")
    ]
    ours, biases, peer = "recovered learned", "recovered biases learned", "bias-only tuning"
    found.append(sample.row("robot: lost laps recovered", ours, RECOVERED, "required", about=about, goal=1.0))
    if sample.mean(biases) > 0:  # to nothing recovered there is no ratio; the laps above say it
        found.append(
            sample.row("robot: learning against bias-only tuning", ours, biases, peer, about=about, goal=TWICE)
        )
    spent = sample.row("robot: pulses a cell", "pulses", PULSES_A_CELL, "allowed", about=about, unit="pulses", goal=1.0)
    return [*found, spent]
