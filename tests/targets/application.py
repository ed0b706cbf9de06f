"""Changed applications, and the command that deploys them to a board."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

OHMLOOP = Path(sys.executable).with_name("ohmloop")
SOURCES = Path(__file__).parents[2] / "firmware" / "ohmboard"
LONGEST_S = 240
"""A whole application to an emulated chip on a busy machine."""


def flash(*arguments: str | Path, within_s: float = LONGEST_S) -> subprocess.CompletedProcess[str]:
    """The installed command."""
    command = [OHMLOOP, "flash", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=within_s, check=False)


def changed(place: Path, file: str, old: str, new: str) -> Path:
    """The sources with a part of one file changed."""
    folder = place / "changed"
    shutil.copytree(SOURCES, folder, ignore=shutil.ignore_patterns("__pycache__"))
    text = (folder / file).read_text()
    assert old in text
    (folder / file).write_text(text.replace(old, new))
    return folder


def broken(place: Path) -> Path:
    """A small package that is taken for an application and has no board."""
    folder = place / "broken"
    folder.mkdir()
    (folder / "__init__.py").write_text("")
    (folder / "_board.py").write_text('FIRMWARE = "0.1.0"\n')
    return folder
