"""The copy arrives whole, or it is said how much of it did and why."""

import re
from pathlib import Path

import pytest
from tests.flashing.images import show_drive, uf2, write_image

from ohmloop.flashing import BootDrive, Image, copy_image
from ohmloop.flashing.copying import PIECE_BYTES
from ohmloop.flashing.errors import DriveFull, DriveLost


@pytest.fixture
def image(tmp_path: Path) -> Image:
    return Image.load(write_image(tmp_path, uf2()))


@pytest.fixture
def drive(tmp_path: Path) -> BootDrive:
    return BootDrive.at(show_drive(tmp_path / "RPI-RP2"))


def test_a_copy_is_whole_and_told_piece_by_piece(image: Image, drive: BootDrive) -> None:
    told: list[int] = []
    copy_image(image, drive, told.append)
    assert (drive.folder / image.path.name).read_bytes() == image.data
    assert told == [*range(PIECE_BYTES, len(image.data), PIECE_BYTES), len(image.data)]


def test_a_full_drive_is_an_error(image: Image, drive: BootDrive) -> None:
    (drive.folder / image.path.name).symlink_to("/dev/full")
    with pytest.raises(DriveFull, match=re.escape(f"full after 0 of {len(image.data)} bytes")):
        copy_image(image, drive, lambda _: None)


def test_a_drive_that_vanishes_early_is_an_error(image: Image, drive: BootDrive) -> None:
    def pull(done: int) -> None:
        if done >= 2 * PIECE_BYTES:
            (drive.folder / "INFO_UF2.TXT").unlink(missing_ok=True)

    with pytest.raises(DriveLost, match=f"lost after {2 * PIECE_BYTES} of {len(image.data)} bytes: check the cable"):
        copy_image(image, drive, pull)


def test_a_drive_that_vanishes_with_the_last_piece_is_a_restart(image: Image, drive: BootDrive) -> None:
    told: list[int] = []

    def restart(done: int) -> None:
        told.append(done)
        if done == len(image.data):
            (drive.folder / "INFO_UF2.TXT").unlink()

    copy_image(image, drive, restart)
    assert told[-1] == len(image.data)


def test_a_drive_that_refuses_to_be_written_is_an_error(image: Image, drive: BootDrive) -> None:
    (drive.folder / image.path.name).mkdir()
    with pytest.raises(DriveLost, match="Is a directory"):
        copy_image(image, drive, lambda _: None)
