"""An image and what its manifest says of it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from typing import Self

from ohmloop.flashing.errors import AlteredImage, FlashError, NoImage, NotAnImage
from ohmloop.flashing.uf2 import PAYLOAD_BYTES, blocks

FOLDER = Path("build") / "firmware"
"""Where `make firmware` leaves what it builds, below the tree."""

ROOM_BYTES = (1024 - 128) * 1024
"""Flash in front of a deployed application (MICROPY_HW_ROMFS_BYTES) and of the file system, which keeps boot counter
and calibration (MICROPY_HW_FLASH_STORAGE_BYTES)."""


@dataclass(frozen=True, slots=True)
class Image:
    """A whole image for the board.

    Attributes:
        path: where it was read. data: its bytes, UF2.
        flash_bytes: what it takes of the flash.
        firmware: the version that its manifest states; None without a manifest.
    """

    path: Path
    data: bytes
    flash_bytes: int
    firmware: str | None

    @classmethod
    def load(cls, path: Path) -> Self:
        """Read an image and check every block of it, and its sum against the manifest that lies beside it, if one does.

        Raises NoImage, NotAnImage, TruncatedImage, AlteredImage.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            raise NoImage(f"cannot read the image {path}: {error.strerror}") from error
        try:
            flash_bytes = sum(len(block.payload) for block in blocks(data))
        except FlashError as error:
            raise type(error)(f"{path} is no image for the board: {error}; make firmware, or fetch it again") from None
        if flash_bytes > ROOM_BYTES:
            raise NotAnImage(f"{path} takes {flash_bytes} bytes of flash and would overwrite what the board keeps")
        return cls(path, data, flash_bytes, _stated(path, data))

    @property
    def pages(self) -> int:
        """Blocks, which is pages of flash."""
        return self.flash_bytes // PAYLOAD_BYTES


def default_image(folder: Path = FOLDER) -> Path:
    """The image in `folder` that goes with this ohmloop. Raises NoImage."""
    wanted = f"ohmboard-*-{version('ohmloop')}.uf2"
    found = sorted(folder.glob(wanted))
    if len(found) != 1:
        there = f"{len(found)} of them" if found else "none"
        raise NoImage(f"one image {wanted} is looked for in {folder}, there is {there}: make firmware, or --image FILE")
    return found[0]


def _stated(path: Path, data: bytes) -> str | None:
    manifest = path.with_suffix(".json")
    if not manifest.exists():
        return None
    try:
        said = json.loads(manifest.read_text(encoding="utf-8"))
        stated, firmware = said["files"][path.name]["sha256"], said["firmware"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise AlteredImage(f"the manifest {manifest} says nothing of {path.name} ({error!r}): make firmware") from error
    found = sha256(data).hexdigest()
    if found != stated:
        raise AlteredImage(
            f"{path} has the sha256 {found}, its manifest says {stated}: make firmware, or fetch both again"
        )
    return str(firmware)
