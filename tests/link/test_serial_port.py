"""A serial port, by way of a pseudo-terminal: opening it changes nothing, and nobody else can."""

from __future__ import annotations

import os
import select
import termios
from collections.abc import Iterator

import pytest
from tests.link.peer import open_pty

from ohmloop.crossbar import LinkLost
from ohmloop.link.serial_port import SerialPort


@pytest.fixture
def terminal() -> Iterator[tuple[int, str]]:
    ours, path = open_pty()
    yield ours, path
    os.close(ours)


def test_opening_sends_nothing_and_keeps_the_lines_at_closing(terminal: tuple[int, str]) -> None:
    ours, path = terminal
    port = SerialPort(path)
    assert select.select([ours], [], [], 0.1)[0] == []
    assert not termios.tcgetattr(port._port.fileno())[2] & termios.HUPCL
    port.close()


def test_bytes_pass_unchanged(terminal: tuple[int, str]) -> None:
    ours, path = terminal
    port = SerialPort(path)
    every = bytes(range(256))
    port.write(every)
    assert os.read(ours, 1000) == every
    os.write(ours, every)
    received = b""
    while len(received) < len(every):
        received += port.read()
    assert received == every
    port.close()


def test_one_program_at_a_time(terminal: tuple[int, str]) -> None:
    port = SerialPort(terminal[1])
    with pytest.raises(LinkLost, match="does no other program hold it"):
        SerialPort(terminal[1])
    port.close()
    SerialPort(terminal[1]).close()


def test_no_such_port() -> None:
    with pytest.raises(LinkLost, match="is it plugged in"):
        SerialPort("/dev/ttyNOT-THERE")


def test_a_port_that_is_pulled_out() -> None:
    ours, path = open_pty()
    port = SerialPort(path)
    os.close(ours)
    with pytest.raises(LinkLost, match="is gone"):
        port.read()
    with pytest.raises(LinkLost, match="cannot send"):
        port.write(b"x")
    port.close()
