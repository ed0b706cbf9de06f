"""Corrections of a board's row drivers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class RowCorrections:
    """How far each row's driver is from what it is asked for; the board takes it off.

    Attributes:
        offsets_v: voltage at 0, V, shape (rows,). gains: what it is steeper by, a fraction, shape (rows,).
    """

    offsets_v: NDArray[np.float64]
    gains: NDArray[np.float64]

    def __post_init__(self) -> None:
        if self.offsets_v.ndim != 1 or self.offsets_v.shape != self.gains.shape:
            raise ValueError("corrections are an offset and a gain for each row")
        if not (np.isfinite(self.offsets_v).all() and np.isfinite(self.gains).all()):
            raise ValueError("corrections must be finite")

    @classmethod
    def none(cls, rows: int) -> RowCorrections:
        """Drivers as they are."""
        return cls(np.zeros(rows), np.zeros(rows))
