"""What the board keeps in its flash, through resets and cut writes."""

from __future__ import annotations

import pytest
from tests.targets.target import Session, Target

OLD, NEW = "0.001000", "0.002000"


def offset(target: Target) -> str:
    return target.wire.request("CAL:LINE? ROW,OFFS,3").text


def keep(target: Target, value: str) -> int:
    """Set an offset of a line and save it; the code of the save."""
    assert target.wire.request(f"CAL:LINE ROW,OFFS,3,{value}").code == 0
    return target.wire.request("CAL:SAVE").code


def test_a_calibration_survives_resets(target: Target) -> None:
    assert keep(target, OLD) == 0
    identity = target.wire.request("CAL?").text
    for resets, reason in ((1, "power"), (2, "reset"), (3, "watchdog")):
        target.control.ask("reset", reason=reason)
        target.await_reset(resets)
        assert float(offset(target)) == float(OLD)
        assert target.wire.request("CAL?").text == identity
    assert target.wire.ask("SYST:ERR?").startswith("0,")


def test_epochs_never_repeat(target: Target) -> None:
    epochs = [target.state()["epoch"]]
    for resets in (1, 2, 3):
        target.control.ask("reset", reason="power")
        target.await_reset(resets)
        epochs.append(target.state()["epoch"])
    assert len(set(epochs)) == 4
    counters = [int(epoch[:8], 16) for epoch in epochs]
    assert counters == list(range(counters[0], counters[0] + 4))


@pytest.mark.parametrize("cut", [0, 1, 17, 100])
def test_a_cut_write_leaves_the_old_calibration_or_the_new(target: Target, cut: int) -> None:
    assert keep(target, OLD) == 0
    assert target.wire.request(f"CAL:LINE ROW,OFFS,3,{NEW}").code == 0
    target.control.ask("fault", files={"cut_after": cut})
    target.wire.write("CAL:SAVE")
    target.await_reset()
    assert float(offset(target)) in (float(OLD), float(NEW))
    assert keep(target, NEW) == 0
    target.control.ask("reset", reason="power")
    target.await_reset(2)
    assert float(offset(target)) == float(NEW)


FILL = """
import os
try:
    with open("/board/fill", "wb") as file:
        while True:
            file.write(bytes(4096))
except OSError:
    pass
os.sync()
"""


def fill(target: Target) -> None:
    """Fill the store; on the chip through its console, after which it starts anew."""
    if target.kind != "rp2040":
        target.control.ask("fault", files={"full": True})
        return
    wire = target.wire
    wire.type(b"\x03", b">>> ")
    wire.type(b"\x01", b">")
    wire.type(FILL.encode() + b"\x04", b"OK\x04\x04>")
    wire.type(b"\x02", b">>> ")
    wire.type(b"\x04", b"BOOT")


def test_a_full_store_keeps_what_it_has_and_the_board_works_on(target: Target) -> None:
    assert keep(target, OLD) == 0
    fill(target)
    assert target.wire.request(f"CAL:LINE ROW,OFFS,3,{NEW}").code == 0
    code = target.wire.request("CAL:SAVE").code
    # The chip's file system may replace a small file in place when it has no block left for another.
    assert code == -314 or (code == 0 and target.kind == "rp2040")
    assert target.state()["energised"] is False
    session = Session(target.wire)
    session.do("MEAS:CELL? 0,0")
    target.control.ask("reset", reason="power")
    target.await_reset()
    assert float(offset(target)) == float(NEW if code == 0 else OLD)
