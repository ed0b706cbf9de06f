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


@pytest.mark.parametrize("cut", [17])
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


RECORD_LEAST_BYTES, RECORD_BYTES = 140, 160
"""The record of a calibration lies between: 8 bytes of head, the geometry, 32 words, 4 of check sum."""

CUTS = {
    "cpython": range(RECORD_BYTES),
    "unix": range(0, RECORD_BYTES, 23),
    "rp2040": (0, 1, 128, 255),  # of a page of flash
}


def correct_every_line(target: Target, microvolts: int) -> str:
    """Put corrections in force that differ on every line; their identity."""
    for side in ("ROW", "COL"):
        for line in range(8):
            for what, value in (("OFFS", f"{microvolts + line} uV"), ("GAIN", f"{microvolts // 10 + line}")):
                assert target.wire.request(f"CAL:LINE {side},{what},{line},{value}").code == 0
    return target.wire.request("CAL?").text


def test_wherever_a_write_is_cut_the_calibration_is_the_old_one_or_the_new_one_whole(target: Target) -> None:
    """Old and new differ on every line: a mix of them has another identity than either."""
    old = correct_every_line(target, 1000)
    assert target.wire.request("CAL:SAVE").code == 0
    resets = 0
    for number, cut in enumerate(CUTS[target.kind]):
        new = correct_every_line(target, 1100 + 10 * (number % 100))
        target.control.ask("fault", files={"cut_after": cut})
        target.wire.write("CAL:SAVE")
        target.wire.write("*IDN?")
        resets += 1
        target.await_reset(resets)
        found = target.wire.request("CAL?").text
        assert found in (old, new), f"cut after {cut} bytes"
        assert found == old or cut >= RECORD_LEAST_BYTES, f"new after {cut} bytes"
        assert "314" not in target.wire.ask("SYST:ERR?")
        old = found
    new = correct_every_line(target, 2000)
    assert target.wire.request("CAL:SAVE").code == 0
    target.control.ask("reset", reason="power")
    target.await_reset(resets + 1)
    assert target.wire.request("CAL?").text == new


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
