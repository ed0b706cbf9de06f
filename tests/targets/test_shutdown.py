"""What goes wrong ends with every line at 0 V and the reason latched."""

from __future__ import annotations

import json

import pytest
from tests.targets.target import Session, Target

PULSE = (2, 3, 1.2, 10e-6)
WATCHDOG_MS = 100
HANG_MS = 110


def state(target: Target) -> dict[str, object]:
    said: dict[str, object] = json.loads(target.wire.request("SYST:STAT?").text)
    return said


def test_a_trip_in_a_pulse_latches(target: Target) -> None:
    session = Session(target.wire)
    target.control.ask("trip", when={"gates": 2})
    reply = session.pulse([PULSE, PULSE, PULSE])
    assert reply.code == 109
    assert reply.text.split(",")[2:4] == ["2", "109"]
    assert target.truth("last_gate_ns") < 10_000
    assert (state(target)["latched"], state(target)["energised"]) == ("trip", False)
    assert target.wire.request("MEAS:CELL? 0,0").code == 120
    assert any(" TRIP " in line for line in target.wire.unasked)
    session.do("SYST:CLE")
    assert session.pulse([PULSE]).code == 0


def test_a_bad_converter_reply_latches(target: Target) -> None:
    session = Session(target.wire)
    target.control.ask("fault", converter={"bad": 1})
    assert target.wire.request("MEAS:CELL? 0,0", session.lease).code == 111
    assert state(target)["latched"] == "converter fault"
    session.do("SYST:CLE")
    session.do("MEAS:CELL? 0,0")


def test_a_storm_of_bad_check_sums_latches(target: Target) -> None:
    for number in range(1, 20):
        target.wire.write(f"@{number} *IDN? *00000000")
    assert "latched" in state(target)
    assert state(target)["latched"] is not None


def test_abort_makes_the_lines_safe(target: Target) -> None:
    session = Session(target.wire)
    session.do("MEAS:CELL? 0,0")
    assert state(target)["energised"] is True
    session.do("ABOR")
    assert (state(target)["energised"], state(target)["latched"]) == (False, None)


def test_a_hung_application_is_reset_by_the_watchdog(target: Target) -> None:
    session = Session(target.wire)
    before = target.control.ask("time")["virtual_time_us"]
    target.control.ask("hang")
    after = state(target)
    assert (after["boot_reason"], after["armed"], after["energised"]) == ("watchdog", None, False)
    taken = target.control.ask("time")
    boot_us = taken["virtual_time_us"] - taken["since_boot_us"]
    assert (boot_us - before) / 1000 <= HANG_MS
    assert after["epoch"] != session.state.epoch


@pytest.mark.parametrize("width_s", [10e-6, 200e-6])
def test_a_gate_ends_although_the_application_hangs_in_it(target: Target, width_s: float) -> None:
    session = Session(target.wire)
    target.control.ask("hang", when={"gates": 1})
    target.wire.write(f"@77/{session.lease} *OPC? *00000000")  # nobody will answer: only so that the wire is in use
    target.wire.unasked.clear()
    body = session.body([(2, 3, 1.2, width_s)])
    with pytest.raises(AssertionError):
        assert target.wire.request(body, session.lease).code == 0
    assert target.truth("gates") == 1
    assert abs(target.truth("last_gate_ns") - width_s * 1e9) <= 8
    assert state(target)["boot_reason"] == "watchdog"
