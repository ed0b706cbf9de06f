"""UF2, the format that the boot ROM of an RP2040 takes: 512-byte blocks, each saying where in flash it belongs.

Source: USB Flashing Format specification (Microsoft, github.com/microsoft/uf2); RP2040 datasheet, "UF2 Format Details".
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from ohmloop.flashing.errors import NotAnImage, TruncatedImage

BLOCK_BYTES = 512
PAYLOAD_BYTES = 256
"""What the boot ROM takes in one block: a page of flash."""

RP2040 = 0xE48BFF56
"""Family of the processor."""
FLASH_START = 0x10000000

_START = 0x0A324655, 0x9E5D5157
_END = 0x0AB16F30
_FAMILY_PRESENT = 0x2000
_HEADER = struct.Struct("<8I")
_TRAILER = struct.Struct("<I")


@dataclass(frozen=True, slots=True)
class Block:
    """One block: its place among `count`, where it goes, and what of."""

    number: int
    count: int
    address: int
    payload: bytes


def blocks(data: bytes) -> Iterator[Block]:
    """The blocks of an image for the RP2040, in order and without a gap from the start of its flash.

    Raises NotAnImage for anything else, TruncatedImage if blocks are missing at the end.
    """
    count = 0
    for number, start in enumerate(range(0, len(data), BLOCK_BYTES)):
        block = _block(data[start : start + BLOCK_BYTES], number)
        if (block.number, block.address) != (number, FLASH_START + number * PAYLOAD_BYTES):
            raise NotAnImage(f"block {number} calls itself {block.number} and goes to 0x{block.address:08x}")
        if number and block.count != count:
            raise NotAnImage(f"block {number} speaks of {block.count} blocks, the first one of {count}")
        count = block.count
        yield block
    if not data:
        raise TruncatedImage("it is empty")
    if len(data) != count * BLOCK_BYTES:
        raise TruncatedImage(f"it has {len(data) // BLOCK_BYTES} of its {count} blocks")


def _block(data: bytes, number: int) -> Block:
    if len(data) >= 8 and struct.unpack_from("<2I", data) != _START:
        raise NotAnImage(f"block {number} does not begin as UF2 does")
    if len(data) < BLOCK_BYTES:
        raise TruncatedImage(f"block {number} has {len(data)} of its {BLOCK_BYTES} bytes")
    _, _, flags, address, size, place, count, family = _HEADER.unpack_from(data)
    if _TRAILER.unpack_from(data, BLOCK_BYTES - _TRAILER.size) != (_END,):
        raise NotAnImage(f"block {number} does not end as UF2 does")
    if not flags & _FAMILY_PRESENT or family != RP2040:
        raise NotAnImage(f"block {number} is for processor family 0x{family:08x}, an RP2040 is 0x{RP2040:08x}")
    if flags != _FAMILY_PRESENT or size != PAYLOAD_BYTES:
        raise NotAnImage(f"block {number} has flags 0x{flags:x} and {size} bytes, which the boot ROM does not take")
    return Block(place, count, address, data[_HEADER.size : _HEADER.size + size])
