"""Long lines, whole rounds and progress."""

from __future__ import annotations

import numpy as np
from tests.targets.target import Session, Target, readings, words64

CELLS = [(row, col) for row in range(8) for col in range(8)]


def test_a_write_verify_round_of_the_whole_array(target: Target) -> None:
    session = Session(target.wire)
    reply = session.pulse([(row, col, 1.3, 10e-6) for row, col in CELLS], "AFT")
    assert reply.code == 0
    assert readings(reply.text).size == 64
    expected = 0.2 * target.truth("conductance_s").ravel()
    np.testing.assert_allclose(readings(reply.text) * 1e-11, expected, rtol=0.05, atol=0.1e-6)


def test_the_longest_list_of_pulses(target: Target) -> None:
    session = Session(target.wire)
    reply = session.pulse([(*CELLS[n % 64], 1.0, 2e-6) for n in range(256)], "EACH")
    assert reply.code == 0
    assert reply.text.split(",")[2] == "256"
    assert readings(reply.text).size == 256
    assert session.pulse([(0, 0, 1.0, 2e-6)] * 257).code != 0


def test_the_longest_list_of_readings(target: Target) -> None:
    session = Session(target.wire)
    session.do("CONF 0.2,1,M,HALF,H")
    cells = words64([row << 16 | col for row, col in CELLS] * 32)
    assert readings(session.do(f"MEAS:LIST? {cells}").text).size == 2048


def test_an_abort_overtakes_a_long_exchange(target: Target) -> None:
    session = Session(target.wire)
    session.send([(0, 0, 1.0, 1e-3)] * 256)
    target.wire.write("ABOR")
    effect = target.wire.request("SYST:EFF?")
    assert effect.text.split(",")[3] == "110"
    assert 0 < target.truth("gates") < 256
