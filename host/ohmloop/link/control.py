"""Client of an emulator's control port: truth and faults, for tests and benchmarks; none of it crosses the wire."""

from __future__ import annotations

import json
import socket
from base64 import b64decode, b64encode
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import CrossbarError, LinkLost

REPLY_S = 30.0
"""Longest wait for a reply in s: the emulator answers between two steps of its boards."""


class ControlRefused(CrossbarError):
    """The emulator refused a control request."""


class Control:
    """One connection to a control port; one request, one reply, JSON lines."""

    def __init__(self, place: str) -> None:
        host, port = place.rsplit(":", 1)
        try:
            self._socket = socket.create_connection((host, int(port)), timeout=REPLY_S)
        except OSError as error:
            raise LinkLost(f"cannot reach the emulator's control port {place}: {error}") from error
        self._stream = self._socket.makefile("rwb")
        self._place = place

    def ask(self, request: str, **fields: Any) -> dict[str, Any]:
        """Send a control request and return its reply. Raises ControlRefused with the emulator's reason, LinkLost."""
        try:
            self._stream.write(json.dumps({"request": request, **fields}).encode() + b"\n")
            self._stream.flush()
            line = self._stream.readline()
        except OSError as error:
            raise LinkLost(f"the emulator's control port {self._place} broke: {error}") from error
        if not line:
            raise LinkLost(f"the emulator closed its control port {self._place}")
        reply: dict[str, Any] = json.loads(line)
        if not reply.pop("ok"):
            raise ControlRefused(f"the emulator refused {request}: {reply.get('error')}")
        return reply

    def truth(self, board: str | None = None) -> dict[str, Any]:
        """What only a simulation can know of a board (of the only one if None), matrices as arrays.

        `conductance_s`, `full_pulses`, `v_max`, `v_min`, `stuck`, `conversions` have the shape (rows, cols).
        """
        told = self.ask("truth", **({} if board is None else {"board": board}))
        return {name: decode_matrix(value) if _is_matrix(value) else value for name, value in told.items()}

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def decode_matrix(told: Mapping[str, Any]) -> NDArray[Any]:
    """An array from `{"dtype", "shape", "data"}`, data being base64 of its bytes in row order."""
    return np.frombuffer(b64decode(told["data"]), told["dtype"]).reshape(told["shape"])


def encode_matrix(values: NDArray[np.float64]) -> dict[str, Any]:
    """What `decode_matrix` reads, for `seed_state`."""
    plain = np.ascontiguousarray(values, dtype="<f8")
    return {"dtype": plain.dtype.str, "shape": list(plain.shape), "data": b64encode(plain.tobytes()).decode("ascii")}


def _is_matrix(value: object) -> bool:
    return isinstance(value, dict) and value.keys() == {"dtype", "shape", "data"}
