"""VIPI: the voltage-incremental PI controller."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from ohmloop.programming.context import PolicyContext
from ohmloop.programming.policies.controller import Cells, Controller, Directions, Floats, way_of
from ohmloop.programming.policy import Proposal


@dataclass(frozen=True, slots=True)
class VipiGains:
    """Gains of the controller; errors are fractions of the conductance range, amplitudes fractions of `nominal_v`.

    Attributes:
        proportional: amplitude for an error of one range.
        integral: growth of the integral a pulse, for an error of one range.
        creep: growth of the integral a pulse whatever the error, so that a cell that does not move meets a rising ramp.
        shrink: factor on both integrals when the error changes its sign, 0 to 1.

    The defaults were tuned on simulated VTEAM arrays, on seeds that no test uses (docs/explanation/programming.md).
    """

    proportional: float = 1.1
    integral: float = 0.8
    creep: float = 0.06
    shrink: float = 0.85

    def __post_init__(self) -> None:
        if not (self.proportional >= 0 and self.integral >= 0 and self.creep > 0 and 0 <= self.shrink <= 1):
            raise ValueError(f"gains must not be negative, creep must be above 0 and shrink 0 to 1, not {self}")


class Vipi(Controller):
    """V = V0 + Kp·|e|·Vnom + I, with one integral I per polarity; what moves is the amplitude.

    e = (target - measured) / range, its magnitude counted as 1 at most. e > 0 asks for SET, e < 0 for RESET. While e
    keeps its sign, I of that polarity grows by (Ki·|e| + creep)·Vnom a pulse; when it changes, both integrals shrink.
    """

    name = "vipi"

    def __init__(self, gains: VipiGains | None = None) -> None:
        self.gains = gains if gains is not None else VipiGains()

    @property
    def parameters(self) -> Mapping[str, float]:
        """The gains by name."""
        return asdict(self.gains)

    def start(self, targets_s: Floats, context: PolicyContext) -> None:
        """Take new targets, S, shape (cells,)."""
        super().start(targets_s, context)
        self._integral_v = np.zeros((2, self._targets_s.size))

    def propose(self, cells: Cells, measured_s: Floats) -> Proposal:
        """The next amplitude of each cell at its measured conductance, S."""
        signed, drives = self._error(cells, measured_s), self._drives
        direction, error = way_of(signed), np.abs(signed)
        polarity = drives.polarity(direction)
        integral_v = self._grown(cells, error, direction)[polarity, np.arange(cells.size)]
        volts = drives.start_v[polarity] + self.gains.proportional * error * drives.nominal_v[polarity] + integral_v
        return self._held(direction, volts)

    def learn(self, cells: Cells, volts: Floats, widths_s: Floats, before_s: Floats, after_s: Floats) -> None:
        """Keep the integrals of the pulses that were applied."""
        self._integral_v[:, cells] = self._grown(cells, np.abs(self._error(cells, before_s)), way_of(volts))
        self._pulsed(cells, volts)

    def _error(self, cells: Cells, measured_s: Floats) -> Floats:
        return np.clip((self._targets_s[cells] - measured_s) / self._span_s, -1.0, 1.0)

    def _grown(self, cells: Cells, error: Floats, direction: Directions) -> Floats:
        """Both integrals of the cells after one more pulse, V, shape (2, n). They stop where the amplitude would."""
        turned = self._turned(cells, direction)
        integral_v = self._integral_v[:, cells] * np.where(turned, self.gains.shrink, 1.0)
        polarity = self._drives.polarity(direction)
        growth_v = (self.gains.integral * error + self.gains.creep) * self._drives.nominal_v[polarity]
        columns = np.arange(cells.size)
        room_v = self._drives.max_v[polarity] - self._drives.start_v[polarity]
        kept_v = integral_v[polarity, columns]
        integral_v[polarity, columns] = np.where(turned, kept_v, np.minimum(kept_v + growth_v, room_v))
        return integral_v
