"""One run: what was asked, what was sent, what was measured, how it ended."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmloop.crossbar import ExchangeLog, Origin, Readings
from ohmloop.store.blobs import CELL, FLOAT, JSON, dump, dump_conditions, load_conditions, pack, unpack
from ohmloop.store.database import Database
from ohmloop.store.errors import StoreError
from ohmloop.store.export import export_csv
from ohmloop.store.journal import COLUMNS, BoardJournal, load_exchange, now
from ohmloop.store.records import Event, ExchangeRecord, ReadRecord

PAGE = 256
"""Rows fetched at a time, so that a long journal is never in memory as a whole."""

BEGAN = "began"
"""What a part keeps where it begins in the journal."""

FINAL = ("done", "failed", "cancelled")


class Run:
    """A run in the store. Every method may raise a StoreError; what returns has reached the disk.

    Attributes:
        id: identity in its store. kind: what runs (program, infer, scan, …).
        state: running, paused, done, failed or cancelled.
        parameters, origin: as given at its beginning.
    """

    def __init__(self, database: Database, run_id: int) -> None:
        found = database.rows("SELECT kind, state, parameters, origin FROM runs WHERE id = ?", run_id)
        if not found:
            raise StoreError(f"{database.path} has no run {run_id}; `ohmloop runs` lists those it has")
        self._database = database
        self.id = run_id
        self.kind: str = found[0][0]
        self.state: str = found[0][1]
        self.parameters: dict[str, Any] = json.loads(found[0][2])
        self.origin: dict[str, Any] = json.loads(found[0][3])

    def log(self, board: str) -> ExchangeLog:
        """The journal for the pulses of a board, by its serial number."""
        self._know_board(board)
        return BoardJournal(self._database, self.id, board)

    def exchanges(self, board: str | None = None, after: int = 0) -> Iterator[ExchangeRecord]:
        """Exchanges of a board, or of every board, with ids above `after`, in the order they were intended."""
        last = after
        while page := self._database.rows(
            f"""SELECT {COLUMNS} FROM exchanges
                WHERE run = ? AND board = coalesce(?, board) AND id > ? ORDER BY id LIMIT ?""",
            self.id, board, last, PAGE,
        ):  # fmt: skip
            yield from map(load_exchange, page)
            last = page[-1][0]

    def pending(self, board: str) -> ExchangeRecord | None:
        """The newest exchange of a board that was intended and never settled: its outcome must be asked for."""
        found = self._database.rows(
            f"""SELECT {COLUMNS} FROM exchanges
                WHERE run = ? AND board = ? AND status = 'intended' ORDER BY id DESC LIMIT 1""",
            self.id, board,
        )  # fmt: skip
        return load_exchange(found[0]) if found else None

    def newest_exchange(self, board: str) -> int:
        """Id of the newest exchange of a board, 0 if it has none."""
        found = self._database.rows(
            "SELECT coalesce(max(id), 0) FROM exchanges WHERE run = ? AND board = ?", self.id, board
        )
        return int(found[0][0])

    def part(self, name: str) -> RunPart:
        """This run as one of several campaigns in it sees it; a name that was used before is taken up again."""
        return RunPart(self._database, self.id, name)

    def put(self, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep named arrays of numbers under one name, replacing what it held."""
        entries = []
        for key, array in arrays.items():
            if array.dtype.kind not in "biufc":
                raise StoreError(f"array {name}/{key} holds {array.dtype}, which is not a number")
            dtype = array.dtype.newbyteorder("<").str
            entries.append((self.id, name, key, dtype, json.dumps(array.shape), pack(array, dtype)))
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM arrays WHERE run = ? AND name = ?", (self.id, name))
            connection.executemany("INSERT INTO arrays VALUES (?, ?, ?, ?, ?, ?)", entries)

    def get(self, name: str) -> dict[str, NDArray[Any]]:
        """The arrays kept under a name. Raises StoreError if there are none."""
        found = self._database.rows(
            "SELECT key, dtype, shape, data FROM arrays WHERE run = ? AND name = ?", self.id, name
        )
        if not found:
            raise StoreError(f"run {self.id} keeps no arrays under the name {name!r}")
        return {key: unpack(data, dtype, json.loads(shape)) for key, dtype, shape, data in found}

    def has(self, name: str) -> bool:
        """Whether arrays are kept under a name."""
        return bool(self._database.rows("SELECT 1 FROM arrays WHERE run = ? AND name = ? LIMIT 1", self.id, name))

    def read(self, board: str, rows: ArrayLike, cols: ArrayLike, readings: Readings) -> None:
        """Keep readings of cells; `rows` and `cols` broadcast to the shape of the currents."""
        shape = readings.currents_a.shape
        self._know_board(board)
        self._database.record(
            """INSERT INTO reads (run, board, at, cell_rows, cell_cols, currents_a, conditions, device_us, epoch,
               generation, calibration) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""",
            (
                self.id,
                board,
                now(),
                pack(np.broadcast_to(np.asarray(rows), shape), CELL),
                pack(np.broadcast_to(np.asarray(cols), shape), CELL),
                pack(readings.currents_a, FLOAT),
                dump_conditions(readings.conditions),
                readings.device_time_us,
                readings.origin.epoch,
                readings.origin.generation,
                readings.origin.calibration,
            ),
        )

    def reads(self) -> Iterator[ReadRecord]:
        """All journalled reads, in order."""
        last = 0
        while page := self._database.rows(
            """SELECT id, board, at, cell_rows, cell_cols, currents_a, conditions, device_us, epoch, generation,
               calibration FROM reads WHERE run = ? AND id > ? ORDER BY id LIMIT ?""",
            self.id, last, PAGE,
        ):  # fmt: skip
            for (
                identity,
                board,
                at,
                rows,
                cols,
                currents,
                conditions,
                device_us,
                epoch,
                generation,
                calibration,
            ) in page:
                readings = Readings(
                    unpack(currents, FLOAT),
                    load_conditions(conditions),
                    device_us,
                    Origin(board, epoch, generation, calibration),
                )
                when = datetime.fromisoformat(at)
                yield ReadRecord(identity, board, when, unpack(rows, CELL), unpack(cols, CELL), readings)
            last = page[-1][0]

    def event(self, kind: str, data: Mapping[str, JSON]) -> None:
        """Keep an event."""
        with self._database.transaction() as connection:
            connection.execute(
                "INSERT INTO events (run, at, kind, data) VALUES (?, ?, ?, ?)", (self.id, now(), kind, dump(data))
            )

    def events(self, after: int = 0) -> list[Event]:
        """Events whose id is above `after`, in order."""
        found = self._database.rows(
            "SELECT id, at, kind, data FROM events WHERE run = ? AND id > ? ORDER BY id", self.id, after
        )
        return [Event(i, datetime.fromisoformat(at), kind, json.loads(data)) for i, at, kind, data in found]

    def restart(self) -> None:
        """Mark a paused or interrupted run as running again. Raises StoreError if it has ended for good."""
        if self.state in FINAL:
            raise StoreError(f"run {self.id} is {self.state} and cannot go on")
        self._enter("running", None, None)

    def finish(self, state: str, summary: Mapping[str, JSON]) -> None:
        """End the run as done, failed or cancelled, or leave it as paused, with what is to be said of it."""
        if state not in (*FINAL, "paused"):
            raise StoreError(f"a run ends as paused, {', '.join(FINAL)}, not as {state!r}")
        self._enter(state, now(), dump(summary))

    def export_csv(self, folder: Path) -> list[Path]:
        """Write exchanges, reads and events as CSV files into `folder`; returns their paths."""
        serials = self._database.rows("SELECT serial, capabilities FROM boards")
        return export_csv(self, {serial: json.loads(text) for serial, text in serials}, folder)

    def _enter(self, state: str, ended: str | None, summary: str | None) -> None:
        with self._database.transaction() as connection:
            connection.execute(
                "UPDATE runs SET state = ?, ended = ?, summary = coalesce(?, summary) WHERE id = ?",
                (state, ended, summary, self.id),
            )
        self.state = state

    def _know_board(self, serial: str) -> None:
        if not self._database.rows("SELECT 1 FROM boards WHERE serial = ?", serial):
            with self._database.transaction() as connection:
                connection.execute("INSERT OR IGNORE INTO boards (serial) VALUES (?)", (serial,))


