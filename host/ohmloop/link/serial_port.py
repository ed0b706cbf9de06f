"""A board on a serial port, or an emulated one on a pseudo-terminal."""

from __future__ import annotations

import sys

import serial

from ohmloop.crossbar import LinkLost
from ohmloop.link.transport import READ_S, WRITE_S

BAUD = 115_200
"""USB ignores it; it must only not be 1200, which many boards take as a request to enter their boot loader."""

_GONE = (OSError, TypeError)
"""What pyserial raises when a port disappears; TypeError if another thread has just closed it."""


class SerialPort:
    """A serial port as a Transport, opened so that nothing happens at the other end.

    The kernel raises DTR and RTS when a port is opened; both are left raised, and the line discipline is told not to
    drop them at closing, so that a board whose reset hangs on them sees no edge when programs come and go.
    The port is held exclusively.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        port = serial.Serial(exclusive=True if sys.platform != "win32" else None)
        port.port = path
        port.baudrate = BAUD
        port.timeout = READ_S
        port.write_timeout = WRITE_S
        try:
            port.open()
            if sys.platform != "win32":
                _keep_lines_at_close(port.fileno())
        except (OSError, ValueError) as error:  # SerialException is an OSError
            raise LinkLost(
                f"cannot open {path}: {error}; is it plugged in, and does no other program hold it?"
            ) from error
        self._port = port

    def read(self) -> bytes:
        """Wait for bytes."""
        try:
            data: bytes = self._port.read(1)
            waiting = self._port.in_waiting if data else 0
            if waiting:
                data += self._port.read(waiting)
        except _GONE as error:
            raise LinkLost(f"{self._path} is gone: {error}") from error
        return data

    def write(self, data: bytes) -> None:
        """Send all of `data`."""
        try:
            self._port.write(data)
        except _GONE as error:
            raise LinkLost(f"cannot send to {self._path}: {error}") from error

    def interrupt(self) -> None:
        """Wake a waiting `read`."""
        self._port.cancel_read()

    def close(self) -> None:
        """Close the port."""
        self._port.close()


def _keep_lines_at_close(descriptor: int) -> None:
    if sys.platform != "win32":
        import termios

        attributes = termios.tcgetattr(descriptor)
        attributes[2] &= ~termios.HUPCL
        termios.tcsetattr(descriptor, termios.TCSANOW, attributes)
