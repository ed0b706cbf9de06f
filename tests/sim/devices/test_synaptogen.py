"""Synaptogen against its authors' package and against the numbers that were measured with it."""

import numpy as np
import pytest
import synaptogen as package
from numpy.typing import NDArray
from scipy import stats
from synaptogen import synaptogen as generator
from tests.sim.devices.population import make, pulse

CELLS, CYCLES, BURN_IN = 2048, 50, 10
HRS, U_SET, LRS, U_RESET = range(4)
SET_V, RESET_V = 2.0, -1.5
"""Volts towards SET that complete a SET and a RESET in every cell."""


def cycle(device, count: int) -> NDArray[np.float64]:
    """Features of so many cycles, shape (count, 4, cells)."""
    seen = []
    for _ in range(count):
        pulse(device, SET_V)
        pulse(device, RESET_V)
        seen.append(device.features.copy())
    return np.stack(seen)


@pytest.fixture(scope="module")
def ours() -> NDArray[np.float64]:
    device = make("synaptogen", CELLS)
    cycle(device, BURN_IN)
    return in_decades(cycle(device, CYCLES))


@pytest.fixture(scope="module")
def theirs() -> NDArray[np.float64]:
    generator.rng = np.random.default_rng(11)
    generator.randn = lambda *a, **k: generator.rng.standard_normal(*a, dtype=np.float32, **k)
    generator.rand = lambda *a, **k: generator.rng.random(*a, dtype=np.float32, **k)
    cells = package.CellArrayCPU(CELLS)
    seen = []
    for number in range(BURN_IN + CYCLES):
        package.applyVoltage(cells, -SET_V)
        package.applyVoltage(cells, -RESET_V)
        if number >= BURN_IN:
            seen.append(cells.y.copy())
    return in_decades(np.stack(seen).astype(float))


