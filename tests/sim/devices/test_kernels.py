"""The kernels in C: the draws are those of ohmsim.noise, and VTEAM is its equation written in numpy."""

import numpy as np
import pytest
from scipy import stats
from tests.sim.devices.population import make, pulse

from ohmsim.devices.kernel import lib, pointer
from ohmsim.noise import NoiseSource


def test_normal_draws_are_those_of_the_stream() -> None:
    cells = np.arange(5000)
    stream = NoiseSource(7, "b0").stream("kernel", cells.size)
    first, second = stream.keys
    for ordinal in (0, 1, 1 << 40, (1 << 64) - 1):
        ordinals = np.full(cells.size, ordinal, np.uint64)
        one, other = np.empty(cells.size), np.empty(cells.size)
        arrays = (pointer(a) for a in (first, second, ordinals, one, other))
        lib.ohm_normal_pairs(*arrays, cells.size)
        expected = stream.normal_pair(cells, ordinals)
        assert np.abs(one - expected[0]).max() < 1e-14
        assert np.abs(other - expected[1]).max() < 1e-14


def test_single_precision_keeps_six_digits_of_the_same_draws() -> None:
    """Where the radius comes from a word near its top, 1 - u has few digits: the draw is small, and less exact."""
    cells = np.arange(200_000)
    stream = NoiseSource(7, "b0").stream("kernel", cells.size)
    ordinals = np.zeros(cells.size, np.uint64)
    one, other = np.empty(cells.size, np.float32), np.empty(cells.size, np.float32)
    lib.ohm_single_normal_pairs(*(pointer(a) for a in (*stream.keys, ordinals, one, other)), cells.size)
    expected = stream.normal_pair(cells, ordinals)
    large = np.hypot(*expected) > 0.1
    for found, wanted in zip((one, other), expected, strict=True):
        assert np.abs(found - wanted)[large].max() < 3e-6
        assert np.abs(found - wanted).max() < 5e-4
        assert stats.kstest(found, "norm").pvalue > 1e-3


@pytest.mark.parametrize(("noise", "tolerance"), [({"c2c_rate": 0, "c2c_volts": 0}, 1e-13), ({}, 1e-6)])
@pytest.mark.parametrize("parameters", [{}, {"alpha_set": 2.3, "alpha_reset": 4}, {"tail_rate": 0.02, "tail_v": 0.08}])
def test_vteam_is_its_equation(parameters: dict[str, float], noise: dict[str, float], tolerance: float) -> None:
    """To rounding without noise; noise is drawn in single precision."""
    cells = 1000
    device = make("vteam", cells, **parameters, **noise)
    p, every = device.parameters, np.arange(cells)
    stream = NoiseSource(7, "b0").stream("vteam.c2c", cells)
    w, signs = device._w.copy(), np.where(np.arange(cells) % 100 < 70, 1, -1)
    for number, volts in enumerate((1.2, -1.3, 0.6, -0.4, 1.1 * signs, 2.0)):
        rate_draw, volt_draw = stream.normal_pair(every, np.full(cells, number, np.uint64))
        seen = np.broadcast_to(volts, cells)
        acting = abs(seen) * (1 + p.c2c_volts * volt_draw)
        way = (seen > 0).astype(int)
        threshold, alpha = device._threshold[way, every], np.array((p.alpha_reset, p.alpha_set))[way]
        drive = np.maximum(acting / threshold - 1, 0) ** alpha
        below = np.minimum(acting - threshold, 0)
        drive += p.tail_rate * (np.exp(below / p.tail_v) - np.exp(-threshold / p.tail_v))
        rate = device._rate[way, every] * np.exp(p.c2c_rate * rate_draw - p.c2c_rate**2 / 2) * drive
        w = way + (w - way) * np.exp(-rate * 10e-6)
        device.apply(every, seen, 10e-6, np.full(cells, number, np.uint64))
        assert np.abs(device._w - w).max() < tolerance


def test_a_cell_s_bits_do_not_depend_on_its_company() -> None:
    """All at once, in any order, in parts of any size, alone: the same history to the last bit."""
    cells, rng = 300, np.random.default_rng(4)
    together, apart = make("vteam", cells), make("vteam", cells)
    for number in range(5):
        volts, ordinals = rng.uniform(-1.6, 1.6, cells), np.full(cells, number, np.uint64)
        together.apply(np.arange(cells), volts, 10e-6, ordinals)
        for part in np.split(rng.permutation(cells), [1, 60, 170]):
            apart.apply(part, volts[part], 10e-6, ordinals[part])
        assert (together.conductance_s == apart.conductance_s).all()


def test_a_soft_threshold_lets_half_selected_cells_move_and_rests_at_zero() -> None:
    soft, hard = (make("vteam", 500, tail_rate=rate) for rate in (0.01, 0))
    for device in (soft, hard):
        before = device.conductance_s.copy()
        pulse(device, 0.0, 1.0, 1)
        assert (device.conductance_s == before).all()
        pulse(device, 0.5, 10e-6, 2)
        assert (device.conductance_s > before).all() == (device is soft)
    assert soft.quiet_set_v == soft.quiet_reset_v == 0
