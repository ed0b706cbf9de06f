"""The board's files in the file system of its flash."""

import os

import ohm

FLASH_MS = 8000
"""Erasing and writing flash stops the processor for up to half a second a sector, with the lines safe."""


class FlashFiles:
    """Raw files in one folder. Any method may raise OSError."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        if folder[1:] not in os.listdir("/"):
            os.mkdir(folder)

    def read(self, name: str) -> "bytes | None":
        """The content, or None if there is no such file."""
        if name not in self.names():
            return None
        with open(self._path(name), "rb") as file:
            return file.read()

    def write(self, name: str, data: bytes) -> None:
        """Replace the content."""
        ohm.patience(FLASH_MS)
        try:
            with open(self._path(name), "wb") as file:
                file.write(data)
        finally:
            ohm.patience(0)

    def remove(self, name: str) -> None:
        """Remove the file."""
        ohm.patience(FLASH_MS)
        try:
            os.remove(self._path(name))
        finally:
            ohm.patience(0)

    def names(self) -> "list[str]":
        """What there is."""
        return os.listdir(self._folder)

    def _path(self, name: str) -> str:
        return self._folder + "/" + name
