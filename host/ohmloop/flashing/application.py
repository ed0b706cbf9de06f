"""The application alone, into the file system of a board, where it goes before the one in the image."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from ohmloop.flashing.errors import ApplicationRefused, NoImage

PACKAGE = "ohmboard"
LONGEST_S = 600.0
"""Some 40 small files: a few seconds over USB, a minute to an emulated board."""

_LEFT_OUT = shutil.ignore_patterns("__pycache__", "py.typed")
_FIRMWARE = re.compile(r'^FIRMWARE = "([^"]+)"$', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Application:
    """The sources of the application: their folder, and the version that they state."""

    folder: Path
    firmware: str

    @classmethod
    def load(cls, folder: Path | None = None) -> Self:
        """The application in a folder, or the one that comes with this ohmloop. Raises NoImage."""
        if folder is None:
            found = find_spec(PACKAGE)
            assert found is not None, "it is part of the distribution"
            assert found.submodule_search_locations is not None, "it is a package"
            folder = Path(found.submodule_search_locations[0])
        try:
            match = _FIRMWARE.search((folder / "_board.py").read_text(encoding="utf-8"))
        except OSError as error:
            raise NoImage(f"{folder} is no application of the board ({error.strerror}: _board.py)") from error
        if match is None:
            raise NoImage(f"{folder / '_board.py'} states no version of the firmware")
        return cls(folder, match[1])


def copy_application(application: Application, port: str, tell: Callable[[str], None]) -> None:
    """Copy it by `mpremote` to the board at `port` (a path, or socket://host:port) and restart the board.

    The application that runs there is ended, with its lines at 0 V. `tell` is called with each line that mpremote says.
    Raises ApplicationRefused.
    """
    with TemporaryDirectory() as place:
        staged = shutil.copytree(application.folder, Path(place) / PACKAGE, ignore=_LEFT_OUT)
        command = [sys.executable, "-m", "mpremote", "connect", port, "fs", "cp", "-r", str(staged), ":", "+", "reset"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as mpremote:
            assert mpremote.stdout is not None
            said = ""
            for line in mpremote.stdout:
                said = line.strip() or said
                tell(said)
            code = mpremote.wait(LONGEST_S)
    if code:
        raise ApplicationRefused(
            f"mpremote did not copy the application to {port}: {said or f'exit status {code}'}; what it had copied is "
            f"in the board's file system: start again, or `mpremote rm -r :{PACKAGE}` goes back to the image's"
        )
