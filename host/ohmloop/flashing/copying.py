"""The image onto the drive, in pieces that have really arrived when they are reported."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable

from ohmloop.flashing.drive import BootDrive
from ohmloop.flashing.errors import DriveFull, DriveLost
from ohmloop.flashing.image import Image

PIECE_BYTES = 32 * 1024
"""What is written between two looks at the drive."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


def copy_image(image: Image, drive: BootDrive, tell: Callable[[int], None]) -> None:
    """Copy `image` onto `drive`; `tell` is called with the bytes that have arrived, all of them at the end.

    The boot ROM restarts the board as soon as it has the last block, so the drive may be gone before the end of its
    file has been confirmed: that is no error here, the board then says what it runs.
    Raises DriveFull, DriveLost; the board's flash holds a part of the image then, and it stays in BOOTSEL mode.
    """
    place, size = drive.folder / image.path.name, len(image.data)
    done = 0
    try:
        with place.open("wb", buffering=0) as file:
            while done < size:
                if not drive.present:
                    raise DriveLost(_lost(drive, done, size))
                done += file.write(image.data[done : done + PIECE_BYTES])
                if done < size:
                    os.fsync(file.fileno())
                    tell(done)
            _confirm(file.fileno())
    except OSError as error:
        if error.errno in _FULL:
            raise DriveFull(
                f"the drive {drive.folder} is full after {done} of {size} bytes: unplug the board, plug it in again "
                "with BOOTSEL held, and copy nothing else onto it"
            ) from error
        raise DriveLost(f"{_lost(drive, done, size)} ({error.strerror})") from error
    tell(size)


def _confirm(descriptor: int) -> None:
    """Wait until the end is written, if it can be told."""
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno in _FULL:
            raise


def _lost(drive: BootDrive, done: int, size: int) -> str:
    return (
        f"the drive {drive.folder} was lost after {done} of {size} bytes: check the cable, plug the board in with "
        "BOOTSEL held, and start again"
    )
