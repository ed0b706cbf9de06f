"""The drive that a Pico shows in BOOTSEL mode: whatever image is copied onto it goes into the flash."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from ohmloop.flashing.errors import NoDrive, SeveralDrives, WrongDrive

ABOUT = "INFO_UF2.TXT"
"""A file that every boot loader which takes UF2 shows (UF2 specification)."""
BOARD_ID = "RPI-RP2"
"""What the RP2040's boot ROM calls itself there, and the label of its drive."""

LOOK_EVERY_S = 0.2

_MOUNTS = Path("/proc/self/mounts")
_FILE_SYSTEMS = ("vfat", "msdos")
_LABELLED = Path("/dev/disk/by-label")
_VOLUMES = Path("/Volumes")

_ADVICE = "hold BOOTSEL while you plug the board in, or give --device of a board that runs"


@dataclass(frozen=True, slots=True)
class BootDrive:
    """The drive of one board, mounted at a folder."""

    folder: Path

    @classmethod
    def at(cls, folder: Path) -> Self:
        """The drive at a folder. Raises NoDrive, WrongDrive for one of another processor."""
        try:
            text = (folder / ABOUT).read_text(encoding="ascii", errors="replace")
        except OSError as error:
            raise NoDrive(f"{folder} is no drive of a board ({ABOUT}: {error.strerror}); {_ADVICE}") from None
        said = dict(line.split(": ", 1) for line in text.splitlines() if ": " in line)
        if said.get("Board-ID") != BOARD_ID:
            raise WrongDrive(
                f"{folder} is the drive of {said.get('Board-ID', 'something unnamed')!r}, not {BOARD_ID!r}"
            )
        return cls(folder)

    @property
    def present(self) -> bool:
        """Whether it is still there."""
        return (self.folder / ABOUT).exists()


def mounted_drives(mounts: Path = _MOUNTS) -> Sequence[BootDrive]:
    """The drives of all boards in BOOTSEL mode that are mounted. `mounts` is Linux's table of what is mounted."""
    return _drives(_VOLUMES.iterdir() if sys.platform == "darwin" else _mount_points(mounts))


def find_drive(mounts: Path = _MOUNTS, *, others: Collection[BootDrive] = ()) -> BootDrive:
    """The one drive that is mounted, besides `others`. Raises NoDrive, SeveralDrives."""
    found = [drive for drive in mounted_drives(mounts) if drive not in others]
    if not found:
        waiting = _LABELLED / BOARD_ID
        if waiting.exists():
            raise NoDrive(
                f"the drive {BOARD_ID} is there and not mounted: udisksctl mount -b {waiting}, then once more"
            )
        raise NoDrive(f"no drive {BOARD_ID} is mounted: {_ADVICE}")
    if len(found) > 1:
        folders = ", ".join(str(drive.folder) for drive in found)
        raise SeveralDrives(f"{len(found)} boards show their drives ({folders}): choose with --drive FOLDER")
    return found[0]


def await_drive(look: Callable[[], BootDrive], within_s: float) -> BootDrive:
    """The drive that `look` finds, once it does. Raises what it raises when the time is over."""
    until_s = time.monotonic() + within_s
    while True:
        try:
            return look()
        except NoDrive:
            if time.monotonic() >= until_s:
                raise
        time.sleep(LOOK_EVERY_S)


def _drives(folders: Iterable[Path]) -> Sequence[BootDrive]:
    found = []
    for folder in folders:
        try:
            found.append(BootDrive.at(folder))
        except (NoDrive, WrongDrive):
            continue
    return found


def _mount_points(mounts: Path) -> Sequence[Path]:
    """Where file systems of the drive's kind are mounted; the table writes blanks as octal escapes."""
    rows = [line.split(" ") for line in mounts.read_text(encoding="utf-8", errors="surrogateescape").splitlines()]
    return sorted(
        Path(row[1].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\"))
        for row in rows
        if row[2] in _FILE_SYSTEMS
    )
