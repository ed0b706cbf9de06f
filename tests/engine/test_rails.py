"""Without its supplies the engine drives nothing: they are looked at at arming, before requests, and in steps."""

import numpy as np
import pytest
from ohmsim._engine import lib
from tests.engine.calls import BUSY, LIMITS, OK, info, start_pulses
from tests.engine.recorder import Recorder, board

from ohmsim.engine import Engine

GOOD = (7_500_000, -7_500_000)
PULSE = (1, 2, 1_000_000, 10_000)
STEP_NS = 5_000_000
LONG_NS = 50_000_000
LEAST, MOST = 6_500_000, 8_500_000
LOST = [(0, -7_500_000), (LEAST - 1, -7_500_000), (MOST + 1, -7_500_000), (7_500_000, 0), (7_500_000, 1 - LEAST)]
LOST += [(7_500_000, -MOST - 1), (7_500_000, 7_500_000), (-7_500_000, -7_500_000), (7_500_000, -(2**31))]


def armed(hal: Recorder) -> Engine:
    engine = Engine(hal)
    assert engine.init(hal.board) == OK
    assert engine.arm(LIMITS) == OK
    return engine


@pytest.mark.parametrize("rails", [GOOD, (LEAST, -MOST), (MOST, -LEAST)])
def test_supplies_within_their_bounds_are_told(rails: tuple[int, int]) -> None:
    hal = Recorder(rails_uv=rails)
    out = bytearray(8)
    assert armed(hal).rails(out) == OK
    assert tuple(np.frombuffer(out, np.int32)) == rails


@pytest.mark.parametrize("rails", LOST)
def test_a_lost_supply_refuses_arming_and_names_the_rail(rails: tuple[int, int]) -> None:
    hal = Recorder(rails_uv=rails)
    engine = Engine(hal)
    assert engine.init(hal.board) == OK
    assert engine.arm(LIMITS) == lib.OHM_E_RAIL
    found = info(engine)
    lost = 0 if not LEAST <= rails[0] <= MOST else 1
    assert (found.item, found.asked) == (lost, rails[lost])
    assert found.limit in (LEAST, MOST)
    hal.rails_uv = GOOD
    assert start_pulses(engine, [PULSE])[0] == lib.OHM_E_UNARMED


@pytest.mark.parametrize("rails", LOST)
def test_a_lost_supply_refuses_requests_and_leaves_the_lines_safe(rails: tuple[int, int]) -> None:
    hal = Recorder()
    engine = armed(hal)
    hal.rails_uv = rails
    assert start_pulses(engine, [PULSE])[0] == lib.OHM_E_RAIL
    assert engine.start_rows(0, 1, bytearray(4 * 8)) == lib.OHM_E_RAIL
    assert hal.gates == []
    assert hal.safe


def test_a_supply_lost_in_a_long_pulse_ends_it_at_the_next_step() -> None:
    hal = Recorder()
    engine = armed(hal)
    assert start_pulses(engine, [(1, 2, 1_000_000, LONG_NS)] * 2)[0] == OK
    assert engine.step(STEP_NS) == BUSY
    hal.rails_uv = (0, -7_500_000)
    assert engine.step(STEP_NS) == lib.OHM_E_RAIL
    assert hal.safe
    (gate,) = hal.pulses
    assert gate.closed_ns - gate.opened_ns <= 2 * STEP_NS
    assert engine.applied() == 1


def test_bounds_that_contradict_each_other_are_no_board() -> None:
    assert Engine(Recorder()).init(board(RAIL_MIN_UV=9_000_000)) == lib.OHM_E_ARGUMENT
