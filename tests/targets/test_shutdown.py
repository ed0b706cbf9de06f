"""What goes wrong ends with every line at 0 V and the reason latched."""

from __future__ import annotations

import pytest
from tests.targets.conftest import Start
from tests.targets.target import Session, Target

from ohmloop.link.control import encode_matrix

PULSE = (2, 3, 1.2, 10e-6)
LONG_ARM = "ARM c0ffee,0.3,1.8,1.8,1,H,100000"
HANG_MS = 110
TRIP_NS = 1_000
CONVERSION_NS = 500_000
"""Settling, the conversion and its longest time-out, and what the processor takes until the gate is closed."""
LONG_S = 0.5
"""A pulse that outlives the watchdog."""

CTRL_C = b"\x03"
GATE_STEP_NS = 5


def test_a_trip_in_a_pulse_latches(target: Target) -> None:
    session = Session(target.wire)
    target.control.ask("trip", when={"gates": 2})
    reply = session.pulse([PULSE, PULSE, PULSE])
    assert reply.code == 109
    assert reply.text.split(",")[2:4] == ["2", "109"]
    assert target.truth("last_gate_ns") < 10_000
    assert (target.state()["latched"], target.state()["energised"]) == ("trip", False)
    assert target.wire.request("MEAS:CELL? 0,0").code == 120
    assert any(" TRIP " in line for line in target.wire.unasked)
    session.clear()
    assert session.pulse([PULSE]).code == 0


def test_an_amplifier_beyond_its_level_trips(target: Target) -> None:
    """The pulse drives 60 uA into the finest range: the amplifier goes to -6 V."""
    session = Session(target.wire)
    session.do("CONF 0.2,16,AUTO,GND,L")
    conductance_s = target.truth("conductance_s").copy()
    conductance_s[PULSE[:2]] = 50e-6
    target.control.ask("seed_state", conductance_s=encode_matrix(conductance_s))
    reply = session.pulse([PULSE, PULSE])
    assert reply.text.split(",")[2:4] == ["1", "109"]
    assert target.truth("last_gate_ns") <= TRIP_NS
    assert target.state()["latched"] == "trip"


def trip(target: Target, session: Session) -> int:
    """Shut the board down; the number of the shutdown."""
    target.control.ask("trip", when={"gates": 1})
    assert session.pulse([PULSE]).code == 109
    number: int = target.state()["latch"]
    return number


def test_a_late_copy_of_a_clear_leaves_a_newer_shutdown_latched(target: Target) -> None:
    """The first copy is delayed on the wire, the second one clears, the board trips again, then the first one comes."""
    session = Session(target.wire)
    wire = target.wire
    for late_s in (2, 10, 50):
        number = trip(target, session)
        clear = f"SYST:CLE {session.state.epoch},{number}"
        target.control.ask("fault", wire={"to_board": {"late": 1, "late_s": late_s}})
        late = wire.post(clear, session.lease)
        while target.truth("wire")["to_board"]["late"] == 0:
            pass
        target.control.ask("fault", wire={})
        assert wire.request(clear, session.lease).code == 0
        session.state = wire.request("SYST:STAT?")
        newer = trip(target, session)
        early = late in wire.others
        reply = wire.reply(late)
        if early:  # on a machine so busy that it came before: once more, later
            session.clear()
            continue
        assert (newer, reply.code) == (number + 1, -221)
        assert reply.text.endswith(f"shutdown {number} is over, the last one is {newer}")
        assert (target.state()["latched"], target.state()["latch"]) == ("trip", newer)
        assert wire.request("MEAS:CELL? 0,0").code == 120
        return
    raise AssertionError("no copy was late enough")


@pytest.mark.parametrize("bad", ["check sum", "busy", "silent"])
def test_a_bad_converter_reply_latches(target: Target, bad: str) -> None:
    session = Session(target.wire)
    target.control.ask("fault", converter={"bad": 1, "as": bad})
    assert target.wire.request("MEAS:CELL? 0,0", session.lease).code == 111
    assert target.truth("driven") is False
    assert target.truth("last_gate_ns") <= CONVERSION_NS
    assert (target.state()["latched"], target.state()["energised"]) == ("converter fault", False)
    session.clear()
    session.do("MEAS:CELL? 0,0")


