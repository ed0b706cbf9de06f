"""A store that is only looked at: nothing is written to it nor made beside it, wherever it lies."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from tests.store.entries import BOARD, PULSES, SETUP, token

from ohmloop.crossbar import Readback
from ohmloop.store import Store, StoreError


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "runs.sqlite"


def filled(store: Store) -> None:
    store.begin("test", {}, {}).log(BOARD).intend(token(1), PULSES, Readback.AFTER, SETUP)


def test_what_is_not_there_is_not_made(path: Path) -> None:
    with pytest.raises(StoreError, match="there is no store at"):
        Store(path / "deeper" / "runs.sqlite", reading=True)
    assert list(path.parent.iterdir()) == []


def test_a_folder_is_no_store(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="is a folder"):
        Store(tmp_path)


def test_what_another_process_has_just_written_is_seen(path: Path) -> None:
    with Store(path) as writing, Store(path, reading=True) as store:
        filled(writing)
        assert [run.kind for run in store.runs()] == ["test"]
        assert len(list(store.open(1).exchanges())) == 1


def test_nothing_is_written(path: Path) -> None:
    with Store(path) as store:
        filled(store)
    (path.parent / "runs.sqlite-reserve").unlink()
    before = path.read_bytes()
    with Store(path, reading=True) as store:
        assert len(store.runs()) == 1
        with pytest.raises(StoreError, match="readonly"):
            store.open(1).event("seen", {})
    assert path.read_bytes() == before
    assert not (path.parent / "runs.sqlite-reserve").exists()


def test_where_nothing_may_be_made_beside_it(path: Path) -> None:
    with Store(path) as store:
        filled(store)
    (path.parent / "runs.sqlite-shm").symlink_to("nowhere")  # no index can be made, as in a folder of another
    with Store(path, reading=True) as store:
        assert len(list(store.open(1).exchanges())) == 1


def test_a_log_that_cannot_be_read_is_not_passed_over(path: Path) -> None:
    with Store(path) as store:
        filled(store)
        log = (path.parent / "runs.sqlite-wal").read_bytes()
        content = path.read_bytes()
    assert log
    path.write_bytes(content)
    (path.parent / "runs.sqlite-wal").write_bytes(log)
    (path.parent / "runs.sqlite-shm").symlink_to("nowhere")
    with pytest.raises(StoreError, match="unable to open"):
        Store(path, reading=True)


def test_the_trick_of_these_tests_works(path: Path) -> None:
    with Store(path) as store:
        filled(store)
    (path.parent / "runs.sqlite-shm").symlink_to("nowhere")
    with pytest.raises(sqlite3.OperationalError):
        sqlite3.connect(f"file:{path}?mode=ro", uri=True).execute("SELECT * FROM runs").fetchall()
