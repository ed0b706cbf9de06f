"""The SQLite file under the store: opened with care, written durably, its errors given names."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ohmloop.store.errors import StoreCorrupt, StoreError, StoreFull, StoreLocked, StoreVersion
from ohmloop.store.schema import APPLICATION_ID, TABLES, VERSION

LOCK_S = 5.0
"""How long a write waits for another process to finish its own, s."""

RESERVE_BYTES = 1 << 20
"""Kept free beside the store: the outcome of an exchange that has been sent still finds room on a full disk."""

_FULL = {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_SHMSIZE, sqlite3.SQLITE_IOERR_TRUNCATE}
_NO_FILE_BESIDE = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY}
_LOCKED = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_CORRUPT = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


class Database:
    """One connection, one lock. Every committed transaction has reached the disk (WAL, synchronous=FULL).

    With `reading`, a file that exists is only ever read.
    """

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        if path.is_dir():
            raise StoreError(f"{path} is a folder: name a file in it")
        self.path = path
        self._reserve = path.with_name(path.name + "-reserve")
        self._reading = reading
        self._lock = threading.RLock()
        if reading and not path.exists():
            raise StoreError(f"there is no store at {path}: it begins with the first command that works with a board")
        with self._named():
            if reading:
                self._examine()
                self._connection = self._looking()
                return
            path.parent.mkdir(parents=True, exist_ok=True)
            if path.exists() and path.stat().st_size:
                self._examine()
            self._connection = sqlite3.connect(path, timeout=LOCK_S, isolation_level=None, check_same_thread=False)
            try:
                self._connection.executescript(
                    "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;"
                )
                self._create()
                self._keep_reserve()
            except BaseException:
                self._connection.close()
                raise

    @contextlib.contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run statements as one durable transaction. Raises StoreFull, also if the reserve is not there, StoreError."""
        with self._lock, self._named():
            if not self._reading:
                self._keep_reserve()
            with self._begun():
                yield self._connection

    def record(self, statement: str, values: Sequence[Any]) -> int:
        """Write something that has already happened, on a full disk in place of the reserve; returns rows changed."""
        with self._lock:
            try:
                return self._write(statement, values)
            except StoreFull:
                self._reserve.unlink(missing_ok=True)
                return self._write(statement, values)

    def rows(self, query: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows of a query."""
        with self._lock, self._named():
            return self._connection.execute(query, values).fetchall()

    def close(self) -> None:
        """Close the connection; what has been committed stays."""
        with self._lock:
            self._connection.close()

    def _examine(self) -> None:
        """Look at an existing file, through a connection that cannot write."""
        with self.path.open("rb") as file:
            magic = file.read(16)
        if magic != b"SQLite format 3\0":
            raise StoreCorrupt(f"{self.path} is not a store of ohmloop; choose another file, nothing was written to it")
        with contextlib.closing(self._looking()) as connection:
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        if verdict != "ok":
            raise StoreCorrupt(f"{self.path} is damaged ({verdict}); restore it from a copy, nothing was written to it")
        if application != APPLICATION_ID and tables:
            raise StoreCorrupt(
                f"{self.path} belongs to another program; choose another file, nothing was written to it"
            )
        if version > VERSION:
            raise StoreVersion(f"{self.path} has layout {version}, this ohmloop knows up to {VERSION}: upgrade ohmloop")

    def _looking(self) -> sqlite3.Connection:
        """A connection that cannot write, also to a file in a folder that nobody may write to."""
        place = f"file:{quote(str(self.path.absolute()))}?mode=ro"

        def connect(options: str) -> sqlite3.Connection:
            connection = sqlite3.connect(
                place + options, uri=True, timeout=LOCK_S, isolation_level=None, check_same_thread=False
            )
            try:
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            except BaseException:
                connection.close()
                raise
            return connection

        try:
            return connect("")
        except sqlite3.OperationalError as error:
            log = self.path.with_name(self.path.name + "-wal")
            if error.sqlite_errorcode & 0xFF not in _NO_FILE_BESIDE or (log.exists() and log.stat().st_size):
                raise
            return connect("&immutable=1")  # nothing is being written, and SQLite may not put its index beside it

    def _create(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        (version,) = self._connection.execute("PRAGMA user_version").fetchone()
        if version == 0:
            for statement in TABLES.split(";\n"):
                self._connection.execute(statement)
            self._connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
            self._connection.execute(f"PRAGMA user_version = {VERSION}")
        self._connection.execute("COMMIT")

    def _keep_reserve(self) -> None:
        if self._reserve.exists() and self._reserve.stat().st_size == RESERVE_BYTES:
            return
        try:
            with self._reserve.open("wb") as file:
                file.write(bytes(RESERVE_BYTES))
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            self._reserve.unlink(missing_ok=True)
            raise

    def _write(self, statement: str, values: Sequence[Any]) -> int:
        with self._named(), self._begun():
            return self._connection.execute(statement, values).rowcount

    @contextlib.contextmanager
    def _begun(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            with contextlib.suppress(sqlite3.Error):  # some errors have rolled it back already
                self._connection.execute("ROLLBACK")
            raise

    @contextlib.contextmanager
    def _named(self) -> Iterator[None]:
        """Turn what SQLite and the system say into what happened."""
        try:
            yield
        except sqlite3.Error as error:
            code = getattr(error, "sqlite_errorcode", 0)
            if code in _FULL:
                raise StoreFull(f"no room to write {self.path} ({error}): make room, then resume the run") from error
            if code & 0xFF in _LOCKED:
                raise StoreLocked(f"another process has kept {self.path} locked for {LOCK_S:.0f} s") from error
            if code & 0xFF in _CORRUPT:
                raise StoreCorrupt(f"{self.path} is damaged ({error}); restore it from a copy") from error
            raise StoreError(f"{self.path}: {error}") from error
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
                raise StoreFull(f"no room beside {self.path}: make room, then resume the run") from error
            raise StoreError(f"{self.path}: {error}") from error
