"""Bayes: what is known of each cell decides its next pulse."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.context import PolicyContext
from ohmloop.programming.cost_to_go import ERRORS, LARGEST, cost_to_go
from ohmloop.programming.policy import Proposal
from ohmloop.programming.population.rate import rate_population
from ohmloop.programming.step_filter import FilterSettings, StepFilter


class Bayes:
    """A posterior over each cell's threshold and rate, for each polarity, on the step curves of the population.

    The next pulse is the one with the fewest pulses expected to be still to come (`cost_to_go`), over what is known
    of the cell and over the noise of the pulse: unsure cells are approached from one side, known ones are hit. What the
    pulses of all cells tell of the population sharpens what is expected of those that were not pulsed yet, so a stale
    or merely assumed population is put right on the way. The loops are in C: host/kernels/steps.

    Without a population of rate type it assumes `RatePopulation.generic`.
    """

    name = "bayes"

    def __init__(self, settings: FilterSettings | None = None) -> None:
        self.settings = settings if settings is not None else FilterSettings()

    @property
    def parameters(self) -> Mapping[str, float]:
        """The settings by name."""
        return asdict(self.settings)

    def start(self, targets_s: NDArray[np.float64], context: PolicyContext) -> None:
        """Take new targets, S, shape (cells,). Raises PolicyError for a population of another type."""
        population, profile = rate_population(context.population, context.profile, self.name)
        self._targets_s = np.array(targets_s, dtype=np.float64)
        band_s = context.guard * context.tolerance * profile.span_s
        read_noise = np.hypot(population.read_noise * (profile.g_min_s + profile.g_max_s) / 2, population.read_floor_s)
        noise = (population.set.cycle_noise + population.reset.cycle_noise) / 2
        cost = cost_to_go(float(noise), float(read_noise / band_s))
        self._filter = StepFilter(
            population, profile, self._targets_s.size, band_s, cost, LARGEST / (ERRORS - 1), self.settings
        )

    def propose(self, cells: NDArray[np.intp], measured_s: NDArray[np.float64]) -> Proposal:
        """The next pulse of each cell at its measured conductance, S."""
        return Proposal(*self._filter.propose(cells, measured_s, self._targets_s[cells]))

    def learn(
        self,
        cells: NDArray[np.intp],
        volts: NDArray[np.float64],
        widths_s: NDArray[np.float64],
        before_s: NDArray[np.float64],
        after_s: NDArray[np.float64],
    ) -> None:
        """Sharpen what is known of the cells that were pulsed."""
        self._filter.learn(cells, volts, widths_s, before_s, after_s)
