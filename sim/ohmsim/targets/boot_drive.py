"""The drive that a Pico shows in BOOTSEL mode, as a folder: an image that is copied into it goes into the flash."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

ABOUT = "UF2 Bootloader v3.0\nModel: Raspberry Pi RP2\nBoard-ID: RPI-RP2\n"
"""INFO_UF2.TXT of the RP2040's boot ROM."""

BLOCK_BYTES = 512
_COUNT = struct.Struct("<24xI")
"""How many blocks an image has, in each of them (UF2 specification)."""


class BootDrive:
    """The drive of one board; it is there only while the board is in BOOTSEL mode."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def show(self) -> None:
        """The board is in BOOTSEL mode."""
        self._folder.mkdir(parents=True)
        about = self._folder / "INFO_UF2.tmp"
        about.write_text(ABOUT, encoding="ascii")
        about.rename(self._folder / "INFO_UF2.TXT")

    def image(self) -> bytes | None:
        """An image that has come whole, or None."""
        for path in self._folder.glob("*.[uU][fF]2"):
            data = path.read_bytes()
            if len(data) >= BLOCK_BYTES and len(data) >= _COUNT.unpack_from(data)[0] * BLOCK_BYTES:
                return data
        return None

    def hide(self) -> None:
        """The board leaves BOOTSEL mode."""
        shutil.rmtree(self._folder, ignore_errors=True)
