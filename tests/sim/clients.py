"""Plain clients: a socket with lines, an enveloped request, the control port. Nothing of the host's own link."""

from __future__ import annotations

import json
import socket
import subprocess
from base64 import b64decode
from binascii import crc32
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import numpy as np

WAIT_S = 10.0


class Line:
    """A TCP client of a board."""

    def __init__(self, address: str) -> None:
        host, port = address.removeprefix("tcp://").rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=WAIT_S)
        self._file = self.socket.makefile("rb")
        self._ids = count(1)

    def write(self, line: str) -> None:
        """Send one line."""
        self.socket.sendall(line.encode() + b"\n")

    def read(self) -> str:
        """The next line; "" at the end of the stream."""
        return self._file.readline().decode("ascii", "replace").rstrip("\n")

    def ask(self, line: str) -> str:
        """Answer of a bare query; unasked messages are passed over."""
        self.write(line)
        while (answer := self.read()).startswith("@0 "):
            pass
        return answer

    def request(self, body: str, lease: str = "") -> tuple[int, str, str]:
        """Code, epoch.generation and text of an enveloped request."""
        head = f"@{next(self._ids)}{'/' + lease if lease else ''}"
        self.write(f"{head} {body} *{crc32(f'{head} {body}'.encode()):08x}")
        while True:
            words = self.read().split(" ", 3)
            if words[0] == head.split("/")[0]:
                return int(words[1]), words[2], words[3].rsplit(" *", 1)[0]

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self.socket.close()

    def __enter__(self) -> Line:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class ControlLine:
    """A client of the control port."""

    def __init__(self, address: str) -> None:
        host, port = address.rsplit(":", 1)
        self.socket = socket.create_connection((host, int(port)), timeout=WAIT_S)
        self._file = self.socket.makefile("rwb")

    def raw(self, line: bytes) -> dict[str, Any]:
        """Reply to any bytes."""
        self._file.write(line + b"\n")
        self._file.flush()
        reply: dict[str, Any] = json.loads(self._file.readline())
        return reply

    def ask(self, request: str, **fields: object) -> dict[str, Any]:
        """Reply to a request that must succeed."""
        reply = self.raw(json.dumps({"request": request, **fields}).encode())
        assert reply["ok"], reply
        return reply

    def refused(self, request: str, **fields: object) -> str:
        """Error of a request that must fail."""
        reply = self.raw(json.dumps({"request": request, **fields}).encode())
        assert not reply["ok"], reply
        return str(reply["error"])

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self.socket.close()

    def __enter__(self) -> ControlLine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def array(packed: dict[str, Any]) -> np.ndarray:
    """An array of a control reply."""
    return np.frombuffer(b64decode(packed["data"]), packed["dtype"]).reshape(packed["shape"])


@dataclass
class Emulator:
    """A running `python -m ohmsim` and what it said."""

    process: subprocess.Popen[bytes]
    ready: dict[str, Any]
    boards: list[dict[str, Any]] = field(init=False)

    def __post_init__(self) -> None:
        self.boards = self.ready["boards"]

    def line(self, board: int = 0) -> Line:
        """A TCP client of a board."""
        return Line(self.boards[board]["tcp"])

    def control(self) -> ControlLine:
        """A client of the control port."""
        return ControlLine(self.ready["control"])
