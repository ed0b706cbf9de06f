"""The amplitudes of both polarities, ready for indexing by cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.profile import ProgrammingProfile


class DriveTable:
    """Start, nominal and largest amplitude in V as arrays indexed by polarity: 0 for SET, 1 for RESET."""

    def __init__(self, profile: ProgrammingProfile) -> None:
        drives = (profile.set_drive, profile.reset_drive)
        self.start_v = np.array([drive.start_v for drive in drives])
        self.nominal_v = np.array([drive.nominal_v for drive in drives])
        self.max_v = np.array([drive.max_v for drive in drives])

    def polarity(self, direction: NDArray[np.int8]) -> NDArray[np.intp]:
        """Index of the polarity of each direction: +1 is SET, -1 is RESET."""
        return (direction < 0).astype(np.intp)

    def held(self, polarity: NDArray[np.intp], volts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Magnitudes held at the largest amplitude of their polarity."""
        held_v: NDArray[np.float64] = np.minimum(volts, self.max_v[polarity])
        return held_v
