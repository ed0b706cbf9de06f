"""What characterising a passive array says of it before anything is programmed."""

import numpy as np
import pytest
from tests.bench.programming.arrays import Device

from ohmloop.crossbar import Bias, Geometry
from ohmloop.procedures.characterise import Conditions, characterise
from ohmloop.programming.choice import choose


@pytest.mark.parametrize("seed", [1, 4])
@pytest.mark.parametrize(
    ("preset", "side", "converges"),
    [("mss-sdc", 8, True), ("mss-sdc", 16, False), ("vteam-soft", 16, True), ("vteam-soft", 32, False)],
)
def test_arrays_that_converge_are_told_from_those_that_do_not(
    preset: str, side: int, converges: bool, seed: int
) -> None:
    """As `make bench-programming` finds when it programs them."""
    device, geometry = Device(preset, isolated=False), Geometry(side, side)
    array = device.array(seed, geometry, Bias.THIRD)
    lines = np.arange(side)
    measured = characterise(array, Conditions(array.setup, device.profile, lines, lines), {})
    choice = choose(measured, device.profile, Bias.THIRD, geometry, 0.02)
    assert choice.converges is converges
    assert choice.schedule.watch
    assert measured.pulses <= 300
