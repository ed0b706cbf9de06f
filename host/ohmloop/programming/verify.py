"""Reading cells: where they are, whether they are accepted, whether they have stayed where they were."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.acceptance import Acceptance, Verdict
from ohmloop.programming.access import Access
from ohmloop.programming.cells import Cells, CellState
from ohmloop.programming.safe_points import SafePoints
from ohmloop.programming.stops import Failure


class Verifier:
    """Reads the cells of a campaign and changes their state by what it finds; every reading passes a safe point.

    `acceptance` is the rule in force, which a campaign may change between passes.
    """

    def __init__(
        self, access: Access, cells: Cells, acceptance: Acceptance, span_s: float, safe_points: SafePoints
    ) -> None:
        self.acceptance = acceptance
        self._access = access
        self._cells = cells
        self._span_s = span_s
        self._safe_points = safe_points

    def read(self, index: NDArray[np.intp]) -> None:
        """Read cells afresh; one that gives no reading twice is given up."""
        cells = self._cells
        cells.measured_s[index] = self._measure(index)
        silent = index[~np.isfinite(cells.measured_s[index])]
        if silent.size:
            cells.measured_s[silent] = self._measure(silent)
            cells.fail(silent[~np.isfinite(cells.measured_s[silent])], Failure.NO_READING)

    def accept_what_is_in_band(self, active: NDArray[np.intp]) -> None:
        """Accept cells that need no pulse: those in the tolerance band, as an accepted cell would have to be."""
        self._accept(active, self.acceptance.for_staying())

    def judge(self, active: NDArray[np.intp]) -> None:
        """Read active cells near their target until each is accepted or known to be outside."""
        self._accept(active, self.acceptance)

    def revisit(self, accepted: NDArray[np.intp]) -> bool:
        """Read accepted cells again; those outside the tolerance band become active. True if there are any."""
        outside, _ = self._outside(accepted)
        self._cells.state[outside] = CellState.ACTIVE
        return bool(outside.size)

    def watch(self, accepted: NDArray[np.intp]) -> None:
        """Read accepted cells once; those surely outside the tolerance band become active.

        One reading each: a round of pulses lies between two looks, and a drift that goes on is seen by the next one.
        """
        self.read(accepted)
        cells = self._cells
        staying = accepted[cells.state[accepted] == CellState.ACCEPTED]
        cells.state[self._surely_outside(staying, np.ones(staying.size, dtype=np.intp))] = CellState.ACTIVE

    def give_up_those_that_left(self, accepted: NDArray[np.intp]) -> None:
        """Read accepted cells a last time; those surely outside the tolerance band are given up."""
        outside, readings = self._outside(accepted)
        self._cells.fail(self._surely_outside(outside, readings), Failure.LEFT)

    def _surely_outside(self, index: NDArray[np.intp], readings: NDArray[np.intp]) -> NDArray[np.intp]:
        """Cells outside the tolerance band by more than the uncertainty of the mean of so many readings."""
        targets_s = self._cells.targets_s[index]
        distance_s = np.abs(self._cells.measured_s[index] - targets_s)
        doubt_s = self.acceptance.uncertainty_s(readings, targets_s, self._span_s)
        outside: NDArray[np.intp] = index[distance_s - doubt_s > self.acceptance.tolerance * self._span_s]
        return outside

    def _accept(self, active: NDArray[np.intp], rule: Acceptance) -> None:
        verdicts, _ = self._decide(active, rule)
        self._cells.state[active[verdicts == Verdict.ACCEPTED]] = CellState.ACCEPTED

    def _outside(self, accepted: NDArray[np.intp]) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Which of these accepted cells are found outside the tolerance band, and by how many readings each."""
        self.read(accepted)
        staying = accepted[self._cells.state[accepted] == CellState.ACCEPTED]
        verdicts, readings = self._decide(staying, self.acceptance.for_staying())
        outside = verdicts == Verdict.OUTSIDE
        return staying[outside], readings[outside]

    def _decide(self, index: NDArray[np.intp], rule: Acceptance) -> tuple[NDArray[np.int8], NDArray[np.intp]]:
        """Verdict by a rule on cells that have been read, and by how many readings; `measured_s` becomes their mean."""
        cells = self._cells
        verdicts, readings = np.empty(index.size, dtype=np.int8), np.ones(index.size, dtype=np.intp)
        sums_s, pending = cells.measured_s[index], np.arange(index.size)
        while True:
            means_s = sums_s[pending] / readings[pending]
            verdicts[pending] = rule.judge(means_s, readings[pending], cells.targets_s[index[pending]], self._span_s)
            cells.measured_s[index[pending]] = means_s
            pending = pending[verdicts[pending] == Verdict.READ_AGAIN]
            if not pending.size:
                return verdicts, readings
            fresh_s = self._measure(index[pending])
            heard = np.isfinite(fresh_s)
            self.read(index[pending[~heard]])
            pending = pending[heard]
            sums_s[pending] += fresh_s[heard]
            readings[pending] += 1

    def _measure(self, index: NDArray[np.intp]) -> NDArray[np.float64]:
        if not index.size:
            return np.empty(0)
        self._safe_points.pass_by()
        self._cells.reads[index] += 1
        return self._access.read(self._cells.rows[index], self._cells.cols[index])
