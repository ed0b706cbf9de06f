"""What the board says: replies in envelopes, bare answers, and unasked messages."""

import json

from ohmboard.envelope import TAIL
from ohmboard.errors import SYSTEM, message
from ohmboard.readings import Block, Readings
from ohmboard.sizes import REPLY_LINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Mapping, Union

    from ohmboard.session import Session
    from ohmboard.surfaces import Engine, Stream

    Payload = Union[None, str, memoryview, Readings]

UNASKED = 0
"""The id of a message that answers nothing."""

NEWLINE = 10


class Replies:
    """Writes to the stream; lines are put together in one preallocated buffer."""

    def __init__(self, stream: "Stream", engine: "Engine", session: "Session") -> None:
        self._stream = stream
        self._engine = engine
        self._session = session
        self._line = engine.buffer(REPLY_LINE)
        self._view = memoryview(self._line)

    def enveloped(self, number: int, code: int, payload: "Payload") -> None:
        """Send the one reply to an enveloped request."""
        head = b"@%d %d" % (number, code) + self._session.stamp
        at = len(head)
        self._view[:at] = head
        length = self._fill(self._view[at : REPLY_LINE - TAIL - 1], payload)
        if length < 0:
            self.enveloped(number, SYSTEM, message(SYSTEM, "the reply is too long"))
            return
        end = self._engine.seal_envelope(self._view, at + length)
        self._line[end] = NEWLINE
        self._stream.write(self._view[: end + 1])

    def unasked(self, kind: str, facts: "Mapping[str, object]") -> None:
        """Send a message that nobody asked for."""
        self.enveloped(UNASKED, 0, "%s %s" % (kind, json.dumps(facts)))

    def bare(self, payload: "Payload") -> None:
        """Send the answer of a bare line, without its end."""
        if isinstance(payload, Block):
            self._stream.write(_block_head(payload))
            self._stream.write(payload.raw())
        elif isinstance(payload, Readings):
            for piece in payload.pieces():
                self._stream.write((("," if piece[0] else "") + payload.text(piece)).encode())
        elif isinstance(payload, str):
            self._stream.write(payload.encode())
        elif payload is not None:
            self._stream.write(payload)

    def rendered(self, payload: "Payload") -> bytes:
        """One answer of several in a bare line, which are sent together."""
        if isinstance(payload, Block):
            return _block_head(payload) + bytes(payload.raw())
        if isinstance(payload, Readings):
            return payload.text(range(payload.count)).encode()
        if isinstance(payload, str):
            return payload.encode()
        return b"" if payload is None else bytes(payload)

    def end(self) -> None:
        """End a bare answer."""
        self._stream.write(b"\n")

    def _fill(self, into: memoryview, payload: "Payload") -> int:
        """Write the text of a reply; its length, or negative if it does not fit."""
        if payload is None:
            return 0
        if isinstance(payload, Readings):
            return payload.encode(self._engine, into)
        data = payload.encode() if isinstance(payload, str) else payload
        if len(data) > len(into):
            return -1
        into[: len(data)] = data
        return len(data)


def _block_head(block: Block) -> bytes:
    """`#`, how many digits the size has, and the size in bytes (IEEE 488.2, definite length block)."""
    size = str(len(block.raw()))
    return ("#%d%s" % (len(size), size)).encode()
