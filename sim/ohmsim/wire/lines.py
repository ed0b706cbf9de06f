"""Bytes into lines."""

from __future__ import annotations

LONGEST = 1 << 16
"""Bytes of one line that are kept: four times what the protocol allows, so that the board itself sees the excess."""


INTERRUPT = b"\x03"


class LineSplitter:
    """Gathers the bytes of one client into whole lines, so that lines of several clients are merged unbroken.

    A client that sends Ctrl-C at the start of a line wants the console of the board, which knows no lines: its bytes
    are passed on as they come from then on.
    """

    def __init__(self) -> None:
        self._part = bytearray()
        self._console = False

    def feed(self, data: bytes) -> list[bytes]:
        """Take bytes; return the lines that are complete now, each with its end.

        What a line has beyond LONGEST bytes is dropped.
        """
        if self._console or self._wants_console(data):
            self._console = True
            piece = bytes(self._part) + data
            self._part.clear()
            return [piece]
        *whole, rest = data.split(b"\n")
        lines = []
        for piece in whole:
            self._keep(piece)
            lines.append(bytes(self._part) + b"\n")
            self._part.clear()
        self._keep(rest)
        return lines

    def _wants_console(self, data: bytes) -> bool:
        before, interrupt, _ = data.partition(INTERRUPT)
        return bool(interrupt) and (bytes(self._part) + before)[-1:] in (b"", b"\r", b"\n")

    def _keep(self, piece: bytes) -> None:
        self._part += piece[: LONGEST - len(self._part)]

    def clear(self) -> None:
        """Forget an incomplete line; what comes is another client's."""
        self._part.clear()
        self._console = False
