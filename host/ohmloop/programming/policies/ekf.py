"""EKF: two numbers a cell and polarity say where its threshold lies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from ohmloop.programming.context import PolicyContext
from ohmloop.programming.policies.controller import Cells, Floats, way_of
from ohmloop.programming.policies.polarity import DriveTable
from ohmloop.programming.policy import Proposal
from ohmloop.programming.population import RatePopulation, StepCurve
from ohmloop.programming.population.rate import rate_population

LONGER = 0.3
"""Growth of a pulse that is not the longest for every missing response, of the logarithm of its width."""


@dataclass(frozen=True, slots=True)
class EkfSettings:
    """How the filter follows a cell.

    Attributes:
        drift: standard deviation that a threshold gains with every pulse, as a fraction of its spread over the cells.
        caution: a pulse is aimed at exp(-caution variance of ln R) of the error, so that unsure cells are approached
            from one side.
        most_short: the largest exponent of that.
        jump: the most that one outcome may move a threshold, as a fraction of the nominal amplitude.
    """

    drift: float = 0.1
    caution: float = 1.0
    most_short: float = 1.6
    jump: float = 0.1

    def __post_init__(self) -> None:
        if not (self.drift >= 0 and self.caution >= 0 and self.most_short >= 0 and self.jump > 0):
            raise ValueError(f"settings must not be negative and jump must be above 0, not {self}")


class Ekf:
    """An extended Kalman filter of each cell's threshold on the step curves of the population.

    What `Bayes` does with a grid, small enough for a microcontroller: mean and variance of the threshold, for each
    polarity. An outcome is compared as asinh(step / (2 scatter)), linearised at the mean.
    """

    name = "ekf"

    def __init__(self, settings: EkfSettings | None = None) -> None:
        self.settings = settings if settings is not None else EkfSettings()

    @property
    def parameters(self) -> Mapping[str, float]:
        """The settings by name."""
        return asdict(self.settings)

    def start(self, targets_s: Floats, context: PolicyContext) -> None:
        """Take new targets, S, shape (cells,). Raises PolicyError for a population of another type."""
        population, profile = rate_population(context.population, context.profile, self.name)
        self._population: RatePopulation = population
        self._targets_s = np.array(targets_s, dtype=np.float64)
        self._widths_s = profile.widths_s
        self._log_widths = np.log(np.array(profile.widths_s) / population.width_s)
        self._drives = DriveTable(profile)
        cells = self._targets_s.size
        self._curves = (population.set, population.reset)
        self._mean_v = np.array([np.full(cells, curve.threshold_v) for curve in self._curves])
        self._variance = np.array([np.full(cells, _spread_v(curve) ** 2) for curve in self._curves])
        self._missed = np.zeros((2, cells))

    def propose(self, cells: Cells, measured_s: Floats) -> Proposal:
        """The next pulse of each cell at its measured conductance, S."""
        direction = way_of(self._targets_s[cells] - measured_s)
        polarity = self._drives.polarity(direction)
        volts, widths_s = np.empty((2, cells.size))
        for number in range(2):
            mine = polarity == number
            volts[mine], widths_s[mine] = self._aimed(number, cells[mine], measured_s[mine])
        held_v = self._drives.held(polarity, np.maximum(volts, 0.25 * self._drives.start_v[polarity]))
        return Proposal(direction * held_v, widths_s)

    def learn(self, cells: Cells, volts: Floats, widths_s: Floats, before_s: Floats, after_s: Floats) -> None:
        """Move the thresholds to where the outcomes say they are."""
        for number in range(2):
            mine = (volts < 0) == (number == 1)
            self._follow(number, *(each[mine] for each in (cells, np.abs(volts), widths_s, before_s, after_s)))

    def _aimed(self, number: int, cells: Cells, measured_s: Floats) -> tuple[Floats, Floats]:
        """Magnitudes, V, and widths, s."""
        curve, mean_v = self._curves[number], self._mean_v[number, cells]
        error_s = np.abs(self._targets_s[cells] - measured_s)
        window_s = self._window_s(number, measured_s)

        def pulse(wanted_s: Floats) -> tuple[Floats, Floats]:
            part = np.clip(wanted_s / window_s, 1e-6, 0.97)
            log_rate = np.log(-np.log1p(-part))
            return curve.pulse_for(log_rate, mean_v, self._drives.max_v[number], self._log_widths)

        slope = _slope(curve, pulse(error_s)[0], mean_v)
        variance = self._variance[number, cells] * slope**2 + curve.cycle_noise**2
        short = np.exp(-np.minimum(self.settings.caution * variance, self.settings.most_short))
        volts, log_width = pulse(error_s * short)
        missed = np.maximum(self._missed[number, cells] - 2, 0)
        longer = np.minimum(log_width + LONGER * missed, self._log_widths[1])
        widths_s = np.clip(self._population.width_s * np.exp(longer), *self._widths_s)
        return volts + 0.04 * self._drives.nominal_v[number] * missed, widths_s

    def _follow(
        self, number: int, cells: Cells, volts: Floats, widths_s: Floats, before_s: Floats, after_s: Floats
    ) -> None:
        curve, mean_v, variance = self._curves[number], self._mean_v[number, cells], self._variance[number, cells]
        way = 1.0 if number == 0 else -1.0
        window_s = self._window_s(number, before_s)
        larger_s = np.maximum(before_s, after_s)
        scatter_s = np.sqrt(2) * np.hypot(self._population.read_noise * larger_s, self._population.read_floor_s)
        log_rate = curve.log_rate(volts, mean_v) + np.log(widths_s / self._population.width_s)
        rate = np.exp(np.minimum(log_rate, 3.4))
        told_s = window_s * -np.expm1(-rate)
        stretch = 1 / np.hypot(2 * scatter_s, told_s)
        of_rate = stretch * window_s * rate * np.exp(-rate)
        off = np.arcsinh(way * (after_s - before_s) / (2 * scatter_s)) - np.arcsinh(told_s / (2 * scatter_s))
        gradient = -of_rate * _slope(curve, volts, mean_v)
        noise = (of_rate * curve.cycle_noise) ** 2 + (stretch * np.hypot(scatter_s, 0.05 * told_s)) ** 2
        gain = variance * gradient / (gradient**2 * variance + noise)
        largest_v = self.settings.jump * self._drives.nominal_v[number]
        self._mean_v[number, cells] = mean_v + np.clip(gain * off, -largest_v, largest_v)
        drift_v = self.settings.drift * _spread_v(curve)
        self._variance[number, cells] = (1 - gain * gradient) * variance + drift_v**2
        missing = way * (after_s - before_s) < 0.25 * told_s
        self._missed[number, cells] = np.where(missing, self._missed[number, cells] + 1, 0)

    def _window_s(self, number: int, conductances_s: Floats) -> Floats:
        return self._curves[number].window_s(conductances_s, self._curves[1 - number].bound_s)


def _slope(curve: StepCurve, volts: Floats, thresholds_v: Floats) -> Floats:
    """Change of ln R with the amplitude, 1/V."""
    step_v = 0.01 * curve.softness_v
    rise = curve.log_rate(volts + step_v, thresholds_v) - curve.log_rate(volts - step_v, thresholds_v)
    slope: Floats = rise / (2 * step_v)
    return slope


def _spread_v(curve: StepCurve) -> float:
    """Spread of the thresholds, with that of the rates expressed in volts, V."""
    threshold_v = np.array(curve.threshold_v)
    slope = _slope(curve, curve.volts_for(np.array(-0.7), threshold_v), threshold_v)
    return float(np.hypot(curve.threshold_spread_v, curve.rate_spread / slope))
