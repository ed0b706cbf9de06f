"""When to give up a cell."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray


class Failure(StrEnum):
    """Why a cell was given up."""

    PULSES = "pulses"
    FULL_VOLTAGE = "pulses at full voltage"
    TIME = "time"
    NO_READING = "no reading"


@dataclass(frozen=True, slots=True)
class Stops:
    """Three independent stops; the first that is reached gives a cell up.

    Attributes:
        pulses: pulses a cell may receive in one campaign.
        full_voltage_pulses: pulses at the largest usable amplitude that a cell may receive.
        time_s: time that one execution of the campaign may take, s; then all cells not yet accepted are given up.
    """

    pulses: int = 100
    full_voltage_pulses: int = 20
    time_s: float = 600.0

    def __post_init__(self) -> None:
        if self.pulses < 0 or self.full_voltage_pulses < 0 or not self.time_s >= 0:
            raise ValueError(f"stops must not be negative, not {self}")

    def reached(
        self, pulses: NDArray[np.int64], full_voltage_pulses: NDArray[np.int64], elapsed_s: float
    ) -> list[tuple[Failure, NDArray[np.bool_]]]:
        """Each stop with the cells that have reached it, the decisive one first; counts of shape (n,)."""
        late = np.full(pulses.shape, elapsed_s >= self.time_s)
        return [
            (Failure.FULL_VOLTAGE, full_voltage_pulses >= self.full_voltage_pulses),
            (Failure.PULSES, pulses >= self.pulses),
            (Failure.TIME, late),
        ]
