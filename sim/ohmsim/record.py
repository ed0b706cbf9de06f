"""What every cell has really been through. Only the control port tells it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmsim.state import State

Floats = NDArray[np.float64]

FULL = 0.75
"""A cell sees a pulse in full at this fraction of the largest magnitude of the opening: above the half and the third
that unselected cells see, below what errors of the lines take off."""


class Record:
    """Extremes and pulse counts of rows x cols cells, from the first power-up on.

    Attributes:
        full_pulses: programming openings that the cell saw in full, shape (rows, cols).
        openings: programming openings of the board.
    """

    def __init__(self, rows: int, cols: int, state: State) -> None:
        self.full_pulses: NDArray[np.int64] = state.array("record.full_pulses", (rows, cols), np.int64)
        self.openings: NDArray[np.int64] = state.array("record.openings", (1,), np.int64)
        self._high: Floats = state.array("record.v_max", (rows, cols), np.float64)
        self._low: Floats = state.array("record.v_min", (rows, cols), np.float64)
        # Reads put one voltage on a whole row: kept apart, because they are many.
        self._row_high: Floats = state.array("record.row_max", (rows,), np.float64)
        self._row_low: Floats = state.array("record.row_min", (rows,), np.float64)

    def program(self, volts: Floats, *, begins: bool) -> None:
        """Cells see `volts`, shape (rows, cols), in a programming opening that begins or goes on with new voltages."""
        self.see(volts)
        if not begins:
            return
        self.openings += 1
        magnitude = np.abs(volts)
        largest = magnitude.max()
        if largest > 0:
            self.full_pulses += magnitude >= FULL * largest

    def see(self, volts: Floats) -> None:
        """Cells see `volts`, shape (rows, cols)."""
        np.maximum(self._high, volts, out=self._high)
        np.minimum(self._low, volts, out=self._low)

    def read(self, rows: NDArray[np.intp], volts: Floats) -> None:
        """All cells of `rows` see `volts`, one voltage a row."""
        self._row_high[rows] = np.maximum(self._row_high[rows], volts)
        self._row_low[rows] = np.minimum(self._row_low[rows], volts)

    @property
    def v_max(self) -> Floats:
        """Highest voltage (row minus column) that each cell ever saw, V, shape (rows, cols); at least 0."""
        return np.maximum(self._high, self._row_high[:, None])

    @property
    def v_min(self) -> Floats:
        """Lowest voltage that each cell ever saw, V, shape (rows, cols); at most 0."""
        return np.minimum(self._low, self._row_low[:, None])
