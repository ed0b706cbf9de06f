"""Metastable switches: the mean is the published equation, what switches is binomial, and what each form remembers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.integrate import solve_ivp
from tests.sim.devices.population import make, pulse

from ohmsim.devices import Mss, MssParameters
from ohmsim.errors import ParameterError
from ohmsim.noise import NoiseSource

ALIKE = {"d2d_threshold": 0, "d2d_tau": 0, "d2d_resistance": 0, "c2c_rate": 0}
MEAN = {**ALIKE, "switches": 1e12}
PUBLISHED = {"v_on": 0.27, "v_off": 0.27, "tau": 1e-4, "thermal_v": 8.617333262e-5 * 298.5}


def published_slope(x: float, volts: float) -> float:
    """dx/dt as in the circuit model, written down independently of the device."""
    v_on, v_off, tau, thermal_v = PUBLISHED.values()
    to_b = 1 / (1 + np.exp(-(volts - v_on) / thermal_v))
    to_a = 1 - 1 / (1 + np.exp(-(volts + v_off) / thermal_v))
    return (to_b * (1 - x) - to_a * x) / tau


def share(device: Mss) -> np.ndarray:
    low, high = device.bounds_s
    return (device.conductance_s - low) / (high - low)


def start(device: Mss, x0: float) -> None:
    low, high = device.bounds_s
    device.put(low + (high - low) * x0)


@settings(max_examples=40, deadline=None)
@given(st.floats(-0.6, 0.6), st.floats(0, 1), st.floats(1e-6, 1e-2))
def test_verbatim_mean_is_the_solution_of_the_published_equation(volts: float, x0: float, width_s: float) -> None:
    device = make("mss", 1, **MEAN, volatile=1)
    start(device, x0)
    solved = solve_ivp(
        lambda _t, x: published_slope(x, volts), (0, width_s), [x0], method="LSODA", rtol=1e-11, atol=1e-13
    )
    pulse(device, volts, width_s)
    # 1e12 switches leave a noise of at most 5e-7, whose largest draw is 6.8 times that.
    assert abs(share(device)[0] - solved.y[0, -1]) < 4e-6


def test_verbatim_loop_under_a_sine_is_the_integrated_one() -> None:
    """0.5 V at 100 Hz, as the circuit model's own example: the pinched loop, current by current."""
    device = make("mss", 1, **MEAN, volatile=1, phi=0.8)
    start(device, 0.0)
    steps, period = 1000, 10e-3
    time = (np.arange(steps) + 0.5) * period / steps
    volts = 0.5 * np.sin(2 * np.pi * time / period)
    solved = solve_ivp(
        lambda t, x: published_slope(x, 0.5 * np.sin(2 * np.pi * t / period)),
        (0, period),
        [0.0],
        t_eval=time,
        method="LSODA",
        rtol=1e-10,
        atol=1e-12,
        max_step=period / 200,
    )
    x = solved.y[0]
    expected = 0.8 * (x / 500 + (1 - x) / 1500) * volts + 0.2 * 8e-4 * (np.exp(4 * volts) - np.exp(-4 * volts))
    found = np.empty(steps)
    for number, v in enumerate(volts):
        pulse(device, v, period / steps / 2, number)
        found[number] = v * device.chord_s(np.array([v]))[0]
        pulse(device, v, period / steps / 2, number)
    assert np.abs(found - expected).max() < 2e-3 * np.abs(expected).max()


def test_the_published_form_forgets_in_1_8_seconds() -> None:
    device = make("mss", 1, **MEAN, volatile=1)
    start(device, 0.9)
    device.rest(1.0)
    assert -1 / np.log((share(device)[0] - 0.5) / 0.4) == pytest.approx(1.81, abs=0.005)
    pulse(device, 0.0, 60.0)
    assert share(device)[0] == pytest.approx(0.5, abs=1e-5)


