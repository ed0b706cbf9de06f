"""What a station keeps: runs, their journal written before any pulse is sent, and everything that was measured."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from ohmloop.crossbar import Capabilities
from ohmloop.store.blobs import JSON, dump
from ohmloop.store.database import Database
from ohmloop.store.errors import StoreCorrupt, StoreError, StoreFull, StoreLocked, StoreVersion
from ohmloop.store.journal import now
from ohmloop.store.records import Event, ExchangeRecord, ReadRecord, RunSummary
from ohmloop.store.run import Run, RunPart

__all__ = [
    "JSON",
    "Event",
    "ExchangeRecord",
    "ReadRecord",
    "Run",
    "RunPart",
    "RunSummary",
    "Store",
    "StoreCorrupt",
    "StoreError",
    "StoreFull",
    "StoreLocked",
    "StoreVersion",
]


class Store:
    """The store in one SQLite file, opened or created. Any thread may use it.

    With `reading` it has to exist and nothing is written, nor made beside it.

    Raises StoreCorrupt for a damaged or foreign file, to which nothing is written, and other StoreErrors.
    """

    def __init__(self, path: Path, *, reading: bool = False) -> None:
        self._database = Database(path, reading=reading)

    @property
    def path(self) -> Path:
        """The file."""
        return self._database.path

    def begin(self, kind: str, parameters: Mapping[str, JSON], origin: Mapping[str, JSON]) -> Run:
        """Begin a run; `origin` says where its figures come from (device_hash, boards, versions, seed, …)."""
        with self._database.transaction() as connection:
            cursor = connection.execute(
                "INSERT INTO runs (kind, state, started, parameters, origin) VALUES (?, 'running', ?, ?, ?)",
                (kind, now(), dump(parameters), dump(origin)),
            )
            identity = cursor.lastrowid
        assert identity is not None, "an INSERT has a row id"
        return Run(self._database, identity)

    def open(self, run_id: int) -> Run:
        """A run by its identity. Raises StoreError if there is none."""
        return Run(self._database, run_id)

    def runs(self) -> list[RunSummary]:
        """All runs, oldest first."""
        return [
            RunSummary(
                identity,
                kind,
                state,
                datetime.fromisoformat(started),
                datetime.fromisoformat(ended) if ended else None,
                json.loads(parameters),
                json.loads(summary),
            )
            for identity, kind, state, started, ended, parameters, summary in self._database.rows(
                "SELECT id, kind, state, started, ended, parameters, summary FROM runs ORDER BY id"
            )
        ]

    def keep_device(self, device_hash: str, text: str) -> None:
        """Keep the text of a device file under its hash."""
        with self._database.transaction() as connection:
            connection.execute("INSERT OR IGNORE INTO devices VALUES (?, ?, ?)", (device_hash, text, now()))

    def device(self, device_hash: str) -> str:
        """The text of a device file. Raises StoreError if it is not kept."""
        found = self._database.rows("SELECT text FROM devices WHERE hash = ?", device_hash)
        if not found:
            raise StoreError(f"{self.path} keeps no device file with the hash {device_hash}")
        return str(found[0][0])

    def keep_board(self, capabilities: Capabilities) -> None:
        """Keep what a board says of itself, under its serial number; the newest holds."""
        said = dataclasses.asdict(capabilities) | {"features": sorted(capabilities.features)}
        said["full_scale_a"] = dict(capabilities.full_scale_a)
        with self._database.transaction() as connection:
            connection.execute(
                """INSERT INTO boards VALUES (?, ?)
                   ON CONFLICT (serial) DO UPDATE SET capabilities = excluded.capabilities""",
                (capabilities.serial, dump(said)),
            )

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