def in_decades(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """The high resistance as its logarithm, in which its statistics are told."""
    features[:, HRS] = np.log10(features[:, HRS])
    return features


def within_cells(features: NDArray[np.float64]) -> NDArray[np.float64]:
    """Deviations of each cycle from the mean of its cell."""
    return features - features.mean(axis=0)


def lag_1(features: NDArray[np.float64]) -> NDArray[np.float64]:
    deviation = within_cells(features)
    product: NDArray[np.float64] = (deviation[1:] * deviation[:-1]).mean(axis=(0, 2)) / deviation.var(axis=(0, 2))
    return product


def correlations(samples: NDArray[np.float64]) -> NDArray[np.float64]:
    """Upper triangle of the correlation matrix of four features in rows."""
    matrix: NDArray[np.float64] = np.corrcoef(samples)[np.triu_indices(4, 1)]
    return matrix


@pytest.mark.parametrize("feature", range(4))
def test_one_cycle_of_all_cells_has_the_distribution_of_the_package(ours, theirs, feature: int) -> None:
    assert stats.ks_2samp(ours[-1, feature], theirs[-1, feature]).pvalue > 1e-3


@pytest.mark.parametrize("feature", range(4))
def test_means_and_spreads_of_cells_have_the_distribution_of_the_package(ours, theirs, feature: int) -> None:
    for statistic in (np.mean, np.std):
        mine, yours = (statistic(features[:, feature], axis=0) for features in (ours, theirs))
        assert stats.ks_2samp(mine, yours).pvalue > 1e-3


def test_correlations_are_those_of_the_package(ours, theirs) -> None:
    """Between features: of cells (means) and of cycles (deviations). Five standard errors of the difference."""
    of_cells = [correlations(features.mean(axis=0)) for features in (ours, theirs)]
    assert np.abs(np.subtract(*of_cells)).max() < 5 * np.sqrt(2 / CELLS)
    of_cycles = [correlations(within_cells(f).swapaxes(0, 1).reshape(4, -1)) for f in (ours, theirs)]
    assert np.abs(np.subtract(*of_cycles)).max() < 5 * np.sqrt(2 / (CELLS * CYCLES)) + 0.005


def test_memory_of_cycles_is_that_of_the_package(ours, theirs) -> None:
    assert np.abs(lag_1(ours) - lag_1(theirs)).max() < 0.02


def test_numbers_measured_with_the_package_before(ours) -> None:
    """4096 cells, 50 cycles after 10 with the package's default of order 10."""
    quantiles = np.quantile(ours, [0.01, 0.5, 0.99], axis=(0, 2)).T
    assert 10 ** quantiles[HRS] == pytest.approx([25.1e3, 75.4e3, 259e3], rel=0.04)
    assert quantiles[U_SET] == pytest.approx([-0.933, -0.668, -0.545], abs=0.02)
    assert quantiles[LRS] == pytest.approx([4020, 4520, 5290], rel=0.015)
    assert quantiles[U_RESET] == pytest.approx([0.633, 0.731, 0.878], abs=0.012)
    assert ours.mean(axis=0).std(axis=1) == pytest.approx([0.088, 0.052, 211, 0.035], rel=0.15)
    assert within_cells(ours).std(axis=(0, 2)) == pytest.approx([0.181, 0.061, 147, 0.032], rel=0.08)
    # A finite number of cycles takes about 1 / CYCLES from every lag.
    assert lag_1(ours) == pytest.approx(np.array([0.06, 0.10, 0.257, 0.12]) - 0.01, abs=0.035)
    of_cells = np.corrcoef(ours.mean(axis=0))
    assert of_cells[LRS, U_RESET] == pytest.approx(0.57, abs=0.07)
    assert of_cells[U_SET, U_RESET] == pytest.approx(-0.53, abs=0.07)
    assert of_cells[U_SET, LRS] == pytest.approx(-0.31, abs=0.08)
    of_cycles = np.corrcoef(within_cells(ours).swapaxes(0, 1).reshape(4, -1))
    assert of_cycles[HRS, U_SET] == pytest.approx(-0.21, abs=0.03)
    assert of_cycles[LRS, U_RESET] == pytest.approx(0.09, abs=0.03)


def test_any_voltages_lead_where_they_lead_the_package() -> None:
    """Random pulses, fed with the same features: states, currents and branches are the package's."""
    cells = 512
    device, other = make("synaptogen", cells, c2c=0), package.CellArrayCPU(cells)
    # Without variation from cycle to cycle all features are constants of a device: give the package the same ones.
    other.μ[...], other.σ[...] = device.features, 0
    other.μ[HRS] = np.log10(device.features[HRS])
    other.y[...] = device.features
    for volts in (SET_V, RESET_V):
        pulse(device, volts)
        package.applyVoltage(other, -volts)
    rng = np.random.default_rng(5)
    for _ in range(60):
        u = rng.normal(0, 1, cells).astype(np.float32)
        pulse(device, -u.astype(float))
        package.applyVoltage(other, u)
        found = 0.2 * device.chord_s(np.full(cells, -0.2))
        assert np.allclose(found, package.I(other, np.float32(0.2)), rtol=2e-3, atol=2e-8)
        assert np.allclose(found, 0.2 * device.conductance_s, rtol=1e-9)


def test_a_repeated_pulse_does_nothing_and_a_longer_one_neither() -> None:
    device = make("synaptogen", 256)
    pulse(device, SET_V)
    pulse(device, -1.0)
    before = device.conductance_s.copy()
    pulse(device, -1.0, 1.0, 9)
    pulse(device, 0.2, 1.0, 10)
    assert (device.conductance_s == before).all()


def test_the_reset_goes_on_from_where_a_state_was_put() -> None:
    device = make("synaptogen", 256)
    low, high = device.bounds_s
    device.put((low + high) / 2)
    before = device.conductance_s.copy()
    pulse(device, -device._u_reset - 1e-6, number=2)
    assert np.allclose(device.conductance_s, before, rtol=1e-3)
    pulse(device, -device._u_reset - 0.1, number=3)
    assert (device.conductance_s < before).all()


def test_without_variation_all_cells_are_the_mean_cell() -> None:
    device = make("synaptogen", 64, d2d=0, c2c=0)
    pulse(device, SET_V)
    assert np.ptp(device.conductance_s) < 1e-12
    assert 1 / device.conductance_s[0] == pytest.approx(4550, rel=0.02)
