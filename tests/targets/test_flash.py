"""What `ohmloop flash` wrote boots and answers: an emulated RP2040 in BOOTSEL mode takes the image from its drive."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.flashing.images import show_drive, write_image
from tests.targets.application import flash
from tests.targets.conftest import FIRMWARE, Start
from tests.targets.target import Session, Target

from ohmloop.flashing import default_image
from ohmloop.flashing.errors import NoImage

TEXTS = {
    "SYST:LEAS:REL": b"gives the lease back",
    "SYST:BOOT": b"leaves the application",
    "SYST:CLE": b"clears a latched shutdown",
}
"""Texts of the application's help. Not every one can be changed in an image: it may lie across two blocks."""


@pytest.fixture
def image() -> Path:
    try:
        return default_image(FIRMWARE)
    except NoImage:
        pytest.skip("needs make firmware")


@pytest.fixture
def drive(tmp_path: Path) -> Path:
    """Where the board shows its drive in BOOTSEL mode."""
    return tmp_path / "media" / "b0"


@pytest.fixture
def chip(start: Start, drive: Path) -> Target:
    return start("rp2040", drive=str(drive.parent))


def test_the_image_that_was_written_is_the_one_that_runs(
    chip: Target, image: Path, drive: Path, tmp_path: Path
) -> None:
    """It differs from the one that ran before in a few words of its help."""
    data = image.read_bytes()
    command, text = next((name, text) for name, text in TEXTS.items() if data.count(text) == 1)
    chip.control.ask("reset", bootsel=True)
    other = write_image(tmp_path, data.replace(text, text.upper()), version("ohmloop"))
    done = flash("--image", other, "--drive", drive, "--device", chip.url)
    assert done.returncode == 0, done.stderr
    assert f"firmware {version('ohmloop')}" in done.stdout
    assert not drive.exists()
    chip.reconnect()
    assert text.upper().decode() in chip.wire.ask(f"SYST:HELP? {command}")


def test_a_running_board_goes_to_its_boot_loader_when_it_is_named(chip: Target, image: Path, drive: Path) -> None:
    epoch = chip.state()["epoch"]
    done = flash("--image", image, "--drive", drive, "--device", chip.url, "--json")
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert (said["url"], said["firmware"], said["drive"]) == (chip.url, version("ohmloop"), str(drive))
    chip.reconnect()
    assert chip.state()["epoch"] != epoch


def test_an_armed_board_is_not_sent_to_its_boot_loader(chip: Target, image: Path, drive: Path) -> None:
    session = Session(chip.wire)
    session.do("SYST:LEAS:REL")
    done = flash("--image", image, "--drive", drive, "--device", chip.url)
    assert (done.returncode, "a device is armed: DISarm first" in done.stderr) == (4, True), done.stderr
    assert chip.state()["epoch"] == session.state.epoch


def test_calibration_outlives_new_firmware(chip: Target, image: Path, drive: Path) -> None:
    assert chip.wire.request("CAL:LINE ROW,OFFS,3,1500 uV").code == 0
    assert chip.wire.request("CAL:SAVE").code == 0
    chip.control.ask("reset", bootsel=True)
    assert flash("--image", image, "--drive", drive, "--device", chip.url).returncode == 0
    chip.reconnect()
    assert float(chip.wire.request("CAL:LINE? ROW,OFFS,3").text) == 1500e-6


def test_a_board_that_runs_something_else_than_was_written_is_told(
    chip: Target, image: Path, drive: Path, tmp_path: Path
) -> None:
    """Here the manifest lies; on a board a deployed application would go before the one in the image."""
    chip.control.ask("reset", bootsel=True)
    done = flash("--image", write_image(tmp_path, image.read_bytes(), "9.9.9"), "--drive", drive, "--device", chip.url)
    assert done.returncode == 1
    assert "although 9.9.9 was written" in done.stderr


def test_a_board_that_does_not_come_back_is_an_error(image: Path, tmp_path: Path) -> None:
    drive = show_drive(tmp_path / "RPI-RP2")
    done = flash("--image", image, "--drive", drive, "--device", "tcp://127.0.0.1:1", "--wait", "1")
    assert done.returncode == 3
    assert "did not come back within 1 s" in done.stderr


def test_nothing_is_written_without_a_good_image(image: Path, tmp_path: Path) -> None:
    drive = show_drive(tmp_path / "RPI-RP2")
    before = sorted(drive.iterdir())
    cut = write_image(tmp_path, image.read_bytes()[:-512])
    done = flash("--image", cut, "--drive", drive)
    assert (done.returncode, "blocks" in done.stderr) == (1, True)
    assert sorted(drive.iterdir()) == before
