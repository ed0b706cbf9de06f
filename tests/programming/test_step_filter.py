"""The compiled filter against the same equations in numpy, cell by cell."""

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from numpy.typing import NDArray

from ohmloop.programming import Drive, FilterSettings, ProgrammingProfile, RatePopulation, StepCurve
from ohmloop.programming.cost_to_go import ERRORS, LARGEST, cost_to_go
from ohmloop.programming.population.curve import log_softplus
from ohmloop.programming.step_filter import StepFilter

Floats = NDArray[np.float64]

PROFILE = ProgrammingProfile(10e-6, 100e-6, Drive(0.7, 0.9, 2.0), Drive(0.7, 1.0, 2.0), 10e-6)
VARIED = replace(PROFILE, shortest_s=1e-6)
"""With pulses that may be shorter."""
POPULATION = replace(
    RatePopulation.generic(PROFILE),
    set=StepCurve(0.98, 0.10, 0.06, 1.9, -5.4, 0.58, 0.44, 147e-6),
    reset=StepCurve(1.18, 0.11, 0.11, 1.9, -4.1, 0.38, 0.39, 2e-6),
    cells=16,
)
BAND_S = 1.8e-6
SETTINGS = FilterSettings()
COST, COST_STEP = cost_to_go(0.4, 0.2), LARGEST / (ERRORS - 1)


def fresh(cells: int, profile: ProgrammingProfile = PROFILE) -> StepFilter:
    return StepFilter(POPULATION, profile, cells, BAND_S, COST, COST_STEP, SETTINGS)


class Reference:
    """One polarity of one cell."""

    def __init__(self, curve: StepCurve, drive: Drive, way: int, thresholds_v: Floats, log_prior: Floats) -> None:
        self.curve, self.drive, self.way, self.phi = curve, drive, way, thresholds_v
        self.log_prior = log_prior
        self.log_likelihood, self.k = np.zeros(thresholds_v.size), np.zeros(thresholds_v.size)
        self.variance = np.full(thresholds_v.size, curve.rate_spread**2)
        self.misses = -1.0
        other = POPULATION.reset if way > 0 else POPULATION.set
        self.least_s = 0.02 * abs(curve.bound_s - other.bound_s)

    def window_s(self, g: float) -> float:
        return max(self.way * (self.curve.bound_s - g), self.least_s)

    @property
    def weights(self) -> Floats:
        logs = self.log_likelihood + self.log_prior
        weights = np.exp(logs - logs.max())
        return weights / weights.sum()

    def log_rate(self, volts: float, width_s: float) -> Floats:
        c = self.curve
        return (
            c.ln_rate
            + np.log(width_s / POPULATION.width_s)
            + self.k
            + c.exponent * log_softplus((volts - self.phi) / c.softness_v)
        )

    def learn(self, volts: float, width_s: float, before_s: float, after_s: float) -> float:
        c, window_s, seen_s = self.curve, self.window_s(before_s), self.way * (after_s - before_s)
        scatter_s = np.sqrt(2) * np.hypot(POPULATION.read_noise * max(before_s, after_s), POPULATION.read_floor_s)
        weights, rate = self.weights, np.exp(np.minimum(self.log_rate(volts, width_s), 3.4))
        told_s = window_s * (1 - np.exp(-rate))
        stretch = 1 / np.hypot(2 * scatter_s, told_s)
        slope = stretch * window_s * rate * np.exp(-rate)
        off = np.arcsinh(seen_s / (2 * scatter_s)) - np.arcsinh(told_s / (2 * scatter_s))
        spread = slope**2 * (self.variance + c.cycle_noise**2) + stretch**2 * (scatter_s**2 + (0.05 * told_s) ** 2)
        outcome = -0.5 * (off**2 / spread + np.log(spread))
        gain = self.variance * slope / spread
        self.k = self.k + gain * np.clip(off, -3 * np.sqrt(spread), 3 * np.sqrt(spread))
        self.variance = (1 - gain * slope) * self.variance + SETTINGS.drift**2
        outcome = np.maximum(outcome, outcome.max() - 9)
        self.log_likelihood = self.log_likelihood + outcome
        self.misses = max(self.misses, 0) + 1 if seen_s < 0.25 * weights @ told_s else 0.0
        return float(outcome.max() + np.log(weights @ np.exp(outcome - outcome.max())))

    def cost(self, pulses: list[tuple[float, float]], error_s: float, g: float, turning: float) -> Floats:
        """Expected pulses still to come after each of these pulses, by brute force over the noise."""
        window_s, weights = self.window_s(g), self.weights
        noise = np.sqrt(self.curve.cycle_noise**2 + weights @ self.variance)
        x = np.linspace(-3.5, 3.5, 141)
        chance = np.exp(-0.5 * x**2) / np.exp(-0.5 * x**2).sum()
        costs = []
        for volts, width_s in pulses:
            rate = np.exp(np.minimum(self.log_rate(volts, width_s)[:, None] + noise * x, 3.4))
            left = (error_s - window_s * (1 - np.exp(-rate))) / BAND_S
            cost = np.interp(np.arcsinh(np.abs(left)), COST_STEP * np.arange(COST.size), COST)
            costs.append(weights @ ((cost + turning * (left < -1)) @ chance))
        return np.array(costs)


