"""A few cells of an array, pulsed and read by an experiment: journalled, counted, and ended at safe points."""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import Crossbar, ForeignSetup, PulseList, Setup, UncertainExchange
from ohmloop.procedures.errors import PulsesSpent
from ohmloop.programming.access import Access, Rearm, resume
from ohmloop.programming.errors import ProgrammingError
from ohmloop.programming.exchanges import exchanges
from ohmloop.programming.journal import Journal
from ohmloop.programming.population import StepRecords
from ohmloop.programming.safe_points import SafePoints
from ohmloop.store import Run

Floats = NDArray[np.float64]

READS = 2
"""Readings of a cell after every pulse."""


@dataclass(frozen=True, slots=True)
class Place:
    """Cells by row and column, both of shape (n,)."""

    rows: NDArray[np.int32]
    cols: NDArray[np.int32]

    def __len__(self) -> int:
        return self.rows.size

    def chosen(self, which: NDArray[np.intp]) -> Place:
        """Some of the cells."""
        return Place(self.rows[which], self.cols[which])

    @classmethod
    def everywhere(cls, rows: int, cols: int) -> Place:
        """Every cell of an array, row by row."""
        row, col = np.indices((rows, cols), dtype=np.int32)
        return cls(row.ravel(), col.ravel())


def spread(rows: NDArray[np.integer], cols: NDArray[np.integer], count: int) -> Place:
    """At most `count` cells of these lines, spread over the array: as many different rows and columns as there are.

    Cells lie on broken diagonals, so that hardly any two share a line.
    """
    count = min(count, rows.size * cols.size)
    number = np.arange(count)
    row = (number * rows.size) // count if count <= rows.size else number % rows.size
    # Each time round the rows moves on by one column, so that no cell comes twice.
    col = (number * cols.size) // count if count <= cols.size else (number % cols.size + number // rows.size)
    turned = (col * 5 + 3) % cols.size if cols.size % 5 else (col * 3 + 1) % cols.size
    place = np.unique(np.stack([rows[row], cols[turned]], axis=1), axis=0)
    return Place(place[:, 0].astype(np.int32), place[:, 1].astype(np.int32))


class Probe:
    """Pulses and reads cells for an experiment; use it as a context.

    Raises PulsesSpent before an exchange that would exceed `pulses_max`, SafePoint when the experiment is to end.

    Attributes:
        pulses: pulses sent so far.
    """

    def __init__(
        self,
        crossbar: Crossbar,
        setup: Setup,
        run: Run | None,
        safe_points: SafePoints,
        *,
        pulses_max: int,
        rearm: Rearm = resume,
    ) -> None:
        self.crossbar = crossbar
        self.pulses = 0
        self._access = Access(crossbar, setup, run, rearm)
        self._journal = Journal(run, self._access)
        self._safe_points = safe_points
        self._pulses_max = pulses_max

    def __enter__(self) -> Self:
        self._journal.__enter__()
        self._access.set_up(self._access.setup)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._journal.__exit__(kind, error, trace)

    def set_up(self, setup: Setup) -> None:
        """Read and pulse under another set-up from now on."""
        self._access.set_up(setup)

    def read(self, place: Place, times: int = 1) -> Floats:
        """Conductances in S, shape (times, n); NaN where the board gave no reading."""
        readings = []
        for _ in range(times):
            self._safe_points.pass_by()
            readings.append(self._access.read(place.rows, place.cols))
        return np.array(readings)

    def pulse(self, place: Place, volts: Floats, widths_s: Floats) -> Floats:
        """One pulse for each cell, shape (n,); conductances in S after them, the mean of READS readings.

        NaN for cells whose exchange was lost and for those that gave no reading.
        """
        pulses = PulseList(place.rows, place.cols, volts, widths_s)
        after_s = np.full(len(place), np.nan)
        start = 0
        for part in exchanges(pulses, self.crossbar.capabilities):
            self._safe_points.pass_by()
            if self.pulses + len(part) > self._pulses_max:
                raise PulsesSpent(
                    f"the experiment may send {self._pulses_max} pulses, and has sent {self.pulses}: allow it more"
                )
            self.pulses += len(part)
            try:
                result = self._access.pulse(part)
            except (UncertainExchange, ForeignSetup) as error:
                self._access.revive(error)
            else:
                if result.readings is None:
                    raise ProgrammingError(f"board {self._access.serial} answered an exchange without readings")
                after_s[start : start + len(part)] = self._access.conductances(result.readings)
            start += len(part)
        again_s = self.read(place, READS - 1)
        return np.asarray(np.vstack([after_s, again_s]).mean(axis=0))


class Record:
    """Collects steps that cells made, as a population is learned from them."""

    def __init__(self) -> None:
        self._parts: list[StepRecords] = []

    def add(self, cells: NDArray[np.intp], volts: Floats, widths_s: Floats, before_s: Floats, after_s: Floats) -> None:
        """Keep steps whose conductances are known before and after, S; amplitudes in V, widths in s."""
        known = np.isfinite(before_s) & np.isfinite(after_s)
        self._parts.append(StepRecords(cells[known], volts[known], widths_s[known], before_s[known], after_s[known]))

    @property
    def steps(self) -> StepRecords:
        """All of them, in order."""
        return StepRecords.joined(self._parts)
