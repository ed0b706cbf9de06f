"""The control port: JSON lines over TCP, one request, one reply. Truth and faults; none of it crosses the wire."""

from __future__ import annotations

import json
import socketserver
import threading
from collections.abc import Mapping, Sequence
from typing import Any, cast

from ohmsim.board import EmulatedBoard
from ohmsim.errors import EmulatorError
from ohmsim.interventions import REQUESTS

LONGEST = 1 << 20
"""Bytes of one request: the conductances of 128 x 128 cells take 175 kB."""

BOARD_S = 10.0
"""Longest wait for a board to come between two steps, s of wall time."""


class ControlError(EmulatorError):
    """A control request that makes no sense."""


class ControlPort:
    """Serves the boards of one emulator on the loopback interface. Raises EmulatorError if the port is taken."""

    def __init__(self, boards: Sequence[EmulatedBoard], port: int) -> None:
        try:
            self._server = _Server(("127.0.0.1", port), _Connection)
        except (OSError, OverflowError) as error:
            raise EmulatorError(f"control port {port} cannot be used: {error}") from error
        self._server.boards = {board.spec.name: board for board in boards}
        self.address = f"127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, name="control", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True
    boards: Mapping[str, EmulatedBoard]


class _Connection(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        """Answer requests until the client leaves."""
        while line := self.rfile.readline(LONGEST + 1):
            if len(line) > LONGEST:
                self._reply({"ok": False, "error": f"a request has at most {LONGEST} bytes"})
                return  # where the next request begins can no longer be told
            try:
                reply = {"ok": True, **answer(cast(_Server, self.server).boards, line)}
            except TimeoutError:
                reply = {"ok": False, "error": f"the board did not come between two steps within {BOARD_S:g} s"}
            except EmulatorError as error:
                reply = {"ok": False, "error": str(error)}
            self._reply(reply)

    def _reply(self, reply: Mapping[str, Any]) -> None:
        self.wfile.write(json.dumps(reply).encode() + b"\n")


def answer(boards: Mapping[str, EmulatedBoard], line: bytes) -> dict[str, Any]:
    """Answer one request. Raises EmulatorError, and TimeoutError if the board does not listen."""
    try:
        request = json.loads(line)
    except (ValueError, RecursionError):
        raise ControlError("a request is one line of JSON") from None
    if not isinstance(request, dict):
        raise ControlError("a request is a JSON object")
    kind = request.pop("request", None)
    if not isinstance(kind, str) or kind not in REQUESTS:
        raise ControlError(f"request must be one of {', '.join(sorted(REQUESTS))}, not {kind!r}")
    board = _board(boards, request.pop("board", None))
    handler = REQUESTS[kind]
    return board.stream.call(lambda: handler(board, request), BOARD_S)


def _board(boards: Mapping[str, EmulatedBoard], name: object) -> EmulatedBoard:
    if name is None and len(boards) == 1:
        return next(iter(boards.values()))
    for board in boards.values():
        if name in (board.spec.name, board.spec.serial):
            return board
    raise ControlError(f"board must be one of {', '.join(boards)}, not {name!r}")
