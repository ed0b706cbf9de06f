"""What was done to each cell, pulse by pulse."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.population import StepRecords


@dataclass(frozen=True, slots=True)
class PulseRecord:
    """One pulse that a cell received: amplitude in V, width in s, conductance before and after in S (NaN if unread)."""

    volts: float
    width_s: float
    before_s: float
    after_s: float


class History:
    """Pulses in the order they were applied, kept as they came: one block of arrays an exchange."""

    def __init__(self) -> None:
        self._blocks: list[tuple[NDArray[np.intp], NDArray[np.float64]]] = []

    def add(
        self,
        cells: NDArray[np.intp],
        volts: NDArray[np.float64],
        widths_s: NDArray[np.float64],
        before_s: NDArray[np.float64],
        after_s: NDArray[np.float64],
    ) -> None:
        """Add the pulses of one exchange, arrays of shape (n,)."""
        self._blocks.append((cells.copy(), np.stack([volts, widths_s, before_s, after_s], axis=1)))

    def steps(self) -> StepRecords:
        """All pulses in order; those of which a conductance is not known are left out."""
        if not self._blocks:
            return StepRecords.none()
        cells = np.concatenate([cells for cells, _ in self._blocks])
        steps = np.concatenate([block for _, block in self._blocks])
        known = np.isfinite(steps).all(axis=1)
        return StepRecords(cells[known], *steps[known].T)

    def of(self, cell: int) -> tuple[PulseRecord, ...]:
        """What one cell received."""
        return tuple(
            PulseRecord(*(float(value) for value in values))
            for cells, block in self._blocks
            for values in block[cells == cell]
        )
