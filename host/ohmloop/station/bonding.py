"""A die on a larger board: which line of the board each line of the array is bonded to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import (
    Capabilities,
    Crossbar,
    EffectToken,
    ExchangeLog,
    ExchangeStatus,
    Geometry,
    PulseList,
    PulseResult,
    Readback,
    Readings,
    RowCorrections,
    Setup,
    UncertainExchange,
)
from ohmloop.station.forwarding import ForwardingCrossbar

Lines = NDArray[np.integer]


class Bonding:
    """Board row of each array row, and board column of each array column; no line of the board twice.

    Raises ValueError for a line that is used twice or negative.
    """

    def __init__(self, rows: Sequence[int], cols: Sequence[int]) -> None:
        for name, lines in (("rows", rows), ("columns", cols)):
            if len(set(lines)) != len(lines) or any(line < 0 for line in lines):
                raise ValueError(f"bonded {name} must be different lines of the board, not {list(lines)}")
        self.rows = np.array(rows, dtype=np.int32)
        self.cols = np.array(cols, dtype=np.int32)

    @property
    def geometry(self) -> Geometry:
        """Of the array."""
        return Geometry(len(self.rows), len(self.cols))

    def fits(self, board: Geometry) -> bool:
        """Whether a board of this size has all these lines."""
        return bool(self.rows.max() < board.rows and self.cols.max() < board.cols)

    def changes_nothing_on(self, board: Geometry) -> bool:
        """Whether array and board have the same lines in the same order."""
        straight = np.array_equal(self.rows, np.arange(board.rows)) and np.array_equal(self.cols, np.arange(board.cols))
        return bool(straight)

    def cells(self, rows: Lines, cols: Lines) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
        """Cells of the array as the board addresses them. Raises ValueError for a cell outside the array."""
        for name, lines, limit in (("row", rows, len(self.rows)), ("column", cols, len(self.cols))):
            outside = np.flatnonzero((np.asarray(lines) < 0) | (np.asarray(lines) >= limit))
            if outside.size:
                raise ValueError(f"{name} {lines[outside[0]]} is outside the {self.geometry} array")
        return self.rows[rows], self.cols[cols]

    def on_board(self, pulses: PulseList) -> PulseList:
        """Pulses for cells of the array as pulses for cells of the board. Raises ValueError outside the array."""
        rows, cols = self.cells(pulses.rows, pulses.cols)
        return replace(pulses, rows=rows, cols=cols)

    def on_array(self, pulses: PulseList) -> PulseList:
        """The way back, for pulses made by `on_board`."""
        rows = [np.flatnonzero(self.rows == row)[0] for row in pulses.rows]
        cols = [np.flatnonzero(self.cols == col)[0] for col in pulses.cols]
        return replace(pulses, rows=np.array(rows, dtype=np.int32), cols=np.array(cols, dtype=np.int32))


@dataclass(frozen=True, slots=True)
class ArrayLog:
    """A journal that is kept in cells of the array, behind a driver that speaks of cells of the board."""

    log: ExchangeLog
    bonding: Bonding

    def intend(self, token: EffectToken, pulses: PulseList, readback: Readback, setup: Setup) -> int:
        """Record the pulses by cells of the array."""
        return self.log.intend(token, self.bonding.on_array(pulses), readback, setup)

    def settle(self, exchange: int, status: ExchangeStatus, result: PulseResult | None, note: str = "") -> None:
        """Passed on: results hold no cells."""
        self.log.settle(exchange, status, result, note)


class BondedCrossbar(ForwardingCrossbar):
    """The array as if it were the whole board: cells, vectors, journal and errors in its own lines.

    Lines of the board that nothing is bonded to stay at 0 V while the array multiplies, and are biased as unselected
    lines while it is pulsed. What the board itself says in a refusal names lines of the board.
    """

    def __init__(self, crossbar: Crossbar, bonding: Bonding) -> None:
        super().__init__(crossbar)
        self._bonding = bonding
        self._capabilities = replace(crossbar.capabilities, geometry=bonding.geometry)
        self._board = crossbar.capabilities.geometry
        self._log: ExchangeLog | None = None

    @property
    def log(self) -> ExchangeLog | None:
        """Where exchanges are journalled, by cells of the array."""
        return self._log

    @log.setter
    def log(self, log: ExchangeLog | None) -> None:
        self._log = log
        self._crossbar.log = None if log is None else ArrayLog(log, self._bonding)

    @property
    def capabilities(self) -> Capabilities:
        """Those of the board, with the size of the array."""
        return self._capabilities

    def read_cells(self, rows: Lines, cols: Lines) -> Readings:
        """Measure listed cells of the array."""
        return self._crossbar.read_cells(*self._bonding.cells(rows, cols))

    def read_array(self) -> Readings:
        """Measure every cell of the array."""
        readings = self._crossbar.read_array()
        return replace(readings, currents_a=readings.currents_a[np.ix_(self._bonding.rows, self._bonding.cols)])

    def pulse(self, pulses: PulseList, readback: Readback = Readback.AFTER) -> PulseResult:
        """One exchange of pulses for cells of the array."""
        try:
            return self._crossbar.pulse(self._bonding.on_board(pulses), readback)
        except UncertainExchange as error:
            error.pulses = pulses
            raise

    def recover(self, token: EffectToken, pulses: PulseList, readback: Readback, setup: Setup) -> PulseResult | None:
        """Ask what came of an exchange that was journalled by cells of the array."""
        try:
            return self._crossbar.recover(token, self._bonding.on_board(pulses), readback, setup)
        except UncertainExchange as error:
            error.pulses = pulses
            raise

    def correct_rows(self, corrections: RowCorrections, *, keep: bool = False) -> None:
        """Correct the rows of the board that the array is bonded to."""
        offsets_v, gains = np.zeros(self._board.rows), np.zeros(self._board.rows)
        offsets_v[self._bonding.rows], gains[self._bonding.rows] = corrections.offsets_v, corrections.gains
        self._crossbar.correct_rows(RowCorrections(offsets_v, gains), keep=keep)

    def multiply(self, volts: NDArray[np.float64]) -> Readings:
        """Drive the rows of the array, every other row of the board with 0 V; currents of the array's columns."""
        geometry = self._bonding.geometry
        if volts.ndim != 2 or volts.shape[1] != geometry.rows:
            raise ValueError(f"input vectors have the shape (vectors, {geometry.rows}), not {volts.shape}")
        driven = np.zeros((len(volts), self._board.rows))
        driven[:, self._bonding.rows] = volts
        readings = self._crossbar.multiply(driven)
        return replace(readings, currents_a=readings.currents_a[:, self._bonding.cols])
