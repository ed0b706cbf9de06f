"""Which application runs: the image's, or one that was deployed beside it.

A deployed application lies in the flash as a ROMFS (MicroPython 1.25, `mpremote romfs`); its bytecode runs from there.
It counts once it is sealed, and for the image that it was sealed on: the last block holds the CRC-32 of that image and
of the file system. So a deployment that was interrupted, or that another image was written after, is passed over, and
so is an application that cannot be loaded or that the watchdog ended.
"""

import binascii
import struct
import sys

import uctypes
import vfs

PACKAGE = "ohmboard"
PLACE = "/rom"
"""Where MicroPython mounts the file system."""

IMAGE_START = 0x10000000
"""The image lies between here and the ROMFS (RP2040 datasheet, 2.6.3: flash, executed in place)."""

BLOCK = 4096
SEAL = "<II"
SIGNATURE = b"\xd2\xcd\x31"
"""First bytes of a ROMFS (MicroPython, extmod/vfs_rom.c); its length follows, seven bits a byte."""
LENGTH_BYTES = 5

SEGMENT = 2
ERASE = 6
"""Of MicroPython's `vfs.rom_ioctl` and of its block devices."""


class Application:
    """The application of this start.

    Attributes:
        facts: what the board says of it: `application`, the CRC-32 of the file system of a deployed one, in hex, or
            `passed_over`, why the one that is deployed is not it; nothing for the image's.
    """

    def __init__(self, boot_reason: str) -> None:
        self.facts = {}  # type: dict[str, str]
        rom = vfs.rom_ioctl(SEGMENT, 0)
        if bytes(memoryview(rom)[: len(SIGNATURE)]) != SIGNATURE:
            return
        content = _content(rom)
        image, crc = struct.unpack_from(SEAL, memoryview(rom), len(memoryview(rom)) - BLOCK)
        if content is None or binascii.crc32(content) != crc:
            self.facts["passed_over"] = "is not whole"
        elif _image(rom) != image:
            self.facts["passed_over"] = "was deployed onto another image"
        elif boot_reason == "watchdog":
            self.facts["passed_over"] = "was ended by the watchdog"
        else:
            self.facts["application"] = "%08x" % crc

    def board(self) -> type:
        """Its class `Board`. The file system of the board comes last: nothing there hides a part of an application."""
        if "application" in self.facts:
            try:
                return _load(PLACE)
            except Exception as error:  # noqa: BLE001 - whatever it is, the image has one that works
                self.facts = {"passed_over": "cannot be loaded: %s: %s" % (type(error).__name__, error)}
                for name in list(sys.modules):
                    if name.split(".")[0] == PACKAGE:
                        del sys.modules[name]
        return _load(".frozen")


def seal(crc: int) -> None:
    """Make what has been deployed count, if it has the CRC-32 of what was sent. Raises ValueError if it has not."""
    rom = vfs.rom_ioctl(SEGMENT, 0)
    content = _content(rom)
    if content is None or binascii.crc32(content) != crc:
        raise ValueError("what was deployed did not arrive whole, or is too large")
    record = struct.pack(SEAL, _image(rom), crc)
    rom.writeblocks(len(memoryview(rom)) // BLOCK - 1, record + b"\xff" * (BLOCK - len(record)))


def remove() -> None:
    """Erase the beginning of what has been deployed: the image's application runs from the next start on."""
    vfs.rom_ioctl(SEGMENT, 0).ioctl(ERASE, 0)


def _load(place: str) -> type:
    if place in sys.path:
        sys.path.remove(place)
    sys.path.insert(0, place)
    from ohmboard.board import Board

    return Board


def _content(rom: "object") -> "memoryview | None":
    """The file system in `rom` as its head states it, or None if the last block would not be free."""
    view = memoryview(rom)
    end = 0
    for place in range(len(SIGNATURE), len(SIGNATURE) + LENGTH_BYTES):
        end = end << 7 | view[place] & 0x7F
        if view[place] < 0x80:
            end += place + 1
            return view[:end] if end <= len(view) - BLOCK else None
    return None


def _image(rom: "object") -> int:
    """CRC-32 of all that lies in front of the ROMFS."""
    return binascii.crc32(uctypes.bytearray_at(IMAGE_START, uctypes.addressof(rom) - IMAGE_START))
