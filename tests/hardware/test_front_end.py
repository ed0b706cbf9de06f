"""The emulator's front end beside the schematic's channel in ngspice: how a reading settles, and what it says."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ohm8.spice import studies
from ohm8.spice.bench import Bench

from ohmsim.description import Description
from ohmsim.settling import Recovery, Settling

SWITCH_S = 0.22e-6
"""What the emulator leaves out (switch, charging of the line, the amplifiers' second poles) as one dead time."""
TOLERANCE = 0.02


@pytest.mark.parametrize("loaded", [False, True], ids=["one cell", "loaded lines"])
@pytest.mark.parametrize("which", ["L", "M", "H"])
def test_a_reading_settles_as_the_channel_does(bench: Bench, facts: dict[str, Any], which: str, loaded: bool) -> None:
    """Within 2 % of the range, from the moment at which the switch is through, and in the end to 0.5 %."""
    board = Description.load()
    place = "LMH".index(which)
    cell_s = studies.CELLS_S[which]
    line_s = facts["range"][place]["load_s"] if loaded else cell_s
    spice = studies.switch_step(bench, which, cell_s, load_s=line_s - cell_s)
    goal_v = spice.volts[-1]
    load = line_s * board.riso_ohm
    rows = Recovery(np.array([[-goal_v * load / (1 + load)]]), np.array([board.driver_tau_s * (1 + load)]))
    settling = Settling(1, board.adc_tau_s)
    settling.step(0, np.array([goal_v]), np.array([board.rf_tau_s[place] + board.rf_tau_s_per_s[place] * line_s]), rows)
    times_s = np.arange(0, 60e-6, 0.2e-6)
    seen = np.interp(times_s + SWITCH_S, spice.time_s, spice.volts)
    found = np.array([goal_v + settling.missing_v(round(at * 1e9), 1, 1000)[0] for at in times_s])
    assert np.abs(found - seen).max() <= TOLERANCE * board.adc_span_v[0]
    through_switch_s = cell_s / (1 + line_s * board.switch_ohm)
    assert goal_v == pytest.approx(-0.2 * through_switch_s * board.rf_ohm[place], rel=5e-3)
