"""A supply that goes away puts every line to 0 V and is latched, whatever the board is doing."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from tests.targets.conftest import Start
from tests.targets.target import Session, Target

PULSE = (2, 3, 1.2, 10e-6)
LONG_ARM = "ARM c0ffee,0.3,1.8,1.8,1,H,100000"
LONG_S = 0.5
NOMINAL_V = 7.5
MONITOR_V = 0.01
"""Resolution of a monitor: 12 bits over 14.2 V, and rounding."""

LOST = [("positive", 3.0), ("negative", -6.0), ("negative", 0.0), ("positive", 9.0)]
NOTICED_MS = 10
"""A look in every turn, which waits 5 ms at most; a step of 5 ms while a request runs; what comes between two."""


@pytest.fixture
def lose(target: Target) -> Callable[..., None]:
    def change(**rails: float) -> None:
        target.control.ask("fault", rails=rails)

    return change


def await_latch(target: Target) -> str:
    """The reason of the shutdown that the board tells without being asked."""
    while not any(" SHUTDOWN " in line for line in target.wire.unasked):
        target.wire.ask("*OPC?")
    reason: str = target.state()["latched"]
    return reason


def test_the_status_shows_both_supplies(target: Target) -> None:
    positive, negative = (uv * 1e-6 for uv in target.state()["rails_uv"])
    assert abs(positive - NOMINAL_V) <= MONITOR_V
    assert abs(negative + NOMINAL_V) <= MONITOR_V


@pytest.mark.parametrize(("name", "volts"), LOST)
def test_an_idle_board_latches(target: Target, lose: Callable[..., None], name: str, volts: float) -> None:
    session = Session(target.wire)
    session.do("MEAS:CELL? 0,0")
    lose(**{name: volts})
    assert await_latch(target).startswith(f"supply: {name} rail at ")
    after = target.state()
    assert abs(after["rails_uv"][name == "negative"] * 1e-6 - volts) <= MONITOR_V
    assert (after["energised"], target.truth("driven")) == (False, False)
    assert target.wire.request("MEAS:CELL? 0,0").code == 120


def clear(target: Target) -> int:
    """Clear the shutdown; the code of the answer."""
    told = target.wire.request("SYST:STAT?")
    return target.wire.request(f"SYST:CLE {told.epoch},{json.loads(told.text)['latch']}").code


def test_a_board_without_supply_is_not_armed_and_recovers_with_it(target: Target, lose: Callable[..., None]) -> None:
    lose(positive=0.0)
    await_latch(target)
    assert clear(target) == 0
    assert target.wire.request("ARM c0ffee,0.3,1.8,1.8,1,H,1000").code in (113, 120)
    assert target.state()["armed"] is None
    lose(positive=NOMINAL_V)
    assert clear(target) == 0
    session = Session(target.wire)
    session.do("MEAS:CELL? 0,0")
    assert session.pulse([PULSE]).code == 0


def test_a_supply_lost_in_a_long_pulse_ends_it(kind: str, start: Start) -> None:
    """At the pace of a real board, so that the pulse is still there when the supply goes."""
    target = start(kind, **({} if kind == "rp2040" else {"realtime": ""}))
    session = Session(target.wire, LONG_ARM)
    before_us = target.truth("virtual_time_us")
    session.send([(2, 3, 1.2, LONG_S)])
    while target.truth("gates") == 0:
        pass
    target.control.ask("fault", rails={"negative": 0.0})
    lost_us = target.truth("virtual_time_us")
    target.await_safe()
    assert target.truth("last_gate_ns") / 1e6 <= (lost_us - before_us) / 1e3 + NOTICED_MS
    assert target.truth("last_gate_ns") < LONG_S * 1e9
    state = target.state()
    assert state["latched"].startswith("supply: negative rail")
    assert state["effects"] == 1
