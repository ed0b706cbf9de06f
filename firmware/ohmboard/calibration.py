"""Corrections of the line drivers: offset and gain of each line, in force at once, kept when saved."""

import binascii
import struct

from ohmboard.engine_codes import OK, TABLE_COL_GAIN_PPM, TABLE_COL_OFFSET_UV, TABLE_ROW_GAIN_PPM, TABLE_ROW_OFFSET_UV
from ohmboard.errors import OUT_OF_RANGE, Refusal
from ohmboard.refusals import refusal
from ohmboard.sizes import WORD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ohmboard.store import Store
    from ohmboard.surfaces import Engine

RECORD = "calibration"

SIDES = ("ROW", "COL")
KINDS = ("OFFSet", "GAIN")
OFFSET = 0
PLACES = ((TABLE_ROW_OFFSET_UV, TABLE_ROW_GAIN_PPM), (TABLE_COL_OFFSET_UV, TABLE_COL_GAIN_PPM))
"""Table of a side and a kind."""


class Calibration:
    """Four tables of int32 in the order of enum ohm_table: offsets in uV and gains in ppm of rows, then columns."""

    def __init__(self, engine: "Engine", store: "Store", rows: int, cols: int) -> None:
        self._engine = engine
        self._store = store
        self._geometry = struct.pack("<HH", rows, cols)
        self._tables = [bytearray(WORD * rows), bytearray(WORD * rows), bytearray(WORD * cols), bytearray(WORD * cols)]

    def restore(self) -> bool:
        """Put the saved tables in force at boot; False if something was saved and cannot be used."""
        saved = self._store.load(RECORD)
        if saved is None:
            return not self._store.damaged(RECORD)
        if saved[: len(self._geometry)] != self._geometry or len(saved) != len(self._image()):
            return False
        at = len(self._geometry)
        for place, table in enumerate(self._tables):
            table[:] = saved[at : at + len(table)]
            at += len(table)
            if self._engine.calibrate(place, table) != OK:
                self.reset()
                return False
        return True

    def save(self) -> bool:
        """Keep the tables in force. The lines must be in their safe state."""
        return self._store.save(RECORD, self._image())

    def reset(self) -> None:
        """No correction in force; what was saved stays saved. Raises Refusal."""
        for place, table in enumerate(self._tables):
            table[:] = bytes(len(table))
            self._load(place)

    def get(self, side: int, kind: int, index: int) -> int:
        """The correction of a line, uV or ppm. Raises Refusal if there is no such line."""
        table = self._table(side, kind, index)
        return int(struct.unpack_from("<i", table, WORD * index)[0])

    def set(self, side: int, kind: int, index: int, value: int) -> None:
        """Correct a line. Raises Refusal, and then the old correction stays."""
        table = self._table(side, kind, index)
        before = self.get(side, kind, index)
        struct.pack_into("<i", table, WORD * index, value)
        try:
            self._load(PLACES[side][kind])
        except Refusal:
            struct.pack_into("<i", table, WORD * index, before)
            self._load(PLACES[side][kind])
            raise

    def identity(self) -> str:
        """CRC-32 of the tables in force, eight hex digits, or `none` without any correction."""
        image = self._image()
        if not any(image[len(self._geometry) :]):
            return "none"
        return "%08x" % (binascii.crc32(image) & 0xFFFFFFFF)

    def _image(self) -> bytes:
        image = self._geometry
        for table in self._tables:
            image += bytes(table)
        return image

    def _load(self, place: int) -> None:
        status = self._engine.calibrate(place, self._tables[place])
        if status != OK:
            raise refusal(self._engine, status)

    def _table(self, side: int, kind: int, index: int) -> bytearray:
        table = self._tables[PLACES[side][kind]]
        lines = len(table) // WORD
        if index >= lines:
            raise Refusal(OUT_OF_RANGE, "%s %d, not 0 to %d" % (SIDES[side], index, lines - 1))
        return table
