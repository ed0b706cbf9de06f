"""Records that survive a reset in the middle of a write: two slots each, the newer valid one counts."""

import binascii
import struct

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ohmboard.surfaces import Files

HEAD = "<II"
"""Sequence number, length of the content; the content follows, then the CRC-32 of all that."""
HEAD_BYTES = 8
CRC_BYTES = 4

SLOTS = (".a", ".b")
SEQUENCES = 1 << 32


class Store:
    """Named records on raw files.

    A write goes to the slot that does not hold the newest content, so that until its last byte is there the old
    content stays what a boot finds. Write only with the lines in their safe state: flash stops the processor.
    """

    def __init__(self, files: "Files") -> None:
        self._files = files

    def load(self, name: str) -> "bytes | None":
        """The newest valid content of a record, or None."""
        return self._newest(name)[2]

    def save(self, name: str, content: bytes) -> bool:
        """Replace the content; False if the files refuse or do not keep it."""
        slot, sequence, _ = self._newest(name)
        target = name + SLOTS[1 - slot]
        body = struct.pack(HEAD, (sequence + 1) % SEQUENCES, len(content)) + content
        try:
            self._files.write(target, body + struct.pack("<I", binascii.crc32(body) & 0xFFFFFFFF))
        except OSError:
            return False
        return self.load(name) == content

    def damaged(self, name: str) -> bool:
        """Whether there are slots of a record and none of them is valid."""
        return self.load(name) is None and any([self._read(name + suffix) is not None for suffix in SLOTS])

    def describe(self) -> "dict[str, dict[str, int]]":
        """Each file with its size and its sequence number (-1 if it is not valid)."""
        found = {}  # type: dict[str, dict[str, int]]
        try:
            names = self._files.names()
        except OSError:
            return found
        for name in names:
            data = self._read(name)
            valid = _open(data)
            found[name] = {"bytes": 0 if data is None else len(data), "sequence": -1 if valid is None else valid[0]}
        return found

    def _newest(self, name: str) -> "tuple[int, int, bytes | None]":
        """Slot, sequence and content of the newest valid slot; slot 1, sequence 0 if there is none."""
        slot, sequence, content = 1, 0, None  # type: int, int, bytes | None
        for place, suffix in enumerate(SLOTS):
            valid = _open(self._read(name + suffix))
            if valid is not None and (content is None or _later(valid[0], sequence)):
                slot, sequence, content = place, valid[0], valid[1]
        return slot, sequence, content

    def _read(self, name: str) -> "bytes | None":
        try:
            return self._files.read(name)
        except OSError:
            return None


def _later(sequence: int, other: int) -> bool:
    """Whether a sequence number is the later one, across the wrap."""
    return 0 < (sequence - other) % SEQUENCES < SEQUENCES // 2


def _open(data: "bytes | None") -> "tuple[int, bytes] | None":
    """Sequence number and content of a slot, if it is valid."""
    if data is None or len(data) < HEAD_BYTES + CRC_BYTES:
        return None
    sequence, length = struct.unpack_from(HEAD, data, 0)
    end = HEAD_BYTES + length
    if len(data) < end + CRC_BYTES:
        return None
    if struct.unpack_from("<I", data, end)[0] != binascii.crc32(data[:end]) & 0xFFFFFFFF:
        return None
    return sequence, data[HEAD_BYTES:end]
