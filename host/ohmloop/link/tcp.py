"""A board, or an emulated one, behind a TCP port."""

from __future__ import annotations

import contextlib
import socket

from ohmloop.crossbar import LinkLost
from ohmloop.link.transport import READ_S, WRITE_S

CONNECT_S = 3.0
"""Longest wait for a connection in s."""


class TcpPort:
    """A TCP connection as a Transport."""

    def __init__(self, host: str, port: int) -> None:
        self._place = f"{host}:{port}"
        try:
            self._socket = socket.create_connection((host, port), timeout=CONNECT_S)
        except OSError as error:
            raise LinkLost(
                f"cannot connect to {self._place}: {error}; is the board or its emulator running?"
            ) from error
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._socket.settimeout(max(READ_S, WRITE_S))

    def read(self) -> bytes:
        """Wait for bytes."""
        try:
            data = self._socket.recv(65536)
        except TimeoutError:
            return b""
        except OSError as error:
            raise LinkLost(f"the connection to {self._place} broke: {error}") from error
        if not data:
            raise LinkLost(f"{self._place} closed the connection")
        return data

    def write(self, data: bytes) -> None:
        """Send all of `data`."""
        try:
            self._socket.sendall(data)
        except OSError as error:
            raise LinkLost(f"cannot send to {self._place}: {error}") from error

    def interrupt(self) -> None:
        """End both directions, which wakes a waiting `read`."""
        with contextlib.suppress(OSError):  # not connected any more
            self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Close the connection."""
        self._socket.close()
