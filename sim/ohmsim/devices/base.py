"""What the emulator needs of a device model."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

from ohmsim.errors import ParameterError

Floats = NDArray[np.float64]
Cells = NDArray[np.intp]
Ordinals = NDArray[np.uint64]

READ_EVENTS = 1 << 62
"""Openings that only read are numbered from here, so that how often a cell is read does not change what pulses do."""


class Device(ABC):
    """All cells of one array, flat: cell = row x columns + column. Volts are positive towards SET.

    A model whose current is not proportional to the voltage sets `ohmic` to False and overrides `chord_s` and
    `slope_s`.

    Attributes:
        quiet_set_v, quiet_reset_v: below these magnitudes no cell changes, whatever is drawn; V, 0 if every voltage
            acts. The emulator then does not call `apply`.
        ohmic: current is proportional to voltage at a given state.
        drawn_in_time: draws are for a stretch of time, so that parts of a pulse need draws of their own.
        timed: cells change without a voltage, or it matters when they were programmed: the emulator applies what they
            see at once, and lets them `rest`.
    """

    quiet_set_v: float
    quiet_reset_v: float
    low_s: Floats
    high_s: Floats
    ohmic: bool = True
    timed: bool = False
    drawn_in_time: bool = False

    @property
    @abstractmethod
    def conductance_s(self) -> Floats:
        """Noiseless conductance of every cell at the model's read voltage, S, shape (cells,)."""

    @property
    @abstractmethod
    def bounds_s(self) -> tuple[Floats, Floats]:
        """Lowest and highest conductance that each cell can have now, S, shape (cells,) each."""

    @abstractmethod
    def apply(self, cells: Cells, volts: Floats, duration_s: float, ordinals: Ordinals) -> None:
        """Hold `volts` (shape of `cells`) for `duration_s` seconds; `ordinals` number the event for each cell."""

    @abstractmethod
    def put(self, conductance_s: Floats) -> None:
        """Set the state so that the cells have these conductances, S, shape (cells,); NaN leaves a cell as it is.

        Raises ParameterError for a conductance that a cell cannot have.
        """

    def rest(self, duration_s: float) -> None:  # noqa: B027 - most cells hold their state
        """All cells were at 0 V for `duration_s` seconds."""

    def chord_s(self, volts: Floats) -> Floats:
        """Current of every cell at `volts`, divided by `volts`, S; volts of shape (cells,), and finite also at 0 V."""
        return self.conductance_s

    def slope_s(self, volts: Floats) -> Floats:
        """Derivative of the current of every cell by its voltage, at `volts`, S, shape (cells,)."""
        return self.conductance_s


def within(conductance_s: Floats, bounds_s: tuple[Floats, Floats]) -> NDArray[np.bool_]:
    """Which cells are given a conductance (not NaN). Raises ParameterError for one outside the cell's bounds."""
    low_s, high_s = bounds_s
    given: NDArray[np.bool_] = ~np.isnan(conductance_s)
    slack = 1e-9 * (high_s - low_s)
    outside = np.flatnonzero(given & ~((conductance_s >= low_s - slack) & (conductance_s <= high_s + slack)))
    if outside.size:
        cell = int(outside[0])
        raise ParameterError(
            f"conductance of cell {cell}", float(conductance_s[cell]), f"from {low_s[cell]:.4g} to {high_s[cell]:.4g} S"
        )
    return given