def test_the_other_form_keeps_its_state_at_rest() -> None:
    device = make("mss", 64)
    before = device.conductance_s.copy()
    device.rest(1e9)
    pulse(device, 0.0, 1e9)
    assert (device.conductance_s == before).all()


def test_both_forms_are_alike_where_cells_are_programmed() -> None:
    cells = np.zeros(1, np.intp)
    keeps, forgets = make("mss", 1, **MEAN), make("mss", 1, **MEAN, volatile=1)
    for volts in np.linspace(0.2, 0.6, 9):
        for sign in (1, -1):
            kept, published = (sum(d.rates(cells, np.array([sign * volts]))) for d in (keeps, forgets))
            assert kept == pytest.approx(published, rel=1e-3)


@pytest.mark.parametrize(("volts", "width_s"), [(0.15, 1e-4), (0.27, 3e-5), (-0.3, 5e-5), (0.1, 1e-5)])
def test_switches_that_change_are_binomial(volts: float, width_s: float) -> None:
    cells, switches, x0 = 20_000, 1000, 0.4
    device = make("mss", cells, **ALIKE, switches=switches)
    start(device, x0)
    pulse(device, volts, width_s)
    count = np.rint(share(device) * switches)
    on, off = (rate[0] for rate in device.rates(np.zeros(1, np.intp), np.array([volts])))
    gone = -np.expm1(-(on + off) * width_s)
    up, down = on / (on + off) * gone, off / (on + off) * gone
    in_a, in_b = switches * (1 - x0), switches * x0
    mean, variance = in_b + in_a * up - in_b * down, in_a * up * (1 - up) + in_b * down * (1 - down)
    assert count.mean() == pytest.approx(mean, abs=5 * np.sqrt(variance / cells))
    assert count.var() == pytest.approx(variance, rel=5 * np.sqrt(2 / cells))


@pytest.mark.parametrize(
    ("count", "chance"), [(10, 0.4), (40, 0.02), (1000, 0.999), (300, 0.05), (5000, 0.3), (7, 1.0)]
)
def test_binomial_draws_have_the_binomial_distribution(count: int, chance: float) -> None:
    cells = np.arange(50_000)
    stream = NoiseSource(3, "b0").stream("binomial", cells.size)
    full, p = np.full(cells.size, float(count)), np.full(cells.size, chance)
    drawn = stream.binomial(cells, np.ones(cells.size, np.uint64), full, p)
    assert (drawn == np.rint(drawn)).all()
    steps = np.arange(count + 1)
    found = np.searchsorted(np.sort(drawn), steps, side="right") / cells.size
    # Sampling allows 1.95 / sqrt(n) (Kolmogorov, 0.1 %); the normal approximation 1 % on top of it.
    assert np.abs(found - stats.binom.cdf(steps, count, chance)).max() < 1.95 / np.sqrt(cells.size) + 0.01


def test_population_has_the_stated_spread() -> None:
    device = make("mss", 16384)
    assert np.log(device._on).std() == pytest.approx(0.1, rel=0.03)
    assert (1 / device._rate).mean() == pytest.approx(1e-4, rel=0.01)
    low, high = device.bounds_s
    assert low.mean() == pytest.approx(1 / 1500, rel=0.005)
    assert high.mean() == pytest.approx(1 / 500, rel=0.005)


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("volatile", {"volatile": 0.5}),
        ("r_on", {"r_on": 2000}),
        ("schottky_reverse", {"schottky_reverse": 1e-4}),
        (r"device\.temperature must be from 200 to 500 K", {"temperature": 600}),
    ],
)
def test_parameters_that_make_no_cell_are_refused(name: str, parameters: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match=name):
        make("mss", 16, **parameters)


def test_defaults_are_the_published_numbers() -> None:
    p = MssParameters()
    assert (p.r_on, p.r_off, p.v_on, p.v_off, p.tau, p.temperature) == (500, 1500, 0.27, 0.27, 1e-4, 298.5)
