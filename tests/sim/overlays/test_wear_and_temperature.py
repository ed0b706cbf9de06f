"""Wear, temperature, thermal and shot noise, and cells that are stuck from birth."""

import numpy as np
import pytest
from tests.sim.devices.population import make, pulse

from ohmsim.board import Spec, build_cells
from ohmsim.errors import ParameterError
from ohmsim.noise import NoiseSource
from ohmsim.overlays.current_noise import CurrentNoise, CurrentNoiseParameters
from ohmsim.overlays.stack import with_overlays
from ohmsim.overlays.wear import Wear
from ohmsim.preset import Preset
from ohmsim.state import State


def layered(cells: int = 200, model: str = "vteam", **sections: dict[str, float]):
    return with_overlays(make(model, cells), sections, NoiseSource(7, "b0"), State(), lambda: 0.0)


def cells_of(preset: str = "vteam", rows: int = 32, cols: int = 32, seed: int = 1, **settings: float):
    chosen = Preset.load(preset).changed({name.replace("__", "."): value for name, value in settings.items()})
    return build_cells(Spec("b0", rows, cols, seed, chosen), NoiseSource(seed, "b0"), State())


def test_nothing_is_there_unless_it_is_switched_on() -> None:
    device = make("vteam", 4)
    assert with_overlays(device, {}, NoiseSource(7, "b0"), State(), lambda: 0.0) is device
    cells = cells_of()
    assert cells.current_noise is None
    assert not cells.stuck.present


def cycle(device, count: int, first: int = 1) -> None:
    for number in range(first, first + 2 * count, 2):
        pulse(device, 1.8, number=number)
        pulse(device, -1.9, number=number + 1)


def test_thresholds_rise_by_the_stated_part_per_decade() -> None:
    fresh, worn = make("vteam", 200, c2c_rate=0, c2c_volts=0), layered(wear={"hardening": 0.05, "onset": 1})
    assert isinstance(worn, Wear)
    worn.switched[...] = 999
    worn.inner.__init__(fresh.parameters, 200, NoiseSource(7, "b0"), State())  # the same cells without variation
    pulse(worn, 1.3 * 1.15, number=1)
    pulse(fresh, 1.3, number=1)
    assert np.allclose(worn.conductance_s, fresh.conductance_s, rtol=1e-9)


def test_only_pulses_that_switch_count() -> None:
    device = layered(wear={"hardening": 0.05})
    pulse(device, 0.2, number=1)
    assert not device.switched.any()
    cycle(device, 5)
    assert (device.switched >= 8).mean() > 0.95
    assert (device.switched <= 10).all()


def test_half_of_the_cells_live_longer_than_the_median() -> None:
    device = layered(4000, wear={"endurance": 10, "endurance_spread": 0.5})
    cycle(device, 30)
    before = device.conductance_s.copy()
    pulse(device, 1.9, number=998)
    pulse(device, -1.9, number=999)
    assert (device.conductance_s == before).mean() > 0.97
    assert np.median(device.switched) == pytest.approx(10, abs=1)
    assert np.log(device.switched).std() == pytest.approx(0.5, rel=0.1)


def test_conductance_has_its_temperature_coefficient() -> None:
    cold, warm = make("vteam", 50), layered(50, temperature={"kelvin": 350, "coefficient": 1e-3})
    assert np.allclose(warm.conductance_s, 1.05 * cold.conductance_s)
    wanted = warm.bounds_s[0] * 1.2
    warm.put(wanted)
    assert np.allclose(warm.conductance_s, wanted)


def test_a_coefficient_that_leaves_no_conductance_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"temperature\.coefficient"):
        layered(4, temperature={"kelvin": 400, "coefficient": -0.01})


def test_current_noise_is_thermal_and_shot_noise() -> None:
    rows, cols = np.arange(16), 64
    noise = CurrentNoise(CurrentNoiseParameters(bandwidth=220e3), 300.0, 16, cols, NoiseSource(7, "b0"))
    g, v = np.full((16, cols), 50e-6), np.full((16, cols), 0.2)
    drawn = np.stack([noise.draw(rows, np.full(16, n, np.uint64), g, v, 1) for n in range(100)])
    expected = np.sqrt((4 * 1.380649e-23 * 300 * 50e-6 + 2 * 1.602176634e-19 * 1e-5) * 220e3)
    assert expected == pytest.approx(9.4e-10, rel=0.01)
    assert drawn.std() == pytest.approx(expected, rel=0.01)
    averaged = np.stack([noise.draw(rows, np.full(16, n, np.uint64), g, v, 64) for n in range(100)])
    assert averaged.std() == pytest.approx(expected / 8, rel=0.01)
    alone = noise.draw(rows[3:4], np.full(1, 5, np.uint64), g[:1], v[:1], 1)
    assert (alone[0] == drawn[5, 3]).all()


def test_current_noise_reaches_what_a_column_reads() -> None:
    quiet = {"read_noise__white": 0, "read_noise__slow": 0, "read_noise__telegraph_cells": 0}
    cells = cells_of(current_noise__bandwidth=1e9, **quiet)
    row_v = np.zeros(32)
    row_v[3] = 0.2
    opening = cells.open(np.array([3]), row_v, None)
    seen = np.stack([cells.convert(opening, 1) for _ in range(400)]) - cells.currents(opening)
    expected = cells.current_noise.spread_a(cells.conductance_s[3], np.array(0.2), 1)
    assert (seen.std(axis=0) / expected).mean() == pytest.approx(1, abs=0.02)


def test_cells_stuck_from_birth_are_where_they_should_be() -> None:
    cells = cells_of(rows=100, cols=100, stuck__low=0.02, stuck__high=0.01)
    flat = cells.conductance_s.ravel()[cells.stuck.mask]
    assert cells.stuck.mask.mean() == pytest.approx(0.03, abs=0.006)
    assert set(flat.tolist()) == {10e-6, 100e-6}
    assert (flat == 10e-6).mean() == pytest.approx(2 / 3, abs=0.12)
    assert (cells.stuck.mask == cells_of(rows=100, cols=100, stuck__low=0.02, stuck__high=0.01).stuck.mask).all()
    with pytest.raises(ParameterError, match=r"stuck\.high must be at most"):
        cells_of(stuck__low=0.9, stuck__high=0.2)


def test_a_volatile_cell_forgets_by_the_clock_of_its_board() -> None:
    clock = [0.0]
    preset = Preset.load("mss-verbatim")
    cells = build_cells(Spec("b0", 2, 2, 1, preset), NoiseSource(1, "b0"), State(), lambda: clock[0])
    low, high = cells.device.bounds_s
    cells.device.put(high)
    clock[0] = 1.81
    left = (cells.conductance_s.ravel() - (low + high) / 2) / (high - low) * 2
    assert left == pytest.approx(np.exp(-1), abs=0.01)


def test_a_cell_that_does_not_follow_ohm_is_read_at_its_voltage() -> None:
    """Synaptogen at -0.2 V conducts less than at +0.2 V, and its preset reads with +0.2 V."""
    cells = cells_of("synaptogen", read_noise__white=0, read_noise__slow=0, read_noise__telegraph_cells=0)
    row_v = np.zeros(32)
    for volts in (0.2, -0.2):
        row_v[3] = volts
        current = cells.currents(cells.open(np.array([3]), row_v, None))
        assert np.allclose(current / volts, cells.conductance_s[3], rtol=0.2)
        assert np.allclose(current / volts, cells.conductance_s[3], rtol=1e-9) == (volts > 0)
