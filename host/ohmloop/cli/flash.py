"""`ohmloop flash`: the firmware onto a board."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ohmloop.cli.failure import USAGE, CommandError
from ohmloop.cli.flash_report import report, say
from ohmloop.cli.output import AsJson

if TYPE_CHECKING:
    from ohmloop.flashing import BootDrive, Image

RETURN_S = 60.0
"""The first start of an image formats its file system."""

DRIVE_S = 20.0
"""Longest wait for the drive of a board that went into BOOTSEL mode, s: desktops take a few to mount it."""


def flash(
    image: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE",
            help="An image (.uf2), else the one that `make firmware` built; with --application a folder of sources.",
        ),
    ] = None,
    drive: Annotated[
        Path | None,
        typer.Option(metavar="FOLDER", help="Where the drive RPI-RP2 is mounted; else it is found."),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(
            "--device", "-d", metavar="URL", help="A running board, or where one comes back; else it is found."
        ),
    ] = None,
    application: Annotated[
        bool, typer.Option("--application", help="Only the application, beside the image of the board at --device.")
    ] = False,
    remove: Annotated[
        bool, typer.Option("--remove", help="With --application: go back to the application in the image.")
    ] = False,
    wait: Annotated[float, typer.Option(min=1, max=3600, help="Longest wait for the board, s.")] = RETURN_S,
    json: AsJson = False,
) -> None:
    """Write the firmware to a board that shows its drive: hold BOOTSEL while you plug it in.

    A running board that --device names shows its drive by itself, unless a device is armed. The image is checked block
    by block and against its manifest before anything is written. Then the board restarts and is asked what it runs.
    What it keeps in its file system (calibration, boot counter) stays.

    With --application only the MicroPython application is written, and runs instead of the one in the image until
    --remove, or until another image is written.
    """
    if application:
        if device is None or drive is not None:
            raise CommandError(
                "--application is for a running board: --device serial:///dev/ttyACM0, no --drive", USAGE
            )
        from ohmloop.cli import flash_application

        if not remove:
            flash_application.deploy(image, device, wait, json)
        elif image is None:
            flash_application.remove(device, wait, json)
        else:
            raise CommandError("--remove goes back to the application in the image: without --image", USAGE)
        return
    if remove:
        raise CommandError("--remove is for the application: --application --remove", USAGE)
    from ohmloop.flashing import Image, copy_image, default_image
    from ohmloop.flashing.application import BACK
    from ohmloop.station.arrival import await_board, board_ports

    chosen = Image.load(image or default_image())
    say(f"{chosen.path}: {_about(chosen)}", json)
    others = board_ports()
    target = _shown(drive, device, json)
    with _progress(chosen, target, quiet=json) as tell:
        copy_image(chosen, target, tell)

    def where() -> Collection[str]:
        return (board_ports() - others) | ({device} if device is not None else set())

    say("waiting for the board to restart", json)
    arrived = await_board(where, wait)
    said = arrived.capabilities
    if chosen.firmware is not None and said.firmware != chosen.firmware:
        raise CommandError(
            f"board {said.serial} at {arrived.url} runs firmware {said.firmware} although {chosen.firmware} was "
            f"written: a deployed application goes before the one in the image, {BACK}"
        )
    report(arrived, {"image": str(chosen.path), "bytes": len(chosen.data), "drive": str(target.folder)}, json)


def _shown(folder: Path | None, device: str | None, json: bool) -> BootDrive:
    """The drive to write to, of the board at `device` if that runs."""
    from ohmloop.crossbar import LinkLost
    from ohmloop.flashing import BootDrive, await_drive, find_drive, mounted_drives
    from ohmloop.station.boot_loader import leave_for_boot_loader

    before: Collection[BootDrive] = ()

    def look() -> BootDrive:
        return find_drive(others=before) if folder is None else BootDrive.at(folder)

    if device is None:
        return look()
    there = mounted_drives()
    try:
        leave_for_boot_loader(device)
    except LinkLost as error:
        say(f"nobody answers at {device} ({error}): it is taken to be in BOOTSEL mode", json)
        return look()
    before = there
    say(f"the board at {device} has left for its boot loader", json)
    return await_drive(look, DRIVE_S)


def _about(image: Image) -> str:
    version = "no manifest beside it" if image.firmware is None else f"firmware {image.firmware}, as its manifest says"
    return f"{version}, {image.pages} pages of flash"


@contextmanager
def _progress(image: Image, drive: BootDrive, *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """Something to call with the bytes that have arrived: a bar on a terminal, a line at the end elsewhere."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    console, total = Console(stderr=True), len(image.data)
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    with Progress(*columns, console=console, disable=quiet or not console.is_terminal) as bar:
        task = bar.add_task(f"writing to {drive.folder}", total=total)

        def tell(done: int) -> None:
            bar.update(task, completed=done)
            if bar.disable and done == total:
                say(f"{total} bytes written to {drive.folder}", quiet)

        yield tell
