"""What the emulator needs of a device model."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Cells = NDArray[np.intp]
Ordinals = NDArray[np.uint64]

READ_EVENTS = 1 << 62
"""Openings that only read are numbered from here, so that how often a cell is read does not change what pulses do."""


class Device(ABC):
    """All cells of one array, flat: cell = row x columns + column. Volts are positive towards SET.

    Attributes:
        conductance_s: noiseless conductance of every cell, S, shape (cells,); kept up to date by the model.
        quiet_set_v, quiet_reset_v: below these magnitudes no cell changes, whatever is drawn; V, 0 if every voltage
            acts. The emulator then does not call `apply`.
    """

    conductance_s: Floats
    quiet_set_v: float
    quiet_reset_v: float

    @abstractmethod
    def apply(self, cells: Cells, volts: Floats, duration_s: float, ordinals: Ordinals) -> None:
        """Hold `volts` (shape of `cells`) for `duration_s` seconds; `ordinals` number the event for each cell."""

    @abstractmethod
    def put(self, conductance_s: Floats) -> None:
        """Set the state so that the cells have these conductances, S, shape (cells,); NaN leaves a cell as it is.

        Raises ParameterError for a conductance that a cell cannot have.
        """
