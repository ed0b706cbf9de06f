r"""The envelope around every request of a program and every reply to it.

Request: `@<id>[/<lease>] <body> *<crc>`; reply: `@<id> <code> <epoch>.<generation> <text> *<crc>`; each ends with `\n`.
The CRC-32 covers everything before ` *`. Id 0 marks messages that nobody asked for.
"""

from __future__ import annotations

import re
from binascii import crc32
from dataclasses import dataclass

from ohmloop.crossbar import ProtocolError

MAX_LINE = 16384
"""Longest line in bytes, its end not counted."""

_REPLY = re.compile(
    rb"@(?P<id>\d{1,10}) (?P<code>-?\d{1,6}) (?P<epoch>[0-9a-f]{16})\.(?P<generation>\d{1,20}) (?P<text>.*)"
)
_CRC = re.compile(rb" \*([0-9a-f]{8})")
_PRINTABLE = re.compile(r"[ -~]*")


@dataclass(frozen=True, slots=True)
class Frame:
    """A reply or an unasked message of a board.

    Attributes:
        id: of the request it answers; 0 if nobody asked.
        code: 0 = done, else the board's error number.
        epoch: of the boot that answers, 16 hex digits.
        generation: of the set-up and of the lease when it answered.
        text: the answer, or the message of an error.
    """

    id: int
    code: int
    epoch: str
    generation: int
    text: str


def encode_request(request_id: int, body: str, lease: str | None = None) -> bytes:
    """One request as a line with its end.

    Raises ProtocolError if `body` is not printable ASCII or the line would be longer than MAX_LINE.
    """
    if not _PRINTABLE.fullmatch(body):
        raise ProtocolError(f"a request must be printable ASCII, not {body[:80]!r}")
    covered = f"@{request_id}{f'/{lease}' if lease else ''} {body}".encode("ascii")
    line = b"%s *%08x" % (covered, crc32(covered))
    if len(line) > MAX_LINE:
        raise ProtocolError(f"a request of {len(line)} bytes is longer than the {MAX_LINE} that a board accepts")
    return line + b"\n"


def decode_frame(line: bytes) -> Frame | None:
    """The frame in a received line (without its end), or None if it is none or damaged."""
    covered, mark = line[:-10], _CRC.fullmatch(line[-10:])
    if mark is None or int(mark[1], 16) != crc32(covered):
        return None
    match = _REPLY.fullmatch(covered)
    if match is None:
        return None
    return Frame(
        int(match["id"]),
        int(match["code"]),
        match["epoch"].decode("ascii"),
        int(match["generation"]),
        match["text"].decode("latin-1"),
    )


class LineSplitter:
    r"""Cuts a byte stream into lines ended by `\n` (a `\r` before it is dropped); over-long lines are discarded."""

    def __init__(self) -> None:
        self._rest = bytearray()
        self._discarding = False

    def feed(self, data: bytes) -> list[bytes]:
        """The lines completed by `data`, without their ends."""
        *ended, rest = data.split(b"\n")
        lines = []
        for part in ended:
            self._rest += part
            if not self._discarding and len(self._rest) <= MAX_LINE + 1:
                lines.append(bytes(self._rest.removesuffix(b"\r")))
            self._rest.clear()
            self._discarding = False
        self._rest += rest
        if len(self._rest) > MAX_LINE + 1:
            self._rest.clear()
            self._discarding = True
        return lines
