"""Whether a device still answers as it was characterised: what pulses did against what was predicted of them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.history import History
from ohmloop.programming.population import LevelPopulation, Population, RatePopulation, StepCurve, StepRecords

Floats = NDArray[np.float64]

STALE = 1.5
"""Median shift of the cells, in the standard deviations that the population expects, above which it no longer fits:
a profile from eight cells alone is off by half a one."""

CELLS_MIN = 12
"""Cells below which nothing is said."""

SLOPE_V = 1e-3
SMALLEST, LARGEST = 1e-4, 0.97
"""Parts of the way between which a step tells its rate."""


@dataclass(frozen=True, slots=True)
class Residuals:
    """First pulses of cells against what the population predicts.

    Attributes:
        set_shift, reset_shift: median over the cells, in the standard deviations that the population expects; positive
            where cells move more than predicted. None with fewer than CELLS_MIN cells.
        cells: cells that were compared, of both polarities together.
    """

    set_shift: float | None
    reset_shift: float | None
    cells: int

    @property
    def stale(self) -> bool:
        """Whether the population no longer fits."""
        return any(shift is not None and abs(shift) > STALE for shift in (self.set_shift, self.reset_shift))

    def note(self) -> str:
        """What is to be said of it, for people; empty while the population fits."""
        if not self.stale:
            return ""
        said = [
            f"{name} pulses move cells {'more' if shift > 0 else 'less'} than predicted, by {abs(shift):.1f} "
            "standard deviations"
            for name, shift in (("SET", self.set_shift), ("RESET", self.reset_shift))
            if shift is not None and abs(shift) > STALE
        ]
        return f"the profile no longer fits: {' and '.join(said)}; run `ohmloop characterise`"

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self), "stale": self.stale, "note": self.note()}


def residuals(history: History, population: Population) -> Residuals:
    """Compare the first pulse of each polarity that each cell received with what the population predicts of it.

    Later pulses would not do: a policy has learned from the first, and chooses them by it.
    """
    steps = history.steps()
    shifts: list[float | None] = []
    compared = 0
    for way in (1, -1):
        mine = np.flatnonzero(np.sign(steps.volts) == way)
        first = steps.chosen(mine[np.unique(steps.cells[mine], return_index=True)[1]])
        if isinstance(population, RatePopulation):
            curve, other = (population.set, population.reset) if way > 0 else (population.reset, population.set)
            scores = _rate_scores(population, curve, other, way, first)
        elif way < 0:
            scores = _level_scores(population, first)
        else:
            scores = np.empty(0)
        compared += scores.size
        shifts.append(float(np.median(scores)) if scores.size >= CELLS_MIN else None)
    return Residuals(shifts[0], shifts[1], compared)


def _rate_scores(
    population: RatePopulation,
    curve: StepCurve,
    other: StepCurve,
    way: int,
    steps: StepRecords,
) -> Floats:
    """Logarithm of the rate that each step tells less that of the typical cell, in standard deviations."""
    before_s, after_s, volts = steps.before_s, steps.after_s, np.abs(steps.volts)
    window_s = curve.window_s(before_s, other.bound_s)
    scatter_s = np.sqrt(2) * np.hypot(population.read_noise * np.maximum(before_s, after_s), population.read_floor_s)
    least = np.clip(scatter_s / window_s, SMALLEST, LARGEST)
    part = np.clip(way * (after_s - before_s) / window_s, least, LARGEST)
    typical_v = np.array(curve.threshold_v)
    log_rate = curve.log_rate(volts, typical_v) + np.log(steps.widths_s / population.width_s)
    predicted = np.maximum(log_rate, np.log(-np.log1p(-least)))
    slope = (curve.log_rate(volts + SLOPE_V, typical_v) - curve.log_rate(volts - SLOPE_V, typical_v)) / (2 * SLOPE_V)
    variance = (
        (slope * curve.threshold_spread_v) ** 2 + curve.rate_spread**2 + curve.cycle_noise**2 + (least / part) ** 2
    )
    scores: Floats = (np.log(-np.log1p(-part)) - predicted) / np.sqrt(variance)
    return scores


def _level_scores(population: LevelPopulation, steps: StepRecords) -> Floats:
    """Amplitude that leads a typical cell to the depth that was reached less the one given, in standard deviations.

    Only first pulses after a SET, of cells that went neither nowhere nor all the way, tell an amplitude.
    """
    before_s, after_s = steps.before_s, steps.after_s
    after_set = before_s > population.low_s - 3 * max(population.low_spread_s, 0.05 * population.low_s)
    depth = (before_s - after_s) / np.maximum(before_s - population.floor_s, 1e-12)
    telling = after_set & (depth > population.depths[0]) & (depth < population.depths[-1])
    spread_v = np.hypot(population.device_spread_v, population.cycle_spread_v)
    typical_v = np.interp(depth[telling], population.depths, population.volts)
    scores: Floats = (typical_v + steps.volts[telling]) / max(float(spread_v), 1e-6)
    return scores
