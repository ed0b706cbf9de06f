"""What is known of each rate-type cell, and the amplitude that serves it best: host/kernels/steps in numpy's arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming._steps import ffi, lib
from ohmloop.programming.population import RatePopulation, StepCurve
from ohmloop.programming.population.curve import NEAREST
from ohmloop.programming.profile import Drive, ProgrammingProfile

Floats = NDArray[np.float64]

REACH, STALE = 4.0, 0.35
"""Thresholds that are told apart lie within so many standard deviations of their mean, and at least within this
fraction of the nominal amplitude: a profile may be stale."""
POINTS = (24, 64)
"""At least and at most so many thresholds; always a multiple of LANES."""
LANES = 8
SPACING = 0.5
"""Distance of two thresholds, as the change of ln R that it makes where R changes fastest."""
SURPRISE = 0.01
"""Weight of the thresholds that the population does not lead to expect, evenly spread."""
ASSUMED_CELLS = 4
"""How many cells an assumed population counts for."""
SHARPEN_FROM = 0.25
"""The population is learned again after so many more pulses, as a fraction of the cells pulsed so far."""

SAMPLE = 512
"""Of many cells, about so many are asked what the population is: they say it as well as all."""


@dataclass(frozen=True, slots=True)
class FilterSettings:
    """How a filter follows its cells.

    Attributes:
        drift: standard deviation that ln R of a cell gains with every pulse, so that wear is followed.
        escape: rise of the amplitude for every missing response, as a fraction of the nominal amplitude; a pulse
            that is not the longest grows longer, too.
        turning: pulses that an overshoot costs beyond its error while the other polarity has not been tried.
    """

    drift: float = 0.05
    escape: float = 0.04
    turning: float = 0.4

    def __post_init__(self) -> None:
        if not (self.drift >= 0 and self.escape > 0 and self.turning >= 0):
            raise ValueError(f"drift and turning must not be negative and escape must be above 0, not {self}")


class StepFilter:
    """The posterior of threshold and rate of every cell, for each polarity.

    The threshold is told apart on a grid; for each of its values the rate k is normal, with a mean and a variance of
    its own (a Rao-Blackwellised filter; Doucet et al., UAI 2000). An outcome is compared as asinh(step / (2 scatter)),
    so that a response which drowns in the noise of reading counts as the evidence that it is.

    Args:
        population: what is known of all cells together.
        profile: amplitudes and widths that may be proposed.
        cells: number of cells.
        band_s: half-width within which a cell is accepted, S.
        cost: pulses still to come, from `cost_to_go`, with `cost_step` between two elements.
    """

    def __init__(
        self,
        population: RatePopulation,
        profile: ProgrammingProfile,
        cells: int,
        band_s: float,
        cost: Floats,
        cost_step: float,
        settings: FilterSettings,
    ) -> None:
        self._kept: list[Floats] = []
        self._thresholds_v: list[Floats] = []
        self._log_prior: list[Floats] = []
        self._log_likelihood: list[Floats] = []
        self._quickness: list[Floats] = []
        self._misses: list[Floats] = []
        self._fresh = [0, 0]
        self._width_s, self._widths_s = population.width_s, profile.widths_s
        self._trust = float(max(population.cells, ASSUMED_CELLS))
        self.curves = (population.set, population.reset)
        self._steps = ffi.new("ohm_steps *")
        steps = self._steps
        steps.read_noise, steps.read_floor = population.read_noise, population.read_floor_s
        steps.band, steps.drift, steps.turning = band_s, settings.drift**2, settings.turning
        steps.shortest, steps.longest = np.log(np.array(profile.widths_s) / population.width_s).tolist()
        steps.costs, steps.cost_step, steps.cost = cost.size, cost_step, self._keep(cost)
        whole_s = population.set.bound_s - population.reset.bound_s
        for number, (curve, drive) in enumerate(
            zip(self.curves, (profile.set_drive, profile.reset_drive), strict=True)
        ):
            polarity = steps.polarity[number]
            polarity.way = 1.0 if number == 0 else -1.0
            polarity.softness, polarity.exponent = curve.softness_v, curve.exponent
            polarity.ln_rate, polarity.cycle_noise = curve.ln_rate, curve.cycle_noise
            polarity.bound, polarity.least_window = curve.bound_s, NEAREST * whole_s
            polarity.lowest_v, polarity.largest_v = 0.25 * drive.start_v, drive.max_v
            polarity.escape_v = settings.escape * drive.nominal_v
            self._spread(polarity, curve, drive, cells)

    @property
    def thresholds_v(self) -> tuple[Floats, ...]:
        """Thresholds that are told apart, V, of SET and RESET."""
        return tuple(self._thresholds_v)

    @property
    def log_priors(self) -> tuple[Floats, ...]:
        """Logarithm of how likely each threshold is for a cell that was not pulsed yet, of SET and RESET."""
        return tuple(self._log_prior)

    def weights(self, number: int, cell: int) -> Floats:
        """How likely each threshold of a cell is, for SET (0) or RESET (1)."""
        logs = self._log_likelihood[number][cell] + self._log_prior[number]
        weights = np.exp(logs - logs.max())
        share: Floats = weights / weights.sum()
        return share

    def propose(self, cells: NDArray[np.intp], measured_s: Floats, targets_s: Floats) -> tuple[Floats, Floats]:
        """Amplitudes, V, positive towards SET, and widths, s, of the next pulses, shape (n,). Changes nothing."""
        volts, widths = np.empty((2, cells.size))
        lib.ohm_steps_propose(
            *(self._steps, _numbers(cells), _values(measured_s), _values(targets_s)),
            *(cells.size, _values(volts), _values(widths)),
        )
        return volts, np.clip(widths * self._width_s, *self._widths_s)

    def learn(
        self, cells: NDArray[np.intp], volts: Floats, widths_s: Floats, before_s: Floats, after_s: Floats
    ) -> Floats:
        """Take in what pulses did; gives the logarithm of how likely each outcome was before, shape (n,)."""
        evidence = np.empty(cells.size)
        lib.ohm_steps_learn(
            self._steps,
            *(_numbers(cells), _values(volts), _values(widths_s / self._width_s), _values(before_s), _values(after_s)),
            *(cells.size, _values(evidence)),
        )
        for number, pulsed in enumerate((volts >= 0, volts < 0)):
            self._fresh[number] += int(pulsed.sum())
            if self._fresh[number] > SHARPEN_FROM * (self._misses[number] >= 0).sum():
                self._fresh[number] = 0
                self._sharpen(number)
        return evidence

    def _sharpen(self, number: int) -> None:
        """Learn thresholds, mean and spread, and the mean rate anew from all cells pulsed so far (empirical Bayes)."""
        known = np.flatnonzero(self._misses[number] >= 0)
        known = known[:: 1 + known.size // SAMPLE]
        curve, thresholds_v, prior = self.curves[number], self._thresholds_v[number], self._log_prior[number]
        logs = self._log_likelihood[number][known] + prior
        weights = np.exp(logs - logs.max(axis=1, keepdims=True))
        weights /= weights.sum(axis=1, keepdims=True)
        share = weights.sum(axis=0)
        trust, count = self._trust, float(known.size)
        total = trust + count
        mean_v = (trust * curve.threshold_v + share @ thresholds_v) / total
        spread = trust * (curve.threshold_spread_v**2 + (curve.threshold_v - mean_v) ** 2)
        spread += share @ (thresholds_v - mean_v) ** 2
        prior[:] = _prior(thresholds_v, mean_v, np.sqrt(spread / total))
        quickness = self._quickness[number]
        quickness[self._misses[number] < 0] = (weights * quickness[known]).sum() / total

    def _spread(self, polarity: Any, curve: StepCurve, drive: Drive, cells: int) -> None:
        reach_v = max(REACH * curve.threshold_spread_v, STALE * drive.nominal_v)
        wanted = 2 * reach_v * curve.exponent / (curve.softness_v * SPACING)
        points = int(np.clip(-(-wanted // LANES) * LANES, *POINTS))
        thresholds_v = curve.threshold_v + np.linspace(-reach_v, reach_v, points)
        self._thresholds_v.append(thresholds_v)
        self._log_prior.append(_prior(thresholds_v, curve.threshold_v, curve.threshold_spread_v))
        self._log_likelihood.append(np.zeros((cells, points)))
        self._misses.append(np.full(cells, -1.0))
        polarity.points = points
        polarity.thresholds = self._keep(thresholds_v)
        polarity.log_prior = self._keep(self._log_prior[-1])
        polarity.log_likelihood = self._keep(self._log_likelihood[-1])
        self._quickness.append(np.zeros((cells, points)))
        polarity.quickness = self._keep(self._quickness[-1])
        polarity.variance = self._keep(np.full((cells, points), curve.rate_spread**2))
        polarity.misses = self._keep(self._misses[-1])

    def _keep(self, array: Floats) -> Any:
        self._kept.append(array)
        return _values(array)


def _prior(thresholds_v: Floats, mean_v: float, spread_v: float) -> Floats:
    """Logarithm of how likely each threshold is, to a constant."""
    expected = np.exp(-0.5 * ((thresholds_v - mean_v) / spread_v) ** 2)
    prior: Floats = np.log((1 - SURPRISE) * expected / expected.sum() + SURPRISE / expected.size)
    return prior


def _values(array: Floats) -> Any:
    return ffi.from_buffer("double[]", np.ascontiguousarray(array, np.float64))


def _numbers(cells: NDArray[np.intp]) -> Any:
    return ffi.from_buffer("int64_t[]", np.ascontiguousarray(cells, np.int64))
