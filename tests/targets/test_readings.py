"""All kinds of board end in the same physics: for one seed they read the same."""

from __future__ import annotations

import numpy as np
import pytest
from tests.targets.conftest import Start
from tests.targets.target import Session, Target, readings, words64

ROWS = COLS = 8
LISTED = [(0, 0), (0, 5), (3, 3), (7, 7), (3, 2)]
VECTORS = 5


def everything(target: Target) -> dict[str, list[int]]:
    """Readings of each kind, before and after pulses."""
    session = Session(target.wire)
    wire = target.wire
    said = {"rows": readings(session.do("MEAS:ROWS? 0,8").text).tolist()}
    cells = words64([row << 16 | col for row, col in LISTED])
    said["list"] = readings(session.do(f"MEAS:LIST? {cells}").text).tolist()
    uv = np.random.default_rng(5).integers(-200_000, 200_001, (VECTORS, ROWS))
    said["multiply"] = readings(session.do(f"MULT? {words64(uv)}").text).tolist()
    pulses = [(row, col, 1.3 if row % 2 else -1.4, 10e-6) for row, col in LISTED]
    said["each"] = readings(session.pulse(pulses, "EACH").text).tolist()
    said["after"] = readings(session.pulse(pulses, "AFT").text).tolist()
    for width_s in (0.5e-6, 1e-6, 123.456e-6, 1e-3):
        assert session.pulse([(5, 5, 1.2, width_s)]).code == 0
    for bias in ("THIR", "GND"):
        session.do(f"CONF 0.15,4,M,{bias},H")
        said[bias] = readings(session.pulse(pulses, "EACH").text).tolist()
    said["end"] = readings(session.do("MEAS:ROWS? 0,8").text).tolist()
    assert wire.ask("SYST:ERR?").startswith("0,")
    return said


WIRES = {"network.wire_ohm": "5", "network.row_ohm": "3"}


@pytest.mark.parametrize("slower", ["unix", "rp2040"])
@pytest.mark.parametrize("settings", [{}, WIRES], ids=["plain", "wires"])
def test_the_same_seed_reads_the_same_on_every_kind(slower: str, settings: dict[str, str], start: Start) -> None:
    fast, other = start("cpython", settings), start(slower, settings)
    expected, found = everything(fast), everything(other)
    assert found == expected
    # The gate of the RP2040 counts cycles of 5 ns: 123,456 ns are 123,455.
    np.testing.assert_allclose(other.truth("conductance_s"), fast.truth("conductance_s"), rtol=1e-4)


def test_readings_are_true(target: Target) -> None:
    conductance_s = target.truth("conductance_s")
    currents = readings(Session(target.wire).do("MEAS:ROWS? 0,8").text) * 1e-11
    np.testing.assert_allclose(currents.reshape(ROWS, COLS) / 0.2, conductance_s, rtol=0.05, atol=0.3e-6)


def test_a_batch_of_vectors(target: Target) -> None:
    session = Session(target.wire)
    uv = np.full((64, ROWS), 100_000, np.int32)
    uv[:, ::2] = -50_000
    currents = readings(session.do(f"MULT? {words64(uv)}").text).reshape(64, COLS)
    expected = (uv[0] * 1e-6) @ target.truth("conductance_s")
    np.testing.assert_allclose(currents.mean(0) * 1e-11, expected, rtol=0.05, atol=0.3e-6)
