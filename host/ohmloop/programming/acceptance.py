"""When a cell counts as programmed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray


class Verdict(IntEnum):
    """What the readings of a cell say."""

    OUTSIDE = 0
    READ_AGAIN = 1
    ACCEPTED = 2


@dataclass(frozen=True, slots=True)
class Acceptance:
    """A cell is accepted if the mean of its readings lies inside the guard band, with its own uncertainty counted in.

    Attributes:
        tolerance: half-width of the tolerance band as a fraction of the conductance range.
        guard: the band used for accepting is `guard` times the tolerance band, above 0 to 1.
        reads_min: readings before a cell may be accepted; 2 means one confirming read.
        reads_max: readings after which the mean alone decides.
        noise: scatter of one reading as a fraction of the conductance (one standard deviation).
        noise_floor: scatter of one reading as a fraction of the conductance range, from the converter.
        slow_noise: the part, as a fraction of the conductance, that all readings of one decision share: averaging does
            not reduce it.
        passes: how often the whole target is read again once every cell is decided; accepted cells that have left the
            tolerance band are programmed again.

    The noise figures are those of the device models (read noise .7 % white, .5 % 1/f); a device file may state others.
    """

    tolerance: float = 0.02
    guard: float = 0.7
    reads_min: int = 2
    reads_max: int = 8
    noise: float = 0.009
    noise_floor: float = 0.0003
    slow_noise: float = 0.004
    passes: int = 2

    def __post_init__(self) -> None:
        if not 0 < self.tolerance < 0.5:
            raise ValueError(f"a tolerance is a fraction of the range between 0 and 0.5, not {self.tolerance}")
        if not 0 < self.guard <= 1:
            raise ValueError(f"a guard lies above 0 and up to 1, not {self.guard}")
        if not 1 <= self.reads_min <= self.reads_max:
            raise ValueError(f"readings need 1 <= reads_min <= reads_max, not {self.reads_min} and {self.reads_max}")
        if not (min(self.noise, self.noise_floor, self.slow_noise) >= 0 and self.noise + self.noise_floor > 0):
            raise ValueError("noise figures must not be negative, and one reading must have some scatter")
        if self.passes < 0:
            raise ValueError(f"passes must not be negative, not {self.passes}")

    def judge(
        self,
        means_s: NDArray[np.float64],
        readings: NDArray[np.intp],
        targets_s: NDArray[np.float64],
        span_s: float,
    ) -> NDArray[np.int8]:
        """Verdict on each cell from the mean of its readings in S, how many there were, and its target in S.

        Cells whose reading may still fall either way ask for another: only near the target is anything read twice.
        A mean that is not finite is outside.
        """
        band_s = self.guard * self.tolerance * span_s
        distance_s = np.where(np.isfinite(means_s), np.abs(means_s - targets_s), np.inf)
        uncertainty_s = self.uncertainty_s(readings, targets_s, span_s)
        outside = distance_s - uncertainty_s > band_s
        last = readings >= self.reads_max
        inside = (readings >= self.reads_min) & np.where(last, distance_s, distance_s + uncertainty_s).__le__(band_s)
        verdict = np.full(means_s.shape, Verdict.READ_AGAIN, dtype=np.int8)
        verdict[outside | (last & ~inside)] = Verdict.OUTSIDE
        verdict[inside & ~outside] = Verdict.ACCEPTED
        return verdict

    def uncertainty_s(
        self, readings: NDArray[np.intp], targets_s: NDArray[np.float64], span_s: float
    ) -> NDArray[np.float64]:
        """Standard deviation of the mean of so many readings near these targets, S; the slow part does not average."""
        scatter_s = np.hypot(self.noise * targets_s, self.noise_floor * span_s)
        uncertainty_s: NDArray[np.float64] = np.hypot(scatter_s / np.sqrt(readings), self.slow_noise * targets_s)
        return uncertainty_s

    def for_staying(self) -> Acceptance:
        """The rule by which an accepted cell is still in band: the whole tolerance band, one clear reading will do."""
        return replace(self, guard=1.0, reads_min=1)

    def coarser(self, tolerance: float) -> Acceptance:
        """The rule of a first pass to a wider tolerance: one reading decides."""
        return replace(self, tolerance=tolerance, guard=1.0, reads_min=1, reads_max=1)
