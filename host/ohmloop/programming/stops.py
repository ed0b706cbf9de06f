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
    STRESS = "stress time"
    LEFT = "left the band again"


@dataclass(frozen=True, slots=True)
class Received:
    """What cells have received, vectors of shape (n,): pulses, those at the largest usable amplitude, sum of widths."""

    pulses: NDArray[np.int64]
    full_pulses: NDArray[np.int64]
    stress_s: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Stops:
    """Independent stops; the first that is reached gives a cell up.

    Attributes:
        pulses: pulses a cell may receive in one campaign.
        full_voltage_pulses: pulses at the largest usable amplitude that a cell may receive.
        time_s: time that one execution of the campaign may take, s, waits that were asked for not counted; then all
            cells not yet accepted are given up.
        stress_s: sum of the widths of the pulses that a cell may receive, s.
    """

    pulses: int = 100
    full_voltage_pulses: int = 20
    time_s: float = 600.0
    stress_s: float = 1.0

    def __post_init__(self) -> None:
        if min(self.pulses, self.full_voltage_pulses) < 0 or not (self.time_s >= 0 and self.stress_s >= 0):
            raise ValueError(f"stops must not be negative, not {self}")

    def reached(self, received: Received, elapsed_s: float) -> list[tuple[Failure, NDArray[np.bool_]]]:
        """Each stop with the cells that have reached it, the decisive one first."""
        late = np.full(received.pulses.shape, elapsed_s >= self.time_s)
        return [
            (Failure.FULL_VOLTAGE, received.full_pulses >= self.full_voltage_pulses),
            (Failure.PULSES, received.pulses >= self.pulses),
            (Failure.STRESS, received.stress_s >= self.stress_s),
            (Failure.TIME, late),
        ]
