"""The emulator's front end beside the schematic's channel in ngspice: how a reading settles, and what it says."""

from __future__ import annotations

import numpy as np
import pytest
from ohm8.netlist import Netlist
from ohm8.spice import studies

from ohmsim.description import Description
from ohmsim.settling import Recovery, Settling

CELL = {"L": 100e-6, "M": 2e-3, "H": 20e-3}
"""Nearly full scale at 0.2 V, S."""
SWITCH_S = 0.17e-6
"""What the emulator leaves out, the row's switch and the charging of its line, as one dead time for all ranges."""
TOLERANCE = 0.02


@pytest.mark.parametrize("which", ["L", "M", "H"])
def test_a_reading_settles_as_the_channel_does(netlist: Netlist, which: str) -> None:
    """Within 2 % of the range, from the moment at which the switch is through, and in the end to 0.5 %."""
    spice = studies.step(netlist, which, CELL[which])
    board = Description.load()
    place = "LMH".index(which)
    goal_v = spice.volts[-1]
    settling = Settling(1, board.adc_tau_s)
    load = CELL[which] * board.riso_ohm
    rows = Recovery(np.array([[-goal_v * load / (1 + load)]]), np.array([board.driver_tau_s * (1 + load)]))
    settling.step(0, np.array([goal_v]), np.array([board.rf_tau_s[place]]), rows)
    times_s = np.arange(0, 30e-6, 0.2e-6)
    filtered = filter_of_the_converter(spice, board.adc_tau_s, times_s + SWITCH_S)
    found = np.array([goal_v + settling.missing_v(round(at * 1e9), 1, 1000)[0] for at in times_s])
    assert np.abs(found - filtered).max() <= TOLERANCE * board.adc_span_v[0]
    through_switch_s = CELL[which] / (1 + CELL[which] * board.switch_ohm)
    assert goal_v == pytest.approx(-0.2 * through_switch_s * board.rf_ohm[place], rel=5e-3)


def filter_of_the_converter(spice: studies.Step, tau_s: float, times_s: np.ndarray) -> np.ndarray:
    """The converter's filter, which the deck ends before, on the deck's curve: a recursion of exact steps."""
    time_s = np.arange(-1e-6, times_s[-1] + 1e-6, 5e-9)
    volts = np.interp(time_s, spice.time_s, spice.volts)
    kept = np.exp(-5e-9 / tau_s)
    out = np.zeros(volts.size)
    for k in range(1, volts.size):
        out[k] = volts[k] + (out[k - 1] - volts[k]) * kept
    return np.interp(times_s, time_s, out)
