"""The engine's refusals and failures in the words of the wire: which cell, what was asked, what the limit is."""

import struct

from ohmboard import engine_codes as engine_code
from ohmboard import errors
from ohmboard.engine_codes import INFO_COUNT, RANGES
from ohmboard.errors import Refusal
from ohmboard.numbers import fixed
from ohmboard.sizes import WORD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ohmboard.surfaces import Engine

CODES = {
    engine_code.OK: 0,
    engine_code.E_ARGUMENT: errors.OUT_OF_RANGE,
    engine_code.E_UNARMED: errors.UNARMED,
    engine_code.E_VOLTAGE: errors.VOLTAGE,
    engine_code.E_READ_VOLTAGE: errors.READ_VOLTAGE,
    engine_code.E_WIDTH: errors.WIDTH,
    engine_code.E_RANGE: errors.RANGE,
    engine_code.E_COUNT: errors.COUNT,
    engine_code.E_DURATION: errors.DURATION,
    engine_code.E_LINE: errors.LINE,
    engine_code.E_TRIP: errors.TRIPPED,
    engine_code.E_ABORTED: errors.ABORTED,
    engine_code.E_CONVERTER: errors.CONVERTER,
    engine_code.E_BUSY: errors.BUSY,
    engine_code.E_CALIBRATION: errors.CALIBRATION,
    engine_code.E_RAIL: errors.RAIL,
    engine_code.E_COLUMN: errors.COLUMN,
}

IN_VOLTS = (engine_code.E_VOLTAGE, engine_code.E_READ_VOLTAGE, engine_code.E_LINE)
RAIL_NAMES = ("positive", "negative")
IN_SECONDS = (engine_code.E_WIDTH, engine_code.E_DURATION)


class Info:
    """Where the engine's last refusal or failure was: numbers as in enum ohm_info."""

    def __init__(self, engine: "Engine") -> None:
        out = bytearray(WORD * INFO_COUNT)
        engine.info(out)
        fields = struct.unpack_from("<7i", out, 0)
        self.status, self.item, self.row, self.col, self.asked, self.worst, self.limit = fields

    def place(self) -> str:
        """The cell or line, or nothing."""
        if self.row >= 0 and self.col >= 0:
            return "cell %d,%d " % (self.row, self.col)
        if self.row >= 0:
            return "row %d " % self.row
        if self.col >= 0:
            return "column %d " % self.col
        return ""


def code_of(status: int) -> int:
    """The error number of an engine status."""
    return CODES.get(status, errors.SYSTEM)


def refusal(engine: "Engine", status: int) -> Refusal:
    """What the engine refused, as an error with cell and numbers."""
    return Refusal(code_of(status), detail(Info(engine), status))


def detail(info: Info, status: int) -> str:
    """Place, what was asked, its worst case and the limit, in SI units."""
    if status in IN_VOLTS:
        return "%sasked %s V, worst case %s V, limit %s V" % (
            info.place(),
            fixed(info.asked, 6),
            fixed(info.worst, 6),
            fixed(info.limit, 6),
        )
    if status in IN_SECONDS:
        return "%sasked %s s, limit %s s" % (info.place(), fixed(info.asked, 9), fixed(info.limit, 9))
    if status == engine_code.E_RAIL:
        return rail(info)
    if status == engine_code.E_RANGE:
        return "asked %s, limit %s" % (_range(info.asked), _range(info.limit))
    if status == engine_code.E_COLUMN:
        return "%sasked %s V on its column, limit %s V in range %s" % (
            info.place(),
            fixed(info.asked, 6),
            fixed(info.limit, 6),
            _range(info.worst),
        )
    if status == engine_code.E_COUNT:
        return "%sasked %d, limit %d" % (info.place(), info.asked, info.limit)
    if status == engine_code.E_ARGUMENT:
        return "%sitem %d, asked %d" % (info.place(), info.item, info.asked)
    return info.place().strip()


def rail(info: Info) -> str:
    """Which supply is out of bounds, and what its monitor sees."""
    return "%s rail at %s V, limit %s V" % (RAIL_NAMES[info.item], fixed(info.asked, 6), fixed(info.limit, 6))


def _range(place: int) -> str:
    return RANGES[place] if 0 <= place < len(RANGES) else str(place)
