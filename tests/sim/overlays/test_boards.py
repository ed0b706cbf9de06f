"""Every preset behind a board's engine, and overlays switched on there."""

import numpy as np
import pytest
from tests.sim.conftest import Boards
from tests.sim.rig import HALF, make_engine, make_hal, pulse, read_rows

from ohmsim import interventions
from ohmsim.errors import ParameterError
from ohmsim.preset import Preset, names


@pytest.mark.parametrize("name", names())
def test_every_preset_is_programmed_and_read_through_the_engine(name: str) -> None:
    hal = make_hal(4, 4, name, front_end__line_error=0)
    engine = make_engine(hal)
    preset = Preset.load(name)
    limits, programming = preset.limits, preset.programming
    volts = [int(1e6 * limits[v]) for v in ("v_read", "v_set", "v_reset")]
    assert engine.arm((*volts, int(limits["width_max_s"] * 1e9), 2, 1000)) == 0
    read_uv = int(1e6 * programming["read_volts"])
    assert engine.setup((read_uv, 16, 1, HALF, 2)) == 0
    before = hal.cells.conductance_s.copy()
    set_uv = int(1e6 * preset.set_polarity * programming["largest_set_v"])
    status, _ = pulse(engine, [(1, 2, set_uv, int(programming["width_s"] * 1e9))])
    assert status == 0
    assert hal.cells.conductance_s[1, 2] > before[1, 2]
    seen = read_rows(engine, 0, 4, 4) * 1e-11 / programming["read_volts"]
    assert np.allclose(seen, hal.cells.conductance_s, rtol=0.05, atol=2e-6)


def test_overlays_are_switched_on_by_parameters_and_rest_by_the_control_port(start_board: Boards) -> None:
    preset = Preset.load("vteam").changed({"relaxation.scale": 1, "relaxation.g_max": 100e-6, "stuck.low": 0.1})
    board = start_board(preset=preset, rows=16, cols=16)
    board.cells.device.put(np.full(256, 50e-6))
    interventions.rest(board, {"seconds": 86400})
    moved = board.cells.conductance_s - 50e-6
    healthy = ~board.cells.stuck.mask.reshape(16, 16)
    assert 0.8 < healthy.mean() < 1
    # x = 0.5: 0.701 + 22.086 x - 50.773 x^2 + 47.095 x^3 - 16.458 x^4, times 100 / 40.
    assert moved[healthy].std() == pytest.approx(9.77e-6, rel=0.15)
    assert (moved[~healthy] == -40e-6).all()
    with pytest.raises(ParameterError, match="seconds must be"):
        interventions.rest(board, {"seconds": -1})


def test_an_unknown_section_names_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="relaxation"):
        Preset.load("vteam").changed({"relax.scale": 1})
