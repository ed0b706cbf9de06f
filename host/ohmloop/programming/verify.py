"""Reading cells: where they are, whether they are accepted, whether they have stayed where they were."""

from __future__ import annotations

import threading

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.acceptance import Acceptance, Verdict
from ohmloop.programming.access import Access
from ohmloop.programming.cells import Cells, CellState
from ohmloop.programming.stops import Failure


class SafePoint(Exception):
    """A stop was asked for and nothing is under way."""


class Verifier:
    """Reads the cells of a campaign and changes their state by what it finds.

    Every method stops at a safe point, raising SafePoint, once `stop` is set.
    """

    def __init__(
        self, access: Access, cells: Cells, acceptance: Acceptance, span_s: float, stop: threading.Event
    ) -> None:
        self._access = access
        self._cells = cells
        self._acceptance = acceptance
        self._span_s = span_s
        self._stop = stop

    def safe_point(self) -> None:
        """Raise SafePoint if a stop was asked for."""
        if self._stop.is_set():
            raise SafePoint

    def read(self, index: NDArray[np.intp]) -> None:
        """Read cells afresh; one that gives no reading twice is given up."""
        cells = self._cells
        cells.measured_s[index] = self._measure(index)
        silent = index[~np.isfinite(cells.measured_s[index])]
        if silent.size:
            cells.measured_s[silent] = self._measure(silent)
            cells.fail(silent[~np.isfinite(cells.measured_s[silent])], Failure.NO_READING)

    def judge(self) -> None:
        """Read active cells near their target until each is accepted or known to be outside."""
        cells = self._cells
        open_cells = cells.active
        sums_s = cells.measured_s[open_cells].copy()
        counts = np.ones(open_cells.size, dtype=np.intp)
        while True:
            means_s = sums_s / counts
            verdict = self._acceptance.judge(means_s, counts, cells.targets_s[open_cells], self._span_s)
            again = verdict == Verdict.READ_AGAIN
            cells.measured_s[open_cells] = means_s
            cells.state[open_cells[verdict == Verdict.ACCEPTED]] = CellState.ACCEPTED
            if not again.any():
                return
            fresh_s = self._measure(open_cells[again])
            heard = np.isfinite(fresh_s)
            self.read(open_cells[again][~heard])
            open_cells = open_cells[again][heard]
            sums_s, counts = sums_s[again][heard] + fresh_s[heard], counts[again][heard] + 1

    def revisit(self, accepted: NDArray[np.intp]) -> bool:
        """Read accepted cells again; those outside the tolerance band become active. True if there are any."""
        cells = self._cells
        measured_s = self._measure(accepted)
        left = self._acceptance.left(measured_s, cells.targets_s[accepted], self._span_s)
        cells.state[accepted[left]] = CellState.ACTIVE
        cells.measured_s[accepted[left]] = measured_s[left]
        return bool(left.any())

    def _measure(self, index: NDArray[np.intp]) -> NDArray[np.float64]:
        if not index.size:
            return np.empty(0)
        self.safe_point()
        self._cells.reads[index] += 1
        return self._access.read(self._cells.rows[index], self._cells.cols[index])
