"""Relaxation and drift: the published numbers, one way per programming event, and pulses that act on the aged state."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats
from tests.sim.devices.population import make, pulse

from ohmsim.devices import Device
from ohmsim.errors import ParameterError
from ohmsim.noise import NoiseSource
from ohmsim.overlays.stack import with_overlays
from ohmsim.state import State

CELLS = 20_000
DAY_S = 86400.0
WIDE = {"d2d_g_min": 0, "d2d_g_max": 0, "g_min": 1e-8, "g_max": 1e-3}


def aged(state: State | None = None, cells: int = CELLS, model: str = "vteam", **sections: dict[str, float]) -> Device:
    """Cells whose range never limits what a law does."""
    state = state or State()
    inner = make(model, cells, state=state, **(WIDE if model == "vteam" else {}))
    return with_overlays(inner, sections, NoiseSource(7, "b0"), state, lambda: 0.0)


def after(device: Device, programmed_s: float, seconds: float) -> np.ndarray:
    device.put(np.full(device.conductance_s.size, programmed_s))
    device.rest(seconds)
    return device.conductance_s


# aihwkit's ReRamWan2022NoiseModel, in uS, coefficients from x^4 down to 1, g_max 40 uS.
WAN = {
    1.0: [-16.815, 45.393, -43.853, 16.030, 0.348],
    DAY_S: [-16.458, 47.095, -50.773, 22.086, 0.701],
    2 * DAY_S: [-11.934, 37.062, -43.507, 20.274, 0.782],
}


@pytest.mark.parametrize("seconds", WAN)
@pytest.mark.parametrize("x", [0.3, 0.5, 0.7, 0.95])
def test_relaxation_has_the_published_spread(seconds: float, x: float) -> None:
    found = after(aged(relaxation={"scale": 1}), x * 40e-6, seconds)
    spread = np.polyval(WAN[seconds], x) * 1e-6
    assert found.std() == pytest.approx(spread, rel=0.02)
    assert found.mean() == pytest.approx(x * 40e-6, abs=5 * spread / CELLS**0.5)
    assert stats.kstest((found - x * 40e-6) / spread, "norm").pvalue > 1e-3


def test_relaxation_grows_with_time_and_scales() -> None:
    spread = [after(aged(relaxation={"scale": 1}), 20e-6, t).std() for t in (1e-6, 1e-3, 0.1, 1, 3600, DAY_S)]
    assert spread == sorted(spread)
    assert spread[0] < 1e-3 * spread[3]
    doubled = after(aged(relaxation={"scale": 2, "g_max": 80e-6}), 40e-6, 1.0).std()
    assert doubled == pytest.approx(4 * spread[3], rel=0.02)


@pytest.mark.parametrize("seconds", [1.0, 60.0, 3600.0, 1e6])
def test_cmo_drift_is_the_published_line(seconds: float) -> None:
    """aihwkit's ReRamCMONoiseModel: mean -0.08900206 ln t, deviation 0.04201137 ln t + 0.41183342, uS."""
    found = after(aged(drift_cmo={"scale": 1}), 50e-6, seconds)
    log = np.log(seconds)
    mean, spread = -0.08900206e-6 * log, (0.04201137 * log + 0.41183342) * 1e-6
    assert (found - 50e-6).mean() == pytest.approx(mean, abs=5 * spread / CELLS**0.5)
    assert found.std() == pytest.approx(spread, rel=0.02)


@pytest.mark.parametrize("x", [1.0, 0.3, 0.05])
def test_pcm_drift_is_the_published_power_law(x: float) -> None:
    """aihwkit's PCMLikeNoiseModel: nu normal, mean -0.0155 ln x + 0.0244 and deviation -0.0125 ln x - 0.0059, held."""
    seconds = 3600.0
    found = after(aged(drift_pcm={"scale": 1}), x * 25e-6, seconds)
    nu = -np.log(found / (x * 25e-6)) / np.log((seconds + 20) / 20)
    mean = np.clip(-0.0155 * np.log(x) + 0.0244, 0.049, 0.1)
    spread = np.clip(-0.0125 * np.log(x) - 0.0059, 0.008, 0.045)
    folded = stats.foldnorm(mean / spread, scale=spread)
    assert stats.kstest(nu, folded.cdf).pvalue > 1e-3


def test_a_cell_goes_its_own_way_between_two_looks() -> None:
    device = aged(relaxation={"scale": 1})
    first = after(device, 20e-6, 1.0) - 20e-6
    first = first.copy()
    device.rest(DAY_S)
    assert np.corrcoef(first, device.conductance_s - 20e-6)[0, 1] > 0.999
    again = after(device, 20e-6, 1.0) - 20e-6
    assert abs(np.corrcoef(first, again)[0, 1]) < 5 / CELLS**0.5


