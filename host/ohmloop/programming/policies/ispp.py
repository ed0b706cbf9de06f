"""ISPP: incremental step pulse programming, the baseline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass

import numpy as np

from ohmloop.programming.context import PolicyContext
from ohmloop.programming.policies.controller import Cells, Controller, Directions, Floats, way_of
from ohmloop.programming.policy import Proposal


@dataclass(frozen=True, slots=True)
class IsppSteps:
    """Steps of the ramp.

    Attributes:
        step_v: rise of the amplitude a pulse, V.
        memory: resume the ramp of a polarity where it was left, instead of at the start amplitude.
        back: how many steps below that it resumes; only with memory.
        shrink: factor on the step of a cell at each change of direction, 0 to 1; the step stays above 1/16 of `step_v`.

    The defaults were tuned with the same effort as VIPI, on the same seeds (docs/explanation/programming.md).
    """

    step_v: float = 0.25
    memory: bool = True
    back: float = 1.0
    shrink: float = 0.7

    def __post_init__(self) -> None:
        if not (self.step_v > 0 and self.back >= 0 and 0 < self.shrink <= 1):
            raise ValueError(f"a step must be above 0 V, back not negative and shrink above 0 to 1, not {self}")

    @classmethod
    def neurram(cls) -> IsppSteps:
        """The rule of NeuRRAM's write-verify: 0.1 V a pulse, from the start again whenever the target is crossed.

        Source: Wan et al., Nature 608, 504 (2022), and the host code published with it.
        """
        return cls(step_v=0.1, memory=False, back=0.0, shrink=1.0)


class Ispp(Controller):
    """Ramp the amplitude while the target lies on the same side, whatever the size of the error."""

    name = "ispp"
    SMALLEST_STEP = 1 / 16
    """Fraction of `step_v` below which a step does not shrink."""

    def __init__(self, steps: IsppSteps | None = None) -> None:
        self.steps = steps if steps is not None else IsppSteps()

    @property
    def parameters(self) -> Mapping[str, float]:
        """The steps by name."""
        return asdict(self.steps)

    def start(self, targets_s: Floats, context: PolicyContext) -> None:
        """Take new targets, S, shape (cells,)."""
        super().start(targets_s, context)
        self._step_v = np.full(self._targets_s.size, self.steps.step_v)
        self._last_v = np.full((2, self._targets_s.size), np.nan)

    def propose(self, cells: Cells, measured_s: Floats) -> Proposal:
        """The next amplitude of each cell at its measured conductance, S."""
        direction = way_of(self._targets_s[cells] - measured_s)
        return self._held(direction, self._ramped(cells, direction))

    def learn(self, cells: Cells, volts: Floats, widths_s: Floats, before_s: Floats, after_s: Floats) -> None:
        """Keep where the ramps of the applied pulses stand."""
        direction = way_of(volts)
        self._step_v[cells] = self._steps_now(cells, direction)
        self._last_v[self._drives.polarity(direction), cells] = np.abs(volts)
        self._pulsed(cells, volts)

    def _steps_now(self, cells: Cells, direction: Directions) -> Floats:
        smaller = np.maximum(self._step_v[cells] * self.steps.shrink, self.steps.step_v * self.SMALLEST_STEP)
        return np.where(self._turned(cells, direction), smaller, self._step_v[cells])

    def _ramped(self, cells: Cells, direction: Directions) -> Floats:
        polarity = self._drives.polarity(direction)
        start_v = self._drives.start_v[polarity]
        last_v = self._last_v[polarity, cells]
        goes_on = self._direction[cells] == direction
        resumed_v = np.fmax(start_v, last_v - self.steps.back * self.steps.step_v) if self.steps.memory else start_v
        return np.where(goes_on, last_v + self._steps_now(cells, direction), resumed_v)
