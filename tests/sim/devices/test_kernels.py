"""The kernels in C: the draws are those of ohmsim.noise, and VTEAM is its equation written in numpy."""

import numpy as np
import pytest
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


@pytest.mark.parametrize("parameters", [{}, {"alpha_set": 2.3, "alpha_reset": 4}, {"tail_rate": 0.02, "tail_v": 0.08}])
def test_vteam_is_its_equation(parameters: dict[str, float]) -> None:
    cells = 1000
    device = make("vteam", cells, **parameters)
    p, every = device.parameters, np.arange(cells)
    stream = NoiseSource(7, "b0").stream("vteam.c2c", cells)
    w = device._w.copy()
    for number, volts in enumerate((1.2, -1.3, 0.6, -0.4, 2.0)):
        rate_draw, volt_draw = stream.normal_pair(every, np.full(cells, number, np.uint64))
        acting = abs(volts) * (1 + p.c2c_volts * volt_draw)
        way = int(volts > 0)
        threshold, alpha = device._threshold[way], (p.alpha_reset, p.alpha_set)[way]
        drive = np.maximum(acting / threshold - 1, 0) ** alpha
        below = np.minimum(acting - threshold, 0)
        drive += p.tail_rate * (np.exp(below / p.tail_v) - np.exp(-threshold / p.tail_v))
        rate = device._rate[way] * np.exp(p.c2c_rate * rate_draw - p.c2c_rate**2 / 2) * drive
        w = way + (w - way) * np.exp(-rate * 10e-6)
        pulse(device, volts, 10e-6, number)
        assert np.abs(device._w - w).max() < 1e-13


def test_a_soft_threshold_lets_half_selected_cells_move_and_rests_at_zero() -> None:
    soft, hard = (make("vteam", 500, tail_rate=rate) for rate in (0.01, 0))
    for device in (soft, hard):
        before = device.conductance_s.copy()
        pulse(device, 0.0, 1.0, 1)
        assert (device.conductance_s == before).all()
        pulse(device, 0.5, 10e-6, 2)
        assert (device.conductance_s > before).all() == (device is soft)
    assert soft.quiet_set_v == soft.quiet_reset_v == 0