class RunPart(Run):
    """A run as seen by one of its campaigns: its own names for arrays and events, only the exchanges since it began.

    Parts of a run follow one another: the next one begins when the last has ended. A part that was opened before is
    taken up where it was left. Everything is kept in the run itself.
    """

    def __init__(self, database: Database, run_id: int, part: str) -> None:
        super().__init__(database, run_id)
        self._part = part
        if not self.has(BEGAN):
            last = database.rows("SELECT coalesce(max(id), 0) FROM exchanges WHERE run = ?", run_id)[0][0]
            self.put(BEGAN, {"after": np.array([last], dtype=np.int64)})
        self._after = int(self.get(BEGAN)["after"][0])

    def put(self, name: str, arrays: Mapping[str, NDArray[Any]]) -> None:
        """Keep named arrays under a name of this part."""
        super().put(self._own(name), arrays)

    def get(self, name: str) -> dict[str, NDArray[Any]]:
        """The arrays kept under a name of this part. Raises StoreError if there are none."""
        return super().get(self._own(name))

    def has(self, name: str) -> bool:
        """Whether arrays are kept under a name of this part."""
        return super().has(self._own(name))

    def event(self, kind: str, data: Mapping[str, JSON]) -> None:
        """Keep an event under a kind of this part: it is not one of the whole run."""
        super().event(self._own(kind), data)

    def exchanges(self, board: str | None = None, after: int = 0) -> Iterator[ExchangeRecord]:
        """Exchanges of a board, or of every board, since this part began."""
        return super().exchanges(board, max(after, self._after))

    def pending(self, board: str) -> ExchangeRecord | None:
        """The newest exchange of a board in this part that was intended and never settled."""
        found = super().pending(board)
        return found if found is not None and found.id > self._after else None

    def _own(self, name: str) -> str:
        return f"{self._part}.{name}"
