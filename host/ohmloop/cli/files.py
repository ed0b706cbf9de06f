"""Files that commands write: looked at before anything is done, and what to do if they fail in the end."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from ohmloop.cli.failure import FAILED, USAGE, CommandError


def check_can_draw() -> None:
    """Raises CommandError if matplotlib is missing."""
    if find_spec("matplotlib") is None:
        raise CommandError("drawing maps needs matplotlib: install ohmloop[plot]")


def check_picture(path: Path | None) -> None:
    """Raises CommandError if a picture is wanted that could not be drawn or written."""
    if path is not None:
        check_can_draw()
        check_target(path, ".png")


def check_target(path: Path | None, suffix: str) -> None:
    """Raises CommandError for a file that has another suffix or no folder to be written into."""
    if path is None:
        return
    folder = path.absolute().parent
    if path.suffix != suffix:
        raise CommandError(f"{path} must be named *{suffix}: it is written in that format", USAGE)
    if not folder.is_dir():
        raise CommandError(f"cannot write {path}: there is no folder {folder}", USAGE)
    if path.is_dir() or not os.access(folder, os.W_OK):
        raise CommandError(f"cannot write {path}: it is a folder, or its folder may not be written to", USAGE)


def draw_into(path: Path | None, run: int, draw: Callable[[Path], None]) -> None:
    """Draw what a run found, if a picture is wanted. Raises CommandError, saying how to draw it again."""
    if path is not None:
        with writing(path, f"`ohmloop runs show {run} --picture FILE` draws it again"):
            draw(path)


@contextmanager
def writing(path: Path, instead: str) -> Iterator[None]:
    """Turn a failure to write `path` into a CommandError that says what to do `instead`."""
    try:
        yield
    except OSError as error:
        raise CommandError(f"cannot write {path}: {error.strerror}; {instead}", FAILED) from error
