"""The other end of a wire, at a real TCP port or pty: it answers as a test tells it to, good or bad."""

from __future__ import annotations

import contextlib
import os
import re
import socket
import threading
import tty
from binascii import crc32
from collections.abc import Callable

EPOCH = "00000001deadbeef"

Script = Callable[[str, str], list[bytes]]
"""(id, body) of a request that came whole -> what to send."""


def reply(request_id: str, text: str, *, code: int = 0, epoch: str = EPOCH, generation: int = 1) -> bytes:
    covered = f"@{request_id} {code} {epoch}.{generation} {text}".encode()
    return b"%s *%08x\n" % (covered, crc32(covered))


class Peer:
    """Serves one connection after the other.

    Attributes:
        bodies: bodies of all requests received. ids: their ids. connections: how many there were.
    """

    def __init__(self, script: Script) -> None:
        self.script = script
        self.bodies: list[str] = []
        self.ids: list[str] = []
        self.raw = b""
        self.connections = 0
        self._server = socket.create_server(("127.0.0.1", 0))
        self.port = self._server.getsockname()[1]
        self._connection: socket.socket | None = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def hang_up(self) -> None:
        """Close the present connection."""
        if self._connection is not None:
            self._connection.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        with contextlib.suppress(OSError):  # closed already
            self._server.shutdown(socket.SHUT_RDWR)
        self._server.close()
        if self._connection is not None:
            self._connection.close()
        self._thread.join(5)

    def _serve(self) -> None:
        while True:
            try:
                self._connection, _ = self._server.accept()
            except OSError:
                return
            self.connections += 1
            with self._connection as connection:
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        rest = b""
        try:
            while data := connection.recv(65536):
                self.raw += data
                *lines, rest = (rest + data).split(b"\n")
                for line in lines:
                    for piece in self._answers(line):
                        connection.sendall(piece)
        except OSError:
            return

    def _answers(self, line: bytes) -> list[bytes]:
        match = re.fullmatch(rb"@(\d+)(?:/[0-9a-f]{8})? (.*) \*([0-9a-f]{8})", line)
        if match is None or int(match[3], 16) != crc32(line[:-10]):
            return []
        request_id, body = match[1].decode(), match[2].decode()
        self.ids.append(request_id)
        self.bodies.append(body)
        return self.script(request_id, body)


def open_pty() -> tuple[int, str]:
    """A pseudo-terminal: the descriptor of our end, and the path of the other."""
    ours, theirs = os.openpty()
    tty.setraw(theirs)
    path = os.ttyname(theirs)
    os.close(theirs)
    return ours, path
