"""The fast emulator tells the board's time: what an exchange takes there is what it takes on the emulated RP2040, those
that its model was not fitted to (HELD_OUT) among them."""

from __future__ import annotations

from statistics import median

import pytest
from tests.targets.conftest import Start
from tests.targets.exchanges import EXCHANGES, board_time_us
from tests.targets.target import Session, Target

REPEATS = 5
"""A collection of garbage in the middle of one exchange adds some 20 ms to it."""

WITHIN = 0.1


def times_us(target: Target) -> dict[str, float]:
    """Median board time of each exchange, us."""
    session = Session(target.wire)
    times = {}
    for exchange in EXCHANGES:
        session.do(exchange.setup)
        times[exchange.name] = median(board_time_us(target, session, exchange) for _ in range(REPEATS))
    return times


@pytest.mark.timeout(300)
def test_the_fast_emulator_is_true_to_the_chip(start: Start) -> None:
    found, expected = times_us(start("cpython")), times_us(start("rp2040"))
    off = {name: found[name] / us - 1 for name, us in expected.items()}
    assert max(map(abs, off.values())) <= WITHIN, {name: f"{part:+.1%}" for name, part in off.items()}


def test_engine_time_is_what_hardware_and_wire_take(start: Start) -> None:
    modelled, engine = times_us(start("cpython")), times_us(start("cpython", engine_time=""))
    assert all(engine[name] < 0.8 * us for name, us in modelled.items())
    assert engine["64 pulses"] > 64 * 10
