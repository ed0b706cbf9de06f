"""Images that a test can damage: a few blocks of UF2, with the manifest beside them."""

import json
import struct
from hashlib import sha256
from pathlib import Path

RP2040 = 0xE48BFF56
BLOCKS = 400
"""More than two pieces of a copy."""


def block(
    number: int,
    count: int = BLOCKS,
    *,
    family: int = RP2040,
    flags: int = 0x2000,
    size: int = 256,
    address: int | None = None,
) -> bytes:
    """One block as the UF2 specification draws it."""
    place = 0x10000000 + 256 * number if address is None else address
    head = struct.pack("<8I", 0x0A324655, 0x9E5D5157, flags, place, size, number, count, family)
    return head + bytes([number % 251]) * 476 + struct.pack("<I", 0x0AB16F30)


def uf2(count: int = BLOCKS) -> bytes:
    """A whole image."""
    return b"".join(block(number, count) for number in range(count))


def write_image(folder: Path, data: bytes, firmware: str = "0.1.0", *, manifest: bool = True) -> Path:
    """An image and, if asked for, the manifest of it."""
    path = folder / f"ohmboard-ohm8-{firmware}.uf2"
    path.write_bytes(data)
    if manifest:
        said = {"firmware": firmware, "files": {path.name: {"bytes": len(data), "sha256": sha256(data).hexdigest()}}}
        path.with_suffix(".json").write_text(json.dumps(said))
    return path


def show_drive(folder: Path, board: str = "RPI-RP2") -> Path:
    """A folder as the boot ROM's drive looks."""
    folder.mkdir(parents=True)
    (folder / "INFO_UF2.TXT").write_text(f"UF2 Bootloader v3.0\nModel: Raspberry Pi RP2\nBoard-ID: {board}\n")
    return folder
