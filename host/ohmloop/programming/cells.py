"""What a campaign knows of its cells."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.errors import ProgrammingError
from ohmloop.programming.stops import Failure, Received

FAILURES = tuple(Failure)


class CellState(IntEnum):
    """Where a cell stands."""

    ACTIVE = 0
    ACCEPTED = 1
    FAILED = 2


class Cells:
    """The cells of a target in row order, so that neighbours in a list share conversions.

    Attributes, all of shape (n,):
        rows, cols: where they are.
        targets_s: where they shall go, S.
        measured_s: where they were last seen, S; NaN before the first reading.
        state: CellState of each. failure: index into FAILURES, -1 while there is none.
        pulses, full_pulses, reads: what they have received so far. stress_s: sum of the widths of their pulses, s.
        shape: shape of the array.
    """

    def __init__(self, targets_s: NDArray[np.float64]) -> None:
        targets = np.asarray(targets_s, dtype=np.float64)
        if targets.ndim != 2:
            raise ProgrammingError(f"targets must have the shape (rows, columns) of the array, not {targets.shape}")
        if np.isinf(targets).any() or (targets < 0).any():
            row, col = np.argwhere(np.isinf(targets) | (targets < 0))[0]
            raise ProgrammingError(
                f"target of cell {row},{col} is {targets[row, col]} S; conductances are finite and not negative"
            )
        self.shape = targets.shape
        self.rows, self.cols = (axis.astype(np.int32) for axis in np.nonzero(~np.isnan(targets)))
        self.targets_s = targets[self.rows, self.cols]
        self.measured_s = np.full(self.count, np.nan)
        self.state = np.full(self.count, CellState.ACTIVE, dtype=np.int8)
        self.failure = np.full(self.count, -1, dtype=np.int8)
        self.pulses = np.zeros(self.count, dtype=np.int64)
        self.full_pulses = np.zeros(self.count, dtype=np.int64)
        self.reads = np.zeros(self.count, dtype=np.int64)
        self.stress_s = np.zeros(self.count)
        self._index = np.full(targets.shape, -1, dtype=np.intp)
        self._index[self.rows, self.cols] = np.arange(self.count)

    @property
    def count(self) -> int:
        """Number of cells with a target."""
        return int(self.rows.size)

    @property
    def active(self) -> NDArray[np.intp]:
        """Cells still to be programmed."""
        return np.flatnonzero(self.state == CellState.ACTIVE)

    @property
    def accepted(self) -> NDArray[np.intp]:
        """Cells that were accepted."""
        return np.flatnonzero(self.state == CellState.ACCEPTED)

    @property
    def failed(self) -> NDArray[np.intp]:
        """Cells that were given up."""
        return np.flatnonzero(self.state == CellState.FAILED)

    def received(self, cells: NDArray[np.intp]) -> Received:
        """What these cells have received."""
        return Received(self.pulses[cells], self.full_pulses[cells], self.stress_s[cells])

    def reopen(self) -> None:
        """Let accepted cells be programmed further."""
        self.state[self.accepted] = CellState.ACTIVE

    def at(self, rows: NDArray[np.integer], cols: NDArray[np.integer]) -> NDArray[np.intp]:
        """Index of the cells at these places, -1 for a cell without a target."""
        found: NDArray[np.intp] = self._index[rows, cols]
        return found

    def sharing_lines(self, cells: NDArray[np.intp]) -> NDArray[np.intp]:
        """These cells and all that share a row or a column with one: what their pulses may have half-selected."""
        touched = np.isin(self.rows, self.rows[cells]) | np.isin(self.cols, self.cols[cells])
        return np.flatnonzero(touched)

    def fail(self, cells: NDArray[np.intp], reason: Failure) -> None:
        """Give cells up."""
        self.state[cells] = CellState.FAILED
        self.failure[cells] = FAILURES.index(reason)

    def matrix(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values of the cells as an array of the crossbar's shape, NaN where there is no target."""
        out = np.full(self.shape, np.nan)
        out[self.rows, self.cols] = values
        return out
