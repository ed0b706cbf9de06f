"""A stock VISA stack talks to the emulator as it talks to any serial instrument."""

from collections.abc import Callable

import pytest
import pyvisa
from pyvisa.resources import SerialInstrument

from ohmsim.board import EmulatedBoard
from ohmsim.wire.pty import PtyPort


@pytest.fixture
def instrument(start_board: Callable[..., EmulatedBoard]) -> SerialInstrument:
    board = start_board(ports=[PtyPort()])
    manager = pyvisa.ResourceManager("@py")
    with manager.open_resource(f"ASRL{board.ports[0].address}::INSTR") as opened:
        assert isinstance(opened, SerialInstrument)
        opened.read_termination, opened.write_termination = "\n", "\r\n"
        opened.timeout = 10_000
        yield opened
    manager.close()


def test_identity_reading_and_error_queue(instrument: SerialInstrument) -> None:
    assert instrument.query("*IDN?").startswith("ohmloop,ohm8-4x4,SIM-7-b0,")
    assert 0 < float(instrument.query("MEAS:CELL? 1,2")) < 1e-3
    instrument.write("MAKE:COFFEE")
    assert instrument.query("SYST:ERR?").startswith("-113,")
    assert instrument.query("SYST:ERR?").startswith("0,")


def test_definite_block(instrument: SerialInstrument) -> None:
    words = instrument.query_binary_values("MEAS:BLOC? 0,4", datatype="i", is_big_endian=False)
    assert len(words) == 16
    assert all(0 < word * 10e-12 < 1e-3 for word in words)
