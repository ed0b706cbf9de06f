"""Pulse responses over the board's real port."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.procedures.boards import bench

from ohmloop.crossbar import LimitExceeded
from ohmloop.procedures.pictures import draw_response
from ohmloop.procedures.probe import spread
from ohmloop.procedures.pulse_response import Trains, pulse_response
from ohmloop.programming.safe_points import SafePoint, SafePoints
from ohmloop.store import Store

LINES = np.arange(8)
TRAINS = Trains(set_v=1.3, reset_v=1.4, width_s=10e-6, pulses=6, cycles=2)


def test_conductance_follows_the_number_of_pulses(tmp_path: Path) -> None:
    run = Store(tmp_path / "runs.db").begin("pulse-response", {}, {})
    place, told = spread(LINES, LINES, 3), list[tuple[int, int]]()
    with bench("vteam", "8x8") as vteam:
        response = pulse_response(
            vteam.board.crossbar, vteam.conditions.setup, place, TRAINS, run=run, tell=lambda *how: told.append(how)
        )
        received, true_s = vteam.board.truth("full_pulses"), vteam.board.truth("conductance_s")
    g = response.conductances_s
    assert g.shape == (25, 3)
    assert (g[6] > g[0]).all()
    assert (g[12] < g[6]).all()
    assert (g[18] > g[12]).all()
    np.testing.assert_allclose(g[-1] / true_s[place.rows, place.cols], 1, atol=0.08)
    assert (received[place.rows, place.cols] == 24).all()
    assert received.sum() == 3 * 24 == sum(len(record.pulses) for record in run.exchanges())
    assert told[-1] == (24, 24)
    np.testing.assert_array_equal(np.sign(TRAINS.volts), np.tile([1] * 6 + [-1] * 6, 2))
    draw_response(response, tmp_path / "response.png")
    assert (tmp_path / "response.png").stat().st_size > 10_000


def test_the_limits_of_the_device_hold_and_it_can_be_ended() -> None:
    place = spread(LINES, LINES, 2)
    with bench("vteam", "8x8") as vteam:
        how = vteam.board.crossbar, vteam.conditions.setup, place
        with pytest.raises(LimitExceeded, match="Voltage above limit"):
            pulse_response(*how, Trains(3.0, 1.0, 10e-6))
        with pytest.raises(LimitExceeded):
            pulse_response(*how, Trains(1.0, 1.0, 1e-3))
        ended = SafePoints()
        ended.stop()
        with pytest.raises(SafePoint):
            pulse_response(*how, TRAINS, safe_points=ended)
        assert vteam.board.ask("truth")["gates"] == 0


@pytest.mark.parametrize(
    "wrong", [{"set_v": 0.0}, {"reset_v": -1.0}, {"width_s": float("nan")}, {"pulses": 0}, {"cycles": 0}]
)
def test_impossible_trains(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="a pulse train"):
        Trains(**{"set_v": 1.0, "reset_v": 1.0, "width_s": 1e-5, **wrong})
