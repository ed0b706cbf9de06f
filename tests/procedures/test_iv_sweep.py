"""Current-voltage curves over the board's real port."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.procedures.boards import bench

from ohmloop.crossbar import Bias, BoardRefusal, LimitExceeded
from ohmloop.drivers.refusals import CONVERTER
from ohmloop.procedures.iv_sweep import Curves, iv_sweep, there_and_back
from ohmloop.procedures.pictures import draw_curves
from ohmloop.procedures.probe import Probe, spread
from ohmloop.programming.safe_points import SafePoint, SafePoints
from ohmloop.store import Store

LINES = np.arange(8)


def test_a_resistor_follows_ohm_and_nothing_moves(tmp_path: Path) -> None:
    run = Store(tmp_path / "runs.db").begin("iv-sweep", {}, {})
    place, volts = spread(LINES, LINES, 4), there_and_back(0.2, 5)
    with bench("vteam", "8x8") as vteam:
        true_s = vteam.board.truth("conductance_s")[place.rows, place.cols]
        setup = vteam.conditions.setup
        curves = iv_sweep(vteam.board.crossbar, setup, place, volts, run=run)
        assert vteam.board.crossbar.setup == setup
        assert vteam.board.ask("truth")["gates"] == 0
    assert volts.tolist() == pytest.approx([0.04, 0.08, 0.12, 0.16, 0.2, 0.16, 0.12, 0.08, 0.04])
    assert curves.currents_a.shape == (9, 4)
    np.testing.assert_allclose(curves.currents_a / volts[:, None] / true_s, 1, atol=0.08)
    assert np.abs(curves.nonlinearity).max() < 0.1
    kept = [read.readings.conditions.volts for read in run.reads()]
    np.testing.assert_allclose(kept, volts)
    draw_curves(curves, tmp_path / "iv.png")
    assert (tmp_path / "iv.png").stat().st_size > 10_000


def test_a_cell_that_bends_is_told_from_one_that_does_not(tmp_path: Path) -> None:
    with bench("synaptogen", "8x8") as bending:
        cells = spread(LINES, LINES, 6)
        curves = iv_sweep(bending.board.crossbar, bending.conditions.setup, cells, there_and_back(0.2, 3))
    assert np.isfinite(curves.nonlinearity).all()
    bent = Curves(cells, np.array([0.1, 0.2]), np.array([[1e-6] * 6, [3e-6] * 6]))
    np.testing.assert_allclose(bent.nonlinearity, 0.5)


def test_the_read_limit_holds_and_a_sweep_can_be_ended() -> None:
    place = spread(LINES, LINES, 2)
    with bench("vteam", "8x8") as vteam:
        crossbar, setup = vteam.board.crossbar, vteam.conditions.setup
        with pytest.raises(LimitExceeded, match="Read voltage above limit"):
            iv_sweep(crossbar, setup, place, there_and_back(0.5, 4))
        assert crossbar.setup == setup
        assert vteam.board.truth("v_max").max() < 0.26
        ended = SafePoints()
        ended.stop()
        with pytest.raises(SafePoint):
            iv_sweep(crossbar, setup, place, there_and_back(0.2, 4), safe_points=ended)


@pytest.mark.parametrize(("largest_v", "points"), [(0.0, 5), (-0.1, 5), (float("nan"), 5), (0.2, 1)])
def test_impossible_sweeps(largest_v: float, points: int) -> None:
    with pytest.raises(ValueError, match="a sweep has at least"):
        there_and_back(largest_v, points)


def test_what_ended_a_sweep_is_what_is_told() -> None:
    """The board has shut down then and refuses the set-up that would be put back."""
    place = spread(LINES, LINES, 2)
    with bench("vteam", "8x8") as vteam:
        vteam.board.ask("fault", converter={"bad": 1})
        with pytest.raises(BoardRefusal) as told:
            iv_sweep(vteam.board.crossbar, vteam.conditions.setup, place, there_and_back(0.2, 4))
        assert told.value.code == CONVERTER


def test_a_board_that_restarts_between_two_voltages_is_armed_again() -> None:
    place, volts = spread(LINES, LINES, 3), there_and_back(0.2, 3)
    with bench("vteam", "8x8") as vteam:
        setup = vteam.conditions.setup

        def restart(point: int, _: int) -> None:
            if point in (2, volts.size):
                vteam.board.ask("reset")

        curves = iv_sweep(vteam.board.crossbar, setup, place, volts, tell=restart)
        assert vteam.board.crossbar.setup == setup
        assert vteam.board.ask("truth")["resets"] == 2
    assert np.isfinite(curves.currents_a).all()


def test_a_board_that_restarts_before_another_set_up_is_armed_again() -> None:
    place = spread(LINES, LINES, 3)
    with bench("vteam", "8x8") as vteam:
        setup = replace(vteam.conditions.setup, bias=Bias.HALF)
        with Probe(vteam.board.crossbar, setup, None, SafePoints(), pulses_max=10) as probe:
            vteam.board.ask("reset")
            probe.set_up(replace(setup, bias=Bias.THIRD))
            assert vteam.board.crossbar.setup.bias is Bias.THIRD
            assert np.isfinite(probe.read(place)).all()
