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
    """

    def __init__(self, rows: int, cols: int, state: State) -> None:
        self.full_pulses: NDArray[np.int64] = state.array("record.full_pulses", (rows, cols), np.int64)
        self._high: Floats = state.array("record.v_max", (rows, cols), np.float64)
        self._low: Floats = state.array("record.v_min", (rows, cols), np.float64)
        # Reads put one voltage on a whole row: kept apart, because they are many.
        self._row_high: Floats = state.array("record.row_max", (rows,), np.float64)
        self._row_low: Floats = state.array("record.row_min", (rows,), np.float64)

    def program(self, volts: Floats, magnitude: Floats, largest: float, *, begins: bool) -> None:
        """Cells see `volts`, shape (rows, cols), while programming.

        `magnitude` is their absolute value, `largest` its largest element; `begins` unless an opening goes on.
        """
        np.maximum(self._high, volts, out=self._high)
        np.minimum(self._low, volts, out=self._low)
        if begins and largest > 0:
            self.full_pulses += magnitude >= np.array(FULL * largest)

    def read(self, row_v: Floats) -> None:
        """All cells of each row see `row_v`, shape (rows,)."""
        np.maximum(self._row_high, row_v, out=self._row_high)
        np.minimum(self._row_low, row_v, out=self._row_low)

    @property
    def v_max(self) -> Floats:
        """Highest voltage (row minus column) that each cell ever saw, V, shape (rows, cols); at least 0."""
        return np.maximum(self._high, self._row_high[:, None])

    @property
    def v_min(self) -> Floats:
        """Lowest voltage that each cell ever saw, V, shape (rows, cols); at most 0."""
        return np.minimum(self._low, self._row_low[:, None])
