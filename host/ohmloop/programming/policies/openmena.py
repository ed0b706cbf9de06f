"""OpenMENA: the rule of the released shield, a fixed amplitude and a PI law on the width."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from ohmloop.programming.context import PolicyContext
from ohmloop.programming.policies.controller import Cells, Controller, Floats, way_of
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


class Openmena(Controller):
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

    def start(self, targets_s: Floats, context: PolicyContext) -> None:
        """Take new targets, S, shape (cells,)."""
        super().start(targets_s, context)
        self._sum = np.zeros(self._targets_s.size)

    def propose(self, cells: Cells, measured_s: Floats) -> Proposal:
        """The next pulse of each cell at its measured conductance, S: one amplitude, many widths."""
        law = self.law
        units = law.proportional * self._error(cells, measured_s) + law.integral * self._summed(cells, measured_s)
        direction = way_of(units)
        widths_s = np.clip(np.abs(units) * law.unit, law.unit, law.longest) * self._width_s
        return self._held(direction, self._drives.nominal_v[self._drives.polarity(direction)], widths_s)

    def learn(self, cells: Cells, volts: Floats, widths_s: Floats, before_s: Floats, after_s: Floats) -> None:
        """Keep the sums of the errors that the applied pulses met."""
        self._sum[cells] = self._summed(cells, before_s)

    def _error(self, cells: Cells, measured_s: Floats) -> Floats:
        error: Floats = 2 * self.law.counts * (self._targets_s[cells] - measured_s) / self._span_s
        return error

    def _summed(self, cells: Cells, measured_s: Floats) -> Floats:
        return np.clip(self._sum[cells] + self._error(cells, measured_s), -self.law.clamp, self.law.clamp)
