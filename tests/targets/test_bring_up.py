"""A board of each kind looked over step by step, sound and with a fault."""

from __future__ import annotations

from tests.targets.target import Target

from ohmloop.station.bring_up import Outcome, examine


def failed(target: Target) -> dict[str, str]:
    """What was measured in each step that failed."""
    target.wire.close()  # a serial port has one owner
    steps = examine(target.url, None)
    return {step.name: step.measured for step in steps if step.outcome is Outcome.FAILED}


def test_a_sound_board(target: Target) -> None:
    assert failed(target) == {}


def test_a_dead_converter(target: Target) -> None:
    target.control.ask("fault", converter={"bad": 1, "as": "silent"})
    assert list(failed(target)) == ["converters"]


def test_a_rail_that_is_missing(target: Target) -> None:
    target.control.ask("fault", rails={"negative": 0.0})
    found = failed(target)
    assert {"rails", "shutdown"} <= set(found)
    assert found["shutdown"].startswith("latched: supply")
    assert set(found) <= {"rails", "shutdown", "self-test"}


def test_a_store_that_lost_what_it_kept(target: Target) -> None:
    assert target.wire.request("CAL:LINE ROW,OFFS,3,0.001").code == 0
    target.control.ask("fault", files={"cut_after": 17})
    target.wire.write("CAL:SAVE")
    target.await_reset()
    found = failed(target)
    if target.kind == "rp2040":
        assert not found, "its file system shows nobody a write that was cut"
    else:
        assert list(found) == ["store of the board"]
        assert "damaged: calibration" in found["store of the board"]
