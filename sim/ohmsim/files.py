"""The board's flash: named files in memory or in a folder. A write can be cut in the middle, as by a lost supply."""

from __future__ import annotations

import errno
import re
from abc import ABC, abstractmethod
from pathlib import Path

from ohmsim.errors import ParameterError

NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,63}")


class PowerLost(BaseException):
    """The supply went away in the middle of a write. Not an Exception: no application catches a lost supply."""


class Files(ABC):
    """Raw files of a board: no protection against a cut, that is the application's task.

    Attributes:
        cut_after: bytes of the next write that still reach the flash, None for all; then the supply is lost.
        full: nothing can be written.
    """

    def __init__(self) -> None:
        self.cut_after: int | None = None
        self.full = False

    def write(self, name: str, data: bytes) -> None:
        """Replace a file. Raises PowerLost if the write is cut; the file then holds a part of `data`.

        Raises OSError (ENOSPC) if the flash is full.
        """
        _check(name)
        if self.full:
            raise OSError(errno.ENOSPC, "the flash is full")
        cut, self.cut_after = self.cut_after, None
        self._put(name, bytes(data if cut is None else data[:cut]))
        if cut is not None:
            raise PowerLost

    def read(self, name: str) -> bytes | None:
        """Contents of a file, or None if there is none."""
        _check(name)
        return self._get(name)

    @abstractmethod
    def remove(self, name: str) -> None:
        """Remove a file; nothing happens if there is none."""

    @abstractmethod
    def names(self) -> list[str]:
        """Names of all files, sorted."""

    @abstractmethod
    def _put(self, name: str, data: bytes) -> None: ...

    @abstractmethod
    def _get(self, name: str) -> bytes | None: ...


class MemoryFiles(Files):
    """Files that live as long as the emulator."""

    def __init__(self) -> None:
        super().__init__()
        self._files: dict[str, bytes] = {}

    def remove(self, name: str) -> None:
        """Remove a file; nothing happens if there is none."""
        self._files.pop(name, None)

    def names(self) -> list[str]:
        """Names of all files, sorted."""
        return sorted(self._files)

    def _put(self, name: str, data: bytes) -> None:
        self._files[name] = data

    def _get(self, name: str) -> bytes | None:
        return self._files.get(name)


class FolderFiles(Files):
    """Files in a folder, which is made if need be."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def remove(self, name: str) -> None:
        """Remove a file; nothing happens if there is none."""
        _check(name)
        (self._folder / name).unlink(missing_ok=True)

    def names(self) -> list[str]:
        """Names of all files, sorted."""
        return sorted(path.name for path in self._folder.iterdir() if path.is_file())

    def _put(self, name: str, data: bytes) -> None:
        (self._folder / name).write_bytes(data)

    def _get(self, name: str) -> bytes | None:
        path = self._folder / name
        return path.read_bytes() if path.is_file() else None


def _check(name: str) -> None:
    if NAME.fullmatch(name) is None:
        raise ParameterError("file name", name, "1 to 64 letters, digits, points, hyphens and underscores")
