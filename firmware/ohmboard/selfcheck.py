"""What the board can find out about itself without energising a line."""

import struct

from ohmboard.engine_codes import LIMIT_COUNT, OK
from ohmboard.sizes import WORD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ohmboard.surfaces import Engine

PLAIN = b"ohmloop\x00\xff"
CODED = b"b2htbG9vcAD/"
"""The same bytes in base64, RFC 4648 section 4."""


def self_check(engine: "Engine") -> "str | None":
    """The first fault found, or None: safe state, limits, bulk codec, clock."""
    if engine.safe() != OK:
        return "the lines cannot be put into their safe state"
    limits = bytearray(WORD * LIMIT_COUNT)
    if engine.limits(limits) != OK or any([value < 0 for value in struct.unpack("<6i", limits)]):
        return "the limits are damaged"
    coded = bytearray(len(CODED))
    if engine.encode(bytearray(PLAIN), len(PLAIN), coded) != len(CODED) or bytes(coded) != CODED:
        return "the bulk codec encodes wrongly"
    plain = bytearray(len(PLAIN))
    if engine.decode(coded, len(coded), plain) != len(PLAIN) or bytes(plain) != PLAIN:
        return "the bulk codec decodes wrongly"
    before = engine.time_us()
    if engine.time_us() < before:
        return "the clock runs backwards"
    return None
