"""Emulated boards with firmware of another version: a copy of ours that says so."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

OURS = Path(__file__).parents[1] / "firmware" / "ohmboard"

INSTALLED = """
import sys
from importlib.machinery import PathFinder


class OtherFirmware:
    @staticmethod
    def find_spec(name, path=None, target=None):
        if name == "ohmboard" or name.startswith("ohmboard."):
            return PathFinder.find_spec(name, path or [{folder!r}])
        return None


sys.meta_path.insert(0, OtherFirmware)
"""
"""Python runs it at its start. An editable installation would otherwise go before every path."""


def install_firmware(
    folder: Path, patch: pytest.MonkeyPatch, *, firmware: str | None = None, protocol: int | None = None
) -> None:
    """Have emulators that start from now on run a copy of our firmware which says another version or protocol."""
    shutil.copytree(OURS, folder / "ohmboard", ignore=shutil.ignore_patterns("__pycache__"))
    board = folder / "ohmboard" / "_board.py"
    lines = board.read_text().splitlines()
    for name, value in (("FIRMWARE", firmware), ("PROTOCOL", protocol)):
        if value is not None:
            (place,) = (number for number, line in enumerate(lines) if line.startswith(f"{name} = "))
            lines[place] = f"{name} = {value!r}"
    board.write_text("\n".join(lines) + "\n")
    (folder / "sitecustomize.py").write_text(INSTALLED.format(folder=str(folder)))
    patch.setenv("PYTHONPATH", str(folder))
