"""Bytes into lines."""

from __future__ import annotations

LONGEST = 1 << 16
"""Bytes of one line that are kept: four times what the protocol allows, so that the board itself sees the excess."""


class LineSplitter:
    """Gathers the bytes of one client into whole lines, so that lines of several clients are merged unbroken."""

    def __init__(self) -> None:
        self._part = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes; return the lines that are complete now, each with its end.

        What a line has beyond LONGEST bytes is dropped.
        """
        *whole, rest = data.split(b"\n")
        lines = []
        for piece in whole:
            self._keep(piece)
            lines.append(bytes(self._part) + b"\n")
            self._part.clear()
        self._keep(rest)
        return lines

    def _keep(self, piece: bytes) -> None:
        self._part += piece[: LONGEST - len(self._part)]

    def clear(self) -> None:
        """Forget an incomplete line."""
        self._part.clear()
