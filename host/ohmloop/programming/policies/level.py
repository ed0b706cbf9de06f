"""Level: SET, then one RESET that goes nearly there, then what is still missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from math import erfc, pi, sqrt

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.context import PolicyContext
from ohmloop.programming.errors import PolicyError
from ohmloop.programming.policy import Proposal
from ohmloop.programming.population import LevelPopulation

Floats = NDArray[np.float64]
Cells = NDArray[np.intp]

SHALLOW = 0.03
"""Depth below which a RESET has not begun: its amplitude only bounds the shift of the cycle."""


@dataclass(frozen=True, slots=True)
class LevelAims:
    """How carefully a RESET approaches its target.

    Attributes:
        overshoot: what going past the target costs against falling short of it, above 1: a SET and a new RESET.
        caution: standard deviations that an amplitude stays short at most.
        least_step_v: the smallest rise of the amplitude, V.
        climb: rise of the SET amplitude for every SET that came to nothing, as a fraction of the nominal amplitude.
    """

    overshoot: float = 2.5
    caution: float = 1.0
    least_step_v: float = 1e-3
    climb: float = 0.05

    def __post_init__(self) -> None:
        if not (self.overshoot > 1 and self.caution >= 0 and self.least_step_v > 0 and self.climb > 0):
            raise ValueError(f"overshoot must be above 1, caution not negative and steps above 0, not {self}")


class Level:
    """For devices whose SET is complete at once and whose state follows the highest RESET amplitude since.

    A cell below its target is set completely. From there the RESET curve of the population leads down, shifted by what
    is known of the cell and of its present cycle: both shifts are normal, and every RESET tells their sum (two levels
    of a Kalman filter). The first RESET stays short, the more so the dearer an overshoot is against another pulse; the
    next go on from the point of the curve that was measured.

    Without a population of level type it assumes `LevelPopulation.generic`.
    """

    name = "level"

    def __init__(self, aims: LevelAims | None = None) -> None:
        self.aims = aims if aims is not None else LevelAims()

    @property
    def parameters(self) -> Mapping[str, float]:
        """The aims by name."""
        return asdict(self.aims)

    def start(self, targets_s: Floats, context: PolicyContext) -> None:
        """Take new targets, S, shape (cells,). Raises PolicyError for a population of another type."""
        population = context.population
        if population is None:
            population = LevelPopulation.generic(context.profile)
        if not isinstance(population, LevelPopulation):
            raise PolicyError("policy level needs a population of level type: choose bayes for a rate-type device")
        self._population = population
        self._profile = context.profile
        self._band_s = context.guard * context.tolerance * context.profile.span_s
        self._targets_s = np.array(targets_s, dtype=np.float64)
        cells = self._targets_s.size
        self._depths, self._volts, self._response = (
            np.array(curve) for curve in (population.depths, population.volts, population.response)
        )
        self._slopes = np.gradient(self._volts, self._depths)
        # Of the cell: mean and variance of its shift. Of the cycle: the same of its whole shift, once it has begun.
        self._device_v, self._device_var = np.zeros(cells), np.full(cells, population.device_spread_v**2)
        self._shift_v, self._shift_var = np.zeros(cells), np.full(cells, np.nan)
        self._low_s, self._last_v = np.full(cells, np.nan), np.zeros(cells)
        self._failed_sets = np.zeros(cells)

    def propose(self, cells: Cells, measured_s: Floats) -> Proposal:
        """The next amplitude of each cell at its measured conductance, S."""
        up = measured_s < self._targets_s[cells]
        volts = np.where(up, self._set_v(cells), -self._reset_v(cells, measured_s))
        return Proposal(volts, np.full(cells.size, self._profile.width_s))

    def learn(self, cells: Cells, volts: Floats, widths_s: Floats, before_s: Floats, after_s: Floats) -> None:
        """Take in what the pulses tell of the shifts of cells and cycles."""
        up = volts > 0
        self._learn_set(cells[up], after_s[up])
        self._learn_reset(cells[~up], -volts[~up], before_s[~up], after_s[~up])

    def _set_v(self, cells: Cells) -> Floats:
        drive = self._profile.set_drive
        risen_v = self.aims.climb * drive.nominal_v * self._failed_sets[cells]
        return np.minimum(self._population.set_v + risen_v, drive.max_v)

    def _reset_v(self, cells: Cells, measured_s: Floats) -> Floats:
        shift_v, shift_var = self._shift(cells)
        low_s = self._low(cells, measured_s)
        wanted, here = (self._depth(low_s, g) for g in (self._targets_s[cells], measured_s))
        begun = (self._last_v[cells] > 0) & (here > SHALLOW)
        whole_v = self._at(wanted) + shift_v * self._left(wanted)
        onward_v = np.maximum(self._at(wanted) - self._at(here), 0) + shift_v * (self._left(wanted) - self._left(here))
        slope_v = self._slope(wanted) / (low_s - self._population.floor_s)  # V / S
        scatter_v = slope_v * np.hypot(self._population.read_noise * measured_s, self._population.read_floor_s)
        error_v = self._population.shape_error * np.maximum(onward_v, 0)
        unsure_v = np.where(begun, np.hypot(error_v, scatter_v), np.sqrt(shift_var) * self._left(wanted))
        aim_v = np.where(begun, self._last_v[cells] + onward_v, whole_v)
        sureness = slope_v * self._band_s / np.maximum(unsure_v, 1e-9)
        short_v = unsure_v * np.minimum(np.log(self.aims.overshoot) / (2 * sureness), self.aims.caution)
        least_v = self._last_v[cells] + self.aims.least_step_v
        held_v: Floats = np.minimum(np.maximum(aim_v - short_v, least_v), self._profile.reset_drive.max_v)
        return held_v

    def _learn_set(self, cells: Cells, after_s: Floats) -> None:
        self._close_cycle(cells)
        done = after_s > self._targets_s[cells] + self._band_s
        self._failed_sets[cells] = np.where(done, 0, self._failed_sets[cells] + 1)
        self._low_s[cells] = np.where(done, after_s, np.nan)
        self._last_v[cells] = 0.0

    def _learn_reset(self, cells: Cells, volts: Floats, before_s: Floats, after_s: Floats) -> None:
        shift_v, shift_var = self._shift(cells)
        low_s = self._low(cells, before_s)
        self._low_s[cells] = low_s
        depth = self._depth(low_s, after_s)
        left = np.maximum(self._left(depth), 0.1)
        seen_v = (volts - self._at(depth)) / left
        noise_v = self._slope(depth) / (low_s - self._population.floor_s) * self._population.read_noise * after_s
        seen_var = (noise_v / left) ** 2 + (self._population.shape_error * self._population.cycle_spread_v) ** 2
        gain = shift_var / (shift_var + seen_var)
        # A RESET that has not begun only says that the shift is larger than that.
        begun = depth > SHALLOW
        cut_v, cut_var = _beyond(seen_v, shift_v, shift_var)
        self._shift_v[cells] = np.where(begun, shift_v + gain * (seen_v - shift_v), cut_v)
        self._shift_var[cells] = np.where(begun, (1 - gain) * shift_var, cut_var)
        self._last_v[cells] = np.maximum(self._last_v[cells], volts)

    def _close_cycle(self, cells: Cells) -> None:
        """What the cycle told of its whole shift is told to the shift of the cell; the next cycle draws its own."""
        told = cells[~np.isnan(self._shift_var[cells])]
        before = self._device_var[told] + self._population.cycle_spread_v**2
        part = self._device_var[told] / np.maximum(before, 1e-18)
        self._device_v[told] += part * (self._shift_v[told] - self._device_v[told])
        self._device_var[told] -= part**2 * (before - self._shift_var[told])
        self._shift_var[cells] = np.nan

    def _shift(self, cells: Cells) -> tuple[Floats, Floats]:
        """Mean and variance of the whole shift of the present cycle, V and V^2."""
        fresh = np.isnan(self._shift_var[cells])
        prior = self._device_var[cells] + self._population.cycle_spread_v**2
        mean_v = np.where(fresh, self._device_v[cells], self._shift_v[cells])
        return mean_v, np.where(fresh, prior, self._shift_var[cells])

    def _low(self, cells: Cells, measured_s: Floats) -> Floats:
        """Conductance from which the RESET of each cell began, S; assumed where no SET was seen."""
        assumed_s = np.maximum(measured_s, self._population.low_s)
        return np.where(np.isnan(self._low_s[cells]), assumed_s, self._low_s[cells])

    def _depth(self, low_s: Floats, conductances_s: Floats) -> Floats:
        depth = (low_s - conductances_s) / (low_s - self._population.floor_s)
        held: Floats = np.clip(depth, self._depths[0], self._depths[-1])
        return held

    def _at(self, depth: Floats) -> Floats:
        volts: Floats = np.interp(depth, self._depths, self._volts)
        return volts

    def _left(self, depth: Floats) -> Floats:
        left: Floats = np.interp(depth, self._depths, self._response)
        return left

    def _slope(self, depth: Floats) -> Floats:
        """Volts per depth."""
        slope: Floats = np.interp(depth, self._depths, self._slopes)
        return slope


def _beyond(least: Floats, mean: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """Mean and variance of a normal variable that is known to be larger than `least`."""
    spread = np.sqrt(variance)
    # Far out in the tail the normal density has no digits left; what remains is about as wide as the tail.
    a = np.clip((least - mean) / spread, -6.0, 6.0)
    tail = np.array([erfc(x / sqrt(2)) / 2 for x in a])
    ratio = np.exp(-(a**2) / 2) / sqrt(2 * pi) / tail
    return np.maximum(mean + spread * ratio, least), variance * np.maximum(1 + a * ratio - ratio**2, 0.01)
