"""VTEAM: the closed form is the equation, and the population has the spread that its parameters say."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import solve_ivp

from ohmsim.devices import Vteam, VteamParameters
from ohmsim.errors import ParameterError
from ohmsim.noise import NoiseSource
from ohmsim.state import State

STILL = {"d2d_threshold": 0, "d2d_rate": 0, "d2d_g_min": 0, "d2d_g_max": 0, "c2c_rate": 0, "c2c_volts": 0}


def cells(count: int, **parameters: float) -> Vteam:
    return Vteam(VteamParameters(**parameters), count, NoiseSource(7, "b0"), State())


def ordinals(count: int, number: int = 1) -> np.ndarray:
    return np.full(count, number, np.uint64)


def pulse(device: Vteam, volts: float, width_s: float = 10e-6, number: int = 1) -> None:
    every = np.arange(device.conductance_s.size)
    device.apply(every, np.full(every.size, volts), width_s, ordinals(every.size, number))


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-2.5, 2.5),
    st.floats(0, 1),
    st.floats(1e-7, 1e-4),
    st.floats(1, 5),
)
def test_closed_form_is_the_solution_of_the_equation(volts: float, w0: float, width_s: float, alpha: float) -> None:
    p = VteamParameters(**STILL, alpha_set=alpha, alpha_reset=alpha)
    device = cells(1, **STILL, alpha_set=alpha, alpha_reset=alpha)
    device.put(np.array([p.g_min + (p.g_max - p.g_min) * w0]))

    def slope(_t: float, w: np.ndarray) -> np.ndarray:
        if volts > p.v_set:
            return p.rate_set * (volts / p.v_set - 1) ** alpha * (1 - w)
        if volts < -p.v_reset:
            return -p.rate_reset * (-volts / p.v_reset - 1) ** alpha * w
        return np.zeros_like(w)

    solved = solve_ivp(slope, (0, width_s), [w0], method="DOP853", rtol=1e-12, atol=1e-13).y[0, -1]
    pulse(device, volts, width_s)
    w = (device.conductance_s[0] - p.g_min) / (p.g_max - p.g_min)
    assert abs(w - solved) < 1e-9


def test_two_halves_of_a_pulse_are_the_pulse() -> None:
    whole, halves = cells(64), cells(64)
    pulse(whole, 1.4)
    pulse(halves, 1.4, 5e-6)
    pulse(halves, 1.4, 5e-6)  # the same event: the same draws
    assert np.allclose(whole.conductance_s, halves.conductance_s, rtol=1e-12)


def test_population_has_the_stated_spread() -> None:
    device = cells(16384)
    sample = device._threshold[1]
    assert sample.mean() == pytest.approx(0.9, rel=0.005)
    assert np.log(sample).std() == pytest.approx(0.08, rel=0.03)
    assert np.log(device._rate[1]).std() == pytest.approx(0.5, rel=0.03)
    assert device._g_min.mean() == pytest.approx(3e-6, rel=0.02)
    assert stats.kstest(np.log(sample / 0.9) / 0.08 + 0.04, "norm").pvalue > 1e-3


def test_thresholds_and_rates_of_the_two_directions_are_independent() -> None:
    device = cells(16384)
    parts = np.log([device._threshold[1], device._threshold[0], device._rate[1], device._rate[0], device._g_min])
    off_diagonal = np.corrcoef(parts)[~np.eye(len(parts), dtype=bool)]
    assert np.abs(off_diagonal).max() < 5 / np.sqrt(16384)


def test_rate_varies_from_cycle_to_cycle_with_its_mean_kept() -> None:
    device = cells(1, **{**STILL, "c2c_rate": 0.4})
    p = device.parameters
    start = np.array([50e-6])
    exponents = []
    for number in range(4000):
        device.put(start)
        pulse(device, 1.2, 1e-6, number)
        exponents.append(-np.log((p.g_max - device.conductance_s[0]) / (p.g_max - start[0])))
    factor = np.array(exponents) / (p.rate_set * (1.2 / p.v_set - 1) ** 3 * 1e-6)
    assert factor.mean() == pytest.approx(1, abs=0.03)
    assert np.log(factor).std() == pytest.approx(0.4, rel=0.05)


def test_below_the_quiet_voltage_nothing_ever_moves() -> None:
    device = cells(1024)
    before = device.conductance_s.copy()
    for number in range(50):
        pulse(device, device.quiet_set_v, 1.0, number)
        pulse(device, -device.quiet_reset_v, 1.0, number)
    assert (device.conductance_s == before).all()
    assert device.quiet_set_v > 0.5


def test_positive_volts_are_set_and_negative_ones_reset() -> None:
    device = cells(256)
    before = device.conductance_s.copy()
    pulse(device, 1.8)
    assert (device.conductance_s >= before).all()
    assert (device.conductance_s > before).mean() > 0.99
    after = device.conductance_s.copy()
    pulse(device, -1.8, number=2)
    assert (device.conductance_s < after).mean() > 0.99


def test_a_conductance_that_a_cell_cannot_have_is_refused() -> None:
    device = cells(4)
    before = device.conductance_s.copy()
    with pytest.raises(ParameterError, match="cell 2"):
        device.put(np.array([np.nan, np.nan, 1.0, np.nan]))
    assert (device.conductance_s == before).all()


def test_put_leaves_cells_without_a_value_alone() -> None:
    device = cells(3, **STILL)
    before = device.conductance_s.copy()
    device.put(np.array([np.nan, 50e-6, np.nan]))
    assert device.conductance_s[1] == pytest.approx(50e-6)
    assert (device.conductance_s[[0, 2]] == before[[0, 2]]).all()


def test_bounds_that_cross_are_refused() -> None:
    with pytest.raises(ParameterError, match="g_min"):
        cells(16, g_min=1e-4, g_max=1e-5)
