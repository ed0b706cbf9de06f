"""Addresses find their drivers through entry points."""

from __future__ import annotations

import pytest
from tests.conftest import StartEmulator

from ohmloop.crossbar import AddressError, Geometry
from ohmloop.drivers.native import NativeCrossbar
from ohmloop.drivers.registry import open_crossbar


def test_an_emulator_by_its_address() -> None:
    with open_crossbar("emu://3x5?seed=4&device=vteam") as crossbar:
        assert isinstance(crossbar, NativeCrossbar)
        assert crossbar.capabilities.geometry == Geometry(3, 5)
        assert crossbar.log is None


@pytest.mark.parametrize("port", ["tcp", "pty"])
def test_one_board_at_either_port(emulator: StartEmulator, port: str) -> None:
    board = emulator("8x8", pty="").boards[0]
    url = board.url if port == "tcp" else f"serial://{board.pty}"
    with open_crossbar(url, timeout_s=5.0) as crossbar:
        assert crossbar.capabilities.serial == board.serial
        assert crossbar.read_array().currents_a.shape == (8, 8)


def test_an_unknown_scheme() -> None:
    with pytest.raises(AddressError, match="nothing installed opens gpib"):
        open_crossbar("gpib://7")


@pytest.mark.parametrize("url", ["tcp://lab:5025?seed=7", "emu://8x8?timeout=never", "emu://0x8"])
def test_options_that_make_no_sense(url: str) -> None:
    with pytest.raises(AddressError):
        open_crossbar(url)
