"""The journal of one board in one run: written before a pulse is sent, settled when its outcome is known."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from ohmloop.crossbar import (
    EffectToken,
    ExchangeStatus,
    Origin,
    PulseList,
    PulseResult,
    Readback,
    Readings,
    Setup,
)
from ohmloop.store.blobs import CELL, FLOAT, dump_setup, load_setup, pack, unpack
from ohmloop.store.database import Database
from ohmloop.store.errors import StoreError
from ohmloop.store.records import ExchangeRecord

COLUMNS = """id, board, intended, epoch, generation, number, lease, body_crc, readback, setup, cell_rows, cell_cols,
    amplitudes_v, widths_s, status, applied, currents_a, device_us, read_generation, calibration, note"""


class BoardJournal:
    """An ExchangeLog in the store."""

    def __init__(self, database: Database, run: int, board: str) -> None:
        self._database = database
        self._run = run
        self._board = board

    def intend(self, token: EffectToken, pulses: PulseList, readback: Readback, setup: Setup) -> int:
        """Record an exchange that is about to be sent. Raises StoreFull or another StoreError: then do not send it."""
        with self._database.transaction() as connection:
            cursor = connection.execute(
                """INSERT INTO exchanges (run, board, intended, epoch, generation, number, lease, body_crc, readback,
                   setup, cell_rows, cell_cols, amplitudes_v, widths_s, status)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'intended')""",
                (
                    self._run,
                    self._board,
                    now(),
                    token.epoch,
                    token.generation,
                    token.number,
                    token.lease,
                    token.body_crc,
                    readback,
                    dump_setup(setup),
                    pack(pulses.rows, CELL),
                    pack(pulses.cols, CELL),
                    pack(pulses.volts, FLOAT),
                    pack(pulses.widths_s, FLOAT),
                ),
            )
            identity = cursor.lastrowid
        assert identity is not None, "an INSERT has a row id"
        return identity

    def settle(self, exchange: int, status: ExchangeStatus, result: PulseResult | None, note: str = "") -> None:
        """Record what came of an exchange. Raises StoreError if it is unknown here or settled already."""
        readings = result.readings if result else None
        changed = self._database.record(
            """UPDATE exchanges SET status = ?, settled = ?, applied = ?, currents_a = ?, device_us = ?,
               read_generation = ?, calibration = ?, note = ?
               WHERE id = ? AND run = ? AND board = ? AND status = 'intended'""",
            (
                status,
                now(),
                result.applied if result else 0 if status is ExchangeStatus.REFUSED else None,
                pack(readings.currents_a, FLOAT) if readings else None,
                readings.device_time_us if readings else None,
                readings.origin.generation if readings else None,
                readings.origin.calibration if readings else None,
                note,
                exchange,
                self._run,
                self._board,
            ),
        )
        if changed != 1:
            raise StoreError(f"exchange {exchange} of run {self._run} is unknown or has been settled already")


def now() -> str:
    """The time of an entry, UTC, ISO 8601."""
    return datetime.now(UTC).isoformat(timespec="microseconds")


def load_exchange(row: tuple[Any, ...]) -> ExchangeRecord:
    """A record from a row of COLUMNS."""
    (identity, board, intended, epoch, generation, number, lease, body_crc, readback, setup_text, rows, cols, volts,
     widths, status, applied, currents, device_us, read_generation, calibration, note) = row  # fmt: skip
    setup = load_setup(setup_text)
    readings = None
    if currents is not None:
        origin = Origin(board, epoch, read_generation, calibration)
        readings = Readings(unpack(currents, FLOAT), setup.read, device_us, origin)
    return ExchangeRecord(
        identity,
        board,
        datetime.fromisoformat(intended),
        EffectToken(epoch, generation, number, lease, body_crc),
        PulseList(unpack(rows, CELL), unpack(cols, CELL), unpack(volts, FLOAT), unpack(widths, FLOAT)),
        Readback(readback),
        setup,
        ExchangeStatus(status),
        applied,
        readings,
        note,
    )