@pytest.mark.parametrize("side", ["rows", "columns"])
def test_a_line_converter_that_does_not_read_back_lets_no_line_leave_0_v(start: Start, side: str) -> None:
    """Only the chip has a read-back. The read-back is tried at each start."""
    target = start("rp2040")
    target.control.ask("fault", line_converters=side)
    target.control.ask("reset", reason="power")
    target.await_reset()
    session = Session(target.wire)
    before = target.truth("last_gate_ns")
    assert session.pulse([PULSE, PULSE]).code == 111
    assert (target.truth("gates"), target.truth("driven"), target.truth("last_gate_ns")) == (0, False, before)
    assert (target.state()["latched"], target.state()["energised"]) == ("converter fault", False)
    assert target.truth("v_max").max() == 0
    target.control.ask("fault", none=True)
    target.control.ask("reset", reason="power")
    target.await_reset(2)
    assert Session(target.wire).pulse([PULSE]).code == 0


def test_a_storm_of_bad_check_sums_latches(target: Target) -> None:
    session = Session(target.wire)
    session.do("MEAS:CELL? 0,0")
    for number in range(1, 20):
        target.wire.write(f"@{number} *IDN? *00000000")
    state = target.state()
    assert (state["latched"], state["energised"], target.truth("driven")) == ("storm of bad envelopes", False, False)


def test_abort_makes_the_lines_safe(target: Target) -> None:
    session = Session(target.wire)
    session.do("MEAS:CELL? 0,0")
    assert target.state()["energised"] is True
    session.do("ABOR")
    assert (target.state()["energised"], target.state()["latched"]) == (False, None)


def test_a_hung_application_is_reset_by_the_watchdog(target: Target) -> None:
    session = Session(target.wire)
    before = target.control.ask("time")["virtual_time_us"]
    target.control.ask("hang")
    target.await_reset()
    boot = target.control.ask("time")
    assert (boot["virtual_time_us"] - boot["since_boot_us"] - before) / 1000 <= HANG_MS
    after = target.state()
    assert (after["boot_reason"], after["armed"], after["energised"]) == ("watchdog", None, False)
    assert after["epoch"] != session.state.epoch


@pytest.mark.parametrize("width_s", [10e-6, 200e-6])
def test_a_gate_ends_in_time_although_the_application_hangs_in_it(target: Target, width_s: float) -> None:
    session = Session(target.wire)
    target.control.ask("hang", when={"gates": 1})
    session.send([(2, 3, 1.2, width_s)])
    target.await_reset()
    assert target.truth("gates") == 1
    assert abs(target.truth("last_gate_ns") - width_s * 1e9) <= GATE_STEP_NS
    assert target.state()["boot_reason"] == "watchdog"


def test_a_hang_does_not_outlive_the_watchdog_in_a_long_pulse(target: Target) -> None:
    session = Session(target.wire, LONG_ARM)
    target.control.ask("hang", when={"gates": 1})
    session.send([(2, 3, 1.2, LONG_S)])
    target.await_reset()
    assert target.truth("last_gate_ns") <= HANG_MS * 1e6
    assert target.truth("driven") is False
    assert (target.state()["boot_reason"], target.state()["effects"]) == ("watchdog", 0)


def test_an_application_that_is_killed_in_a_pulse_leaves_the_lines_safe(start: Start) -> None:
    """Ctrl-C, as whoever has the console may send it. Only MicroPython on the board has one."""
    target = start("rp2040")
    session = Session(target.wire, LONG_ARM)
    session.send([(2, 3, 1.2, LONG_S)])
    while target.truth("gates") == 0:
        pass
    killed_ns = target.truth("virtual_time_us") * 1000
    target.wire.raw(CTRL_C)
    target.await_safe()
    assert target.truth("virtual_time_us") * 1000 - killed_ns <= HANG_MS * 1e6
    assert target.truth("last_gate_ns") < LONG_S * 1e9
    assert target.truth("resets") == 0


@pytest.mark.parametrize("reason", ["power", "reset"])
def test_a_reset_in_a_pulse_ends_it(target: Target, reason: str) -> None:
    session = Session(target.wire)
    if reason == "reset":
        target.control.ask("reset", when={"gates": 2})
        session.send([PULSE] * 3)
        target.await_reset()
        assert target.truth("gates") == 2
        assert target.truth("last_gate_ns") < 10_000
    else:
        target.control.ask("reset", reason=reason)
        target.await_reset()
    after = target.state()
    assert (after["boot_reason"], after["armed"], after["effects"]) == (reason, None, 0)
    assert after["epoch"] != session.state.epoch
