"""The drive is found among what is mounted, and nothing else is taken for one."""

from pathlib import Path

import pytest
from tests.flashing.images import show_drive

from ohmloop.flashing import BootDrive, await_drive, find_drive
from ohmloop.flashing.errors import NoDrive, SeveralDrives, WrongDrive


def mounts(folder: Path, *places: Path, kind: str = "vfat") -> Path:
    """A table as Linux writes it."""
    table = folder / "mounts"
    rows = ["proc /proc proc rw 0 0", "/dev/sda1 / ext4 rw,relatime 0 0"]
    rows += [f"/dev/sdb1 {str(place).replace(' ', chr(92) + '040')} {kind} rw,nosuid 0 0" for place in places]
    table.write_text("\n".join(rows) + "\n")
    return table


def test_the_one_drive_is_found_even_with_a_blank_in_its_name(tmp_path: Path) -> None:
    drive = show_drive(tmp_path / "my media" / "RPI-RP2")
    (tmp_path / "stick").mkdir()
    assert find_drive(mounts(tmp_path, tmp_path / "stick", drive)) == BootDrive(drive)


def test_no_drive_says_which_button(tmp_path: Path) -> None:
    (tmp_path / "stick").mkdir()
    with pytest.raises(NoDrive, match="hold BOOTSEL while you plug the board in"):
        find_drive(mounts(tmp_path, tmp_path / "stick"))


def test_a_drive_is_looked_for_on_its_kind_of_file_system_only(tmp_path: Path) -> None:
    """A network share that hangs must not hang us."""
    drive = show_drive(tmp_path / "RPI-RP2")
    with pytest.raises(NoDrive):
        find_drive(mounts(tmp_path, drive, kind="nfs4"))


def test_several_drives_are_named(tmp_path: Path) -> None:
    drives = [show_drive(tmp_path / name) for name in ("RPI-RP2", "RPI-RP21")]
    with pytest.raises(SeveralDrives, match="--drive FOLDER") as raised:
        find_drive(mounts(tmp_path, *drives))
    assert all(str(drive) in str(raised.value) for drive in drives)


def test_a_drive_that_was_there_before_is_not_the_one(tmp_path: Path) -> None:
    old, new = (BootDrive(show_drive(tmp_path / name)) for name in ("old", "new"))
    assert find_drive(mounts(tmp_path, old.folder, new.folder), others=[old]) == new


def test_a_drive_is_waited_for_until_it_is_there(tmp_path: Path) -> None:
    looks = []

    def look() -> BootDrive:
        looks.append(None)
        if len(looks) == 3:
            show_drive(tmp_path / "RPI-RP2")
        return BootDrive.at(tmp_path / "RPI-RP2")

    assert await_drive(look, 60.0).folder == tmp_path / "RPI-RP2"
    with pytest.raises(NoDrive, match="no drive of a board"):
        await_drive(lambda: BootDrive.at(tmp_path), 0.0)


def test_the_drive_of_another_processor_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WrongDrive, match="'RP2350', not 'RPI-RP2'"):
        BootDrive.at(show_drive(tmp_path / "RP2350", board="RP2350"))


def test_any_other_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NoDrive, match="no drive of a board"):
        BootDrive.at(tmp_path)
