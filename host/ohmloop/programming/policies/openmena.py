"""OpenMENA: the rule of the released shield, a fixed amplitude and a PI law on the width."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.context import PolicyContext
from ohmloop.programming.policies.polarity import DriveTable
from ohmloop.programming.policy import Proposal


@dataclass(frozen=True, slots=True)
class OpenmenaLaw:
    """The law; errors are in counts of the released board's converter, whose weights span about 500 of them.

    Attributes:
        counts: counts that one conductance range is taken for.
        proportional, integral: widths in units, for an error of one count.
        clamp: the largest integral, counts.
        unit: width of one unit, as a fraction of the profile's width (60 us of 100 us).
        longest: the largest width, in widths of the profile: ten times is what the limits of device files allow.

    The gains, the clamp and the unit are those of the released rule, which goes on up to about 1 s instead.
    """

    counts: float = 500.0
    proportional: float = 7.0
    integral: float = 3.0
    clamp: float = 3000.0
    unit: float = 0.6
    longest: float = 10.0

    def __post_init__(self) -> None:
        if not all(value > 0 for value in asdict(self).values()):
            raise ValueError(f"every figure of the law must be above 0, not {self}")


class Openmena:
    """Twice the error in counts, e, is summed up and clamped; u = 7 e + 3 sum gives polarity (sign) and width (size).

    Re-implemented from a description of the released program (OpenMENA, "gradual biasing"), in which the amplitude is
    fixed at 162 mV: here it is `nominal_v` of the polarity. Kept for comparison: the integral goes on pushing after the
    target is crossed.
    """

    name = "openmena"

    def __init__(self, law: OpenmenaLaw | None = None) -> None:
        self.law = law if law is not None else OpenmenaLaw()

    @property
    def parameters(self) -> Mapping[str, float]:
        """The law by name."""
        return asdict(self.law)

    def start(self, targets_s: NDArray[np.float64], context: PolicyContext) -> None:
        """Take new targets, S, shape (cells,)."""
        self._targets_s = np.array(targets_s, dtype=np.float64)
        self._span_s = context.profile.span_s
        self._width_s = context.profile.width_s
        self._drives = DriveTable(context.profile)
        self._sum = np.zeros(self._targets_s.size)

    def propose(self, cells: NDArray[np.intp], measured_s: NDArray[np.float64]) -> Proposal:
        """The next pulse of each cell at its measured conductance, S: one amplitude, many widths."""
        law = self.law
        units = law.proportional * self._error(cells, measured_s) + law.integral * self._summed(cells, measured_s)
        direction = np.where(units < 0, -1, 1).astype(np.int8)
        polarity = self._drives.polarity(direction)
        volts = self._drives.held(polarity, self._drives.nominal_v[polarity])
        widths_s = np.clip(np.abs(units) * law.unit, law.unit, law.longest) * self._width_s
        return Proposal(direction * volts, widths_s)

    def learn(
        self,
        cells: NDArray[np.intp],
        volts: NDArray[np.float64],
        widths_s: NDArray[np.float64],
        before_s: NDArray[np.float64],
        after_s: NDArray[np.float64],
    ) -> None:
        """Keep the sums of the errors that the applied pulses met."""
        self._sum[cells] = self._summed(cells, before_s)

    def _error(self, cells: NDArray[np.intp], measured_s: NDArray[np.float64]) -> NDArray[np.float64]:
        error: NDArray[np.float64] = 2 * self.law.counts * (self._targets_s[cells] - measured_s) / self._span_s
        return error

    def _summed(self, cells: NDArray[np.intp], measured_s: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.clip(self._sum[cells] + self._error(cells, measured_s), -self.law.clamp, self.law.clamp)
