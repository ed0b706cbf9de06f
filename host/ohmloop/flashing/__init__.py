"""Puts firmware onto a board: images, the drive that a Pico shows in BOOTSEL mode."""

from ohmloop.flashing.copying import copy_image
from ohmloop.flashing.drive import BootDrive, await_drive, find_drive, mounted_drives
from ohmloop.flashing.errors import FlashError
from ohmloop.flashing.image import Image, default_image

__all__ = [
    "BootDrive",
    "FlashError",
    "Image",
    "await_drive",
    "copy_image",
    "default_image",
    "find_drive",
    "mounted_drives",
]
