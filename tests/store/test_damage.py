"""Damaged, foreign, newer and locked files: each a typed error that names the file; nothing is written to them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from tests.store.entries import BOARD, PULSES, SETUP, token

from ohmloop.crossbar import Readback
from ohmloop.store import Store, StoreCorrupt, StoreError, StoreLocked, StoreVersion


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite"


def make(path: Path, exchanges: int = 0) -> None:
    with Store(path) as store:
        log = store.begin("test", {}, {}).log(BOARD)
        for number in range(exchanges):
            log.intend(token(number), PULSES, Readback.AFTER, SETUP)


@pytest.mark.parametrize(
    "content", [b"not a database at all", b"SQLite format 3\0" + b"\xff" * 5000], ids=["text", "torn"]
)
def test_something_else(path: Path, content: bytes) -> None:
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt, match=r"runs\.sqlite"):
        Store(path)
    assert path.read_bytes() == content


def test_a_damaged_page(path: Path) -> None:
    make(path, exchanges=200)
    content = bytearray(path.read_bytes())
    for at in range(3 * 4096, len(content), 4096):
        content[at : at + 64] = b"\xa5" * 64
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt, match="restore it"):
        Store(path)
    assert path.read_bytes() == content


def test_a_truncated_file(path: Path) -> None:
    make(path, exchanges=200)
    content = path.read_bytes()[: 5 * 4096]
    path.write_bytes(content)
    with pytest.raises(StoreCorrupt):
        Store(path)
    assert path.read_bytes() == content


def test_the_database_of_another_program(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE songs (title)")
    with pytest.raises(StoreCorrupt, match="another program"):
        Store(path)


def test_a_newer_layout(path: Path) -> None:
    make(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreVersion, match="upgrade"):
        Store(path)


def test_locked_by_another_process(path: Path) -> None:
    make(path)
    with Store(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreLocked, match="another process"):
            store.begin("test", {}, {})
        other.execute("ROLLBACK")
        store.begin("test", {}, {})


def test_a_folder_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError):
        Store(tmp_path / "file" / "runs.sqlite")


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.touch()
    make(path)
    with Store(path) as store:
        assert len(store.runs()) == 1
