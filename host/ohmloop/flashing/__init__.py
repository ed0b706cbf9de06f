"""Puts firmware onto a board: images, the drive that a Pico shows in BOOTSEL mode, the application alone."""

from ohmloop.flashing.application import Application, deploy_application, remove_application
from ohmloop.flashing.copying import copy_image
from ohmloop.flashing.drive import BootDrive, await_drive, find_drive, mounted_drives
from ohmloop.flashing.errors import FlashError
from ohmloop.flashing.image import Image, default_image

__all__ = [
    "Application",
    "BootDrive",
    "FlashError",
    "Image",
    "await_drive",
    "copy_image",
    "default_image",
    "deploy_application",
    "find_drive",
    "mounted_drives",
    "remove_application",
]
