"""Currents that a request has measured, and their forms on the wire."""

import struct

from ohmboard.numbers import current
from ohmboard.sizes import WORD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ohmboard.surfaces import Engine

PIECE = 64
"""Readings that are made into text at a time."""


class Readings:
    """`count` currents in a shared buffer, and when they were complete.

    They leave as base64 with their time in an envelope, as text in a bare reply, or as an IEEE 488.2 block.
    """

    def __init__(self, buffer: memoryview, count: int, time_us: int) -> None:
        self._buffer = buffer
        self._time_us = time_us
        self.count = count

    def encode(self, engine: "Engine", into: memoryview) -> int:
        """Write `<time>,<base64>`; returns its length."""
        stamp = b"%d," % self._time_us
        into[: len(stamp)] = stamp
        return len(stamp) + engine.encode(self._buffer, WORD * self.count, into[len(stamp) :])

    def pieces(self) -> "list[range]":
        """The places of the readings in pieces that become text one at a time."""
        return [range(at, min(at + PIECE, self.count)) for at in range(0, self.count, PIECE)]

    def text(self, places: range) -> str:
        """Some of the readings as comma separated NR3 numbers in A."""
        return ",".join([current(struct.unpack_from("<i", self._buffer, WORD * i)[0]) for i in places])

    def raw(self) -> memoryview:
        """The int32 themselves."""
        return self._buffer[: WORD * self.count]


class Block(Readings):
    """Readings that leave as an IEEE 488.2 definite block."""
