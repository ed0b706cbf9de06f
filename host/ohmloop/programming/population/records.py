"""Steps that cells made: what a population is learned from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.errors import PopulationError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class StepRecords:
    """Pulses on some cells, in the order they were applied.

    Attributes, all of shape (n,):
        cells: number of the cell, 0 or more.
        volts: amplitude, V, positive towards SET.
        widths_s: width, s, above 0.
        before_s, after_s: conductance before and after, S.

    Raises PopulationError for other shapes, values that are not finite, negative cells, widths that are not positive.
    """

    cells: NDArray[np.intp]
    volts: Floats
    widths_s: Floats
    before_s: Floats
    after_s: Floats

    def __post_init__(self) -> None:
        arrays = [getattr(self, field.name) for field in fields(self)]
        if any(array.ndim != 1 or array.shape != self.cells.shape for array in arrays):
            raise PopulationError(f"records are vectors of one length, not {[array.shape for array in arrays]}")
        if (
            not all(np.isfinite(array).all() for array in arrays)
            or (self.cells < 0).any()
            or (self.widths_s <= 0).any()
        ):
            raise PopulationError(
                "records have finite values, widths above 0 s and cells from 0 on: leave out pulses without readings"
            )

    def __len__(self) -> int:
        return self.cells.size

    @classmethod
    def joined(cls, parts: Sequence[StepRecords]) -> StepRecords:
        """Several records as one, in this order. Raises PopulationError for none."""
        if not parts:
            raise PopulationError("there are no records")
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    @classmethod
    def none(cls) -> StepRecords:
        """No records."""
        return cls(np.empty(0, dtype=np.intp), *np.empty((4, 0)))

    def chosen(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> StepRecords:
        """Some of the records."""
        return StepRecords(*(getattr(self, field.name)[which] for field in fields(self)))
