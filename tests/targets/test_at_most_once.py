"""A pulse happens at most once, whatever becomes of requests and replies."""

from __future__ import annotations

import pytest
from tests.targets.target import Session, Target

PULSES = [(1, 2, 1.2, 10e-6), (3, 4, 1.2, 10e-6)]


def gates(target: Target) -> int:
    """Programming gates that the array has seen."""
    return int(target.truth("gates"))


def test_a_token_runs_once_and_is_replayed(target: Target) -> None:
    session = Session(target.wire)
    body = session.body(PULSES, readback="EACH")
    first = target.wire.request(body, session.lease)
    again = target.wire.request(body, session.lease)
    assert first.code == 0
    assert (again.code, again.text) == (0, first.text)
    assert target.wire.request("SYST:EFF?").text == first.text
    assert gates(target) == 2


@pytest.mark.parametrize(("number", "code"), [(0, 132), (2, 133), (7, 133)])
def test_a_token_out_of_sequence_runs_nothing(target: Target, number: int, code: int) -> None:
    session = Session(target.wire)
    assert target.wire.request(session.body(PULSES, number), session.lease).code == code
    assert gates(target) == 0


def test_a_token_with_another_body_is_refused(target: Target) -> None:
    session = Session(target.wire)
    assert session.pulse(PULSES).code == 0
    assert target.wire.request(session.body(PULSES[:1], 1), session.lease).code == 132
    assert gates(target) == 2


def test_a_changed_setup_and_another_epoch_are_refused(target: Target) -> None:
    session = Session(target.wire)
    stale = session.body(PULSES)
    session.do("CONF 0.1,16,AUTO,HALF,H")
    assert target.wire.request(stale, session.lease).code == 131
    foreign = session.body(PULSES).replace(session.state.epoch, "0123456789abcdef")
    assert target.wire.request(foreign, session.lease).code == 130
    assert gates(target) == 0


def test_pulses_need_the_lease(target: Target) -> None:
    session = Session(target.wire)
    other = target.connect()
    assert other.request(session.body(PULSES)).code == 122
    assert other.request(session.body(PULSES), "00000000").code == 122
    other.write("PULS 0,0,1.0,10e-6")
    assert other.ask("SYST:ERR?").startswith(("121,", "0,"))
    other.close()
    assert gates(target) == 0


def test_lost_replies_are_replayed(target: Target) -> None:
    session = Session(target.wire)
    for _ in range(5):
        target.control.ask("fault", wire={"to_host": {"lose": 1.0}, "seed": 3})
        body = session.body(PULSES)
        target.wire.write("*OPC?")  # its reply is lost as well
        target.control.ask("fault", none=True)
        assert target.wire.request(body, session.lease).code == 0
        session.number += 1
        assert target.wire.request(body, session.lease).code == 0
    assert gates(target) == 10
