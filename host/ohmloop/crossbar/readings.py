"""Readings and where they come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar.conditions import ReadConditions


@dataclass(frozen=True, slots=True)
class Origin:
    """What produced a reading: board identity, boot epoch, generation of the set-up, calibration."""

    serial: str
    epoch: str
    generation: int
    calibration: str


@dataclass(frozen=True, slots=True)
class Readings:
    """Currents of cells or columns.

    Attributes:
        currents_a: A, any shape; NaN where there is no reading, +inf or -inf where it left the range.
        conditions: how they were read (`conditions.volts` does not apply to a multiplication).
        device_time_us: board time at which the request ended, microseconds since boot.
        origin: what produced them.
    """

    currents_a: NDArray[np.float64]
    conditions: ReadConditions
    device_time_us: int
    origin: Origin

    @property
    def conductances_s(self) -> NDArray[np.float64]:
        """Conductance in S, same shape: current over read voltage; inf and NaN stay what they are."""
        return self.currents_a / self.conditions.volts