def references(filtered: StepFilter) -> list[Reference]:
    drives = (PROFILE.set_drive, PROFILE.reset_drive)
    return [
        Reference(curve, drive, way, thresholds_v, log_prior.copy())
        for curve, drive, way, thresholds_v, log_prior in zip(
            filtered.curves, drives, (1, -1), filtered.thresholds_v, filtered.log_priors, strict=True
        )
    ]


def experience(
    pulses: int, seed: int, profile: ProgrammingProfile = PROFILE
) -> tuple[StepFilter, list[Reference], list[float], list[float]]:
    """One cell, moved about; the filter and its reference, and how likely each found what happened."""
    rng, filtered = np.random.default_rng(seed), fresh(1, profile)
    sides, told, expected = references(filtered), [], []
    cell, g = np.array([0]), 30e-6
    for _ in range(pulses):
        volts = float(rng.uniform(0.8, 1.6) * rng.choice([-1, 1]))
        width_s = float(rng.uniform(*profile.widths_s))
        side = sides[int(volts < 0)]
        after_s = float(np.clip(g + side.way * rng.uniform(-0.02, 0.7) * side.window_s(g), 8e-6, 130e-6))
        pulse = (np.array([value]) for value in (volts, width_s, g, after_s))
        told.append(float(filtered.learn(cell, *pulse)[0]))
        for one, log_prior in zip(sides, filtered.log_priors, strict=True):
            expected_prior = log_prior
            if one is side:
                expected.append(one.learn(abs(volts), width_s, g, after_s))
            one.log_prior = expected_prior.copy()
        g = after_s
    return filtered, sides, told, expected


@pytest.mark.parametrize("profile", [PROFILE, VARIED])
@pytest.mark.parametrize("seed", range(4))
def test_what_is_learned_is_what_the_equations_say(seed: int, profile: ProgrammingProfile) -> None:
    filtered, sides, told, expected = experience(12, seed, profile)
    np.testing.assert_allclose(told, expected, rtol=1e-7, atol=1e-9)
    for number, side in enumerate(sides):
        np.testing.assert_allclose(filtered.weights(number, 0), side.weights, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("profile", [PROFILE, VARIED])
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("measured_s", "target_s"), [(20e-6, 70e-6), (50e-6, 54e-6), (90e-6, 40e-6), (60e-6, 57e-6)])
def test_the_pulse_chosen_is_the_cheapest(
    seed: int, measured_s: float, target_s: float, profile: ProgrammingProfile
) -> None:
    filtered, sides, _, _ = experience(6, seed, profile)
    proposed = filtered.propose(np.array([0]), np.array([measured_s]), np.array([target_s]))
    volts, width_s = (float(value[0]) for value in proposed)
    side, other = sides[int(volts < 0)], sides[int(volts > 0)]
    assert (volts > 0) == (target_s > measured_s)
    turning = SETTINGS.turning if other.misses < 0 else 0.0
    widths_s = np.geomspace(*profile.widths_s, 12) if profile is VARIED else [profile.width_s]
    tried = [*product(np.linspace(0.5, 2.0, 151), widths_s), (abs(volts), width_s)]
    costs = side.cost(tried, abs(target_s - measured_s), measured_s, turning)
    if side.misses <= 2:
        assert costs[-1] <= costs.min() + 0.03


def test_a_proposal_changes_nothing_and_does_not_depend_on_its_neighbours() -> None:
    filtered, rng = fresh(50, VARIED), np.random.default_rng(2)
    cells, before_s = np.arange(50), rng.uniform(10e-6, 100e-6, 50)
    targets_s = rng.uniform(10e-6, 100e-6, 50)
    first = filtered.propose(cells, before_s, targets_s)
    filtered.learn(cells, *first, before_s, before_s + rng.uniform(0, 0.5, 50) * (targets_s - before_s))
    together = np.array(filtered.propose(cells, before_s, targets_s))
    order = rng.permutation(50)
    alone = [filtered.propose(cells[i : i + 1], before_s[i : i + 1], targets_s[i : i + 1]) for i in order]
    assert np.array(alone)[:, :, 0].tolist() == together[:, order].T.tolist()


def test_the_same_pulses_give_the_same_bits() -> None:
    pulses = []
    for _ in range(2):
        filtered, rng = fresh(64, VARIED), np.random.default_rng(7)
        cells, before_s, targets_s = np.arange(64), np.full(64, 15e-6), rng.uniform(10e-6, 100e-6, 64)
        for _ in range(5):
            proposed = filtered.propose(cells, before_s, targets_s)
            after_s = before_s + rng.uniform(-0.05, 0.9, 64) * (targets_s - before_s)
            filtered.learn(cells, *proposed, before_s, after_s)
            before_s = after_s
        pulses.append(np.array(proposed).tobytes())
    assert pulses[0] == pulses[1]


def test_fewer_pulses_are_to_come_near_the_band() -> None:
    cost = cost_to_go(0.4, 0.05)
    assert cost[0] == pytest.approx(0, abs=1e-3)
    assert (np.diff(cost) >= -1e-9).all()
    beyond = int(np.ceil(np.arcsinh(1.3) / COST_STEP))
    assert 1 <= cost[beyond] < 1.6 < cost[-1] < 6
    assert (cost_to_go(0.8, 0.05)[beyond:] > cost[beyond:]).all()