def test_the_next_pulse_acts_on_the_aged_state() -> None:
    device = aged(cells=500, relaxation={"scale": 1})
    relaxed = after(device, 20e-6, DAY_S).copy()
    pulse(device, 0.0, number=2)
    assert np.allclose(device.conductance_s, relaxed, rtol=1e-12)
    pulse(device, 1.4, number=3)
    moved = np.abs(device.conductance_s - relaxed) > 0.01 * 1e-3
    assert moved.mean() > 0.9
    programmed = device.conductance_s.copy()
    device.rest(DAY_S)
    # The spread is at most 2.6 uS: new deviations, of new draws.
    assert (np.abs(device.conductance_s - programmed)[moved] < 5 * 2.6e-6).all()
    assert np.abs(np.corrcoef(device.conductance_s - programmed, relaxed - 20e-6)[0, 1]) < 0.25


def test_a_disturbed_cell_goes_on_ageing() -> None:
    device, alone = (aged(cells=500, relaxation={"scale": 1}) for _ in range(2))
    for each in (device, alone):
        after(each, 20e-6, 1.0)
    tiny = device.conductance_s + 1e-9
    device.inner.put(tiny)
    device._programmed_s += 1e-9
    pulse(device, 0.0, number=2)
    device.rest(DAY_S)
    alone.rest(DAY_S)
    assert np.corrcoef(device.conductance_s, alone.conductance_s)[0, 1] > 0.999


def test_cells_that_were_never_programmed_do_not_age() -> None:
    device = aged(cells=100, relaxation={"scale": 1}, drift_cmo={"scale": 1})
    before = device.conductance_s.copy()
    device.rest(DAY_S)
    assert (device.conductance_s == before).all()


def test_ageing_stays_within_the_bounds_of_the_cell() -> None:
    device = with_overlays(
        make("vteam", 2000), {"relaxation": {"scale": 10}}, NoiseSource(7, "b0"), State(), lambda: 0.0
    )
    low, high = device.bounds_s
    device.put(low + 0.02 * (high - low))
    device.rest(DAY_S)
    assert (device.conductance_s >= low).all()
    assert (device.conductance_s == low).any()
    pulse(device, 1.5)


def test_a_restart_changes_nothing(tmp_path: Path) -> None:
    laws = {"relaxation": {"scale": 1}, "drift_pcm": {"scale": 1}}
    first = aged(State(tmp_path), 64, **laws)
    pulse(first, 1.3)
    first.rest(100.0)
    expected = first.conductance_s.copy()
    second = aged(State(tmp_path), 64, **laws)
    assert (second.conductance_s == expected).all()


@pytest.mark.parametrize("model", ["mss", "synaptogen"])
def test_every_model_ages(model: str) -> None:
    device = aged(cells=200, model=model, relaxation={"scale": 1, "g_max": 2e-3})
    pulse(device, 2.0)
    programmed = device.conductance_s.copy()
    device.rest(3600.0)
    assert (device.conductance_s != programmed).mean() > 0.3
    volts = np.full(200, -0.2)
    ratio = device.chord_s(volts) / device.inner.chord_s(volts)
    assert np.allclose(ratio, device.conductance_s / programmed)


def test_heat_makes_time_pass_faster() -> None:
    hot = aged(drift_cmo={"scale": 1}, temperature={"kelvin": 350, "activation": 0.8})
    factor = np.exp(0.8 / 8.617333262e-5 * (1 / 300 - 1 / 350))
    assert factor > 80
    cold = aged(drift_cmo={"scale": 1})
    assert np.allclose(after(hot, 50e-6, 100.0), after(cold, 50e-6, 100.0 * factor), rtol=1e-12)


@pytest.mark.parametrize(
    ("section", "name", "value", "valid"),
    [
        ("relaxation", "scale", -1, "from 0 to 10"),
        ("relaxation", "g_max", 0, "from 1e-09 to 0.1 S"),
        ("drift_cmo", "onset", 2, "from 1e-09 to 1 s"),
        ("drift_pcm", "t0", 0, "from 1e-06 to 1e"),
        ("wear", "endurance", -5, "from 0 to 1e"),
        ("temperature", "kelvin", 20, "from 200 to 500 K"),
    ],
)
def test_a_value_outside_is_refused_by_name(section: str, name: str, value: float, valid: str) -> None:
    with pytest.raises(ParameterError, match=rf"{section}\.{name} must be {valid}"):
        aged(cells=4, **{section: {name: value}})
