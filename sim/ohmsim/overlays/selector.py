"""A transistor in series with every cell (1T1R): it limits the current, and cells whose gate is off are not there.

The transistor of a cell whose row is joined to its driver has the gate voltage Vg; that of every other row is off: the
gate lines run along the rows and follow their switches. Square law (H. Shichman, D. Hodges, IEEE JSSC 3:285, 1968), of
which the linear region is taken at small voltages and the saturation as a limit, the same in both directions:

    I = min(V / (R + Ron), Isat)      Ron = 1 / (k (Vg - Vth))      Isat = k (Vg - Vth)^2 / 2

A SET under a current limit ends by itself: the more the cell conducts, the less voltage it keeps. A pulse is cut into
PARTS parts for that, each longer than the one before, during which the cell's voltage is held.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ohmsim.devices.base import Cells, Device, Floats, Ordinals
from ohmsim.errors import ConvergenceError, ParameterError
from ohmsim.overlays.layer import Layer
from ohmsim.parameters import bounded

PARTS = 96
FIRST = 1e-4
"""The shortest part of a pulse, as a fraction of it."""
PART_BITS = np.uint64(55)
"""Parts are numbered above all events, for models whose draws belong to a stretch of time."""
ROUNDS_MAX = 200
CLOSE = 1e-12


@dataclass(frozen=True, slots=True)
class SelectorParameters:
    """`gate_v` 0 means that there is no transistor. The other defaults are of a wide device in 130 nm, chosen."""

    gate_v: float = bounded(0, 0, 10, "V")  # of the rows that are on
    threshold_v: float = bounded(0.5, 0.1, 3, "V")
    transconductance: float = bounded(1e-3, 1e-6, 1, "A/V^2")  # k


class Selector(Layer):
    """A model behind transistors. Conductances are those of cell and transistor together, at small voltages.

    Attributes:
        gate_v: of the rows that are on, V; may be set at any time between pulses.

    Raises ParameterError for a gate that is not above its threshold, or a conductance that is not below 1/Ron.
    """

    def __init__(self, inner: Device, parameters: SelectorParameters) -> None:
        super().__init__(inner)
        self.parameters = parameters
        self.ohmic = False
        self.gate_v = parameters.gate_v
        edges = np.concatenate(([0.0], np.geomspace(FIRST, 1, PARTS)))
        self._parts = np.diff(edges)

    @property
    def gate_v(self) -> float:
        """Gate voltage, V."""
        return self._gate_v

    @gate_v.setter
    def gate_v(self, volts: float) -> None:
        p = self.parameters
        if not p.threshold_v < volts <= 10:
            raise ParameterError("selector.gate_v", volts, f"above its threshold of {p.threshold_v:g} V, up to 10 V")
        self._gate_v = volts
        over_v = volts - p.threshold_v
        self._on_s, self._most_a = p.transconductance * over_v, p.transconductance * over_v**2 / 2

    @property
    def conductance_s(self) -> Floats:
        """Of cell and transistor, S."""
        return self._in_series(self.inner.conductance_s)

    @property
    def bounds_s(self) -> tuple[Floats, Floats]:
        """The model's, behind the transistor."""
        low, high = self.inner.bounds_s
        return self._in_series(low), self._in_series(high)

    def apply(self, cells: Cells, volts: Floats, duration_s: float, ordinals: Ordinals) -> None:
        """The model sees, part by part, what the transistor leaves it."""
        everywhere = np.zeros(self.inner.conductance_s.size)
        everywhere[cells] = volts
        for number, part in enumerate(self._parts):
            seen = self._cell_v(everywhere)[0][cells]
            event = ordinals + (np.uint64(number) << PART_BITS) if self.inner.drawn_in_time else ordinals
            self.inner.apply(cells, seen, part * duration_s, event)

    def put(self, conductance_s: Floats) -> None:
        """Of cell and transistor together."""
        beyond = np.flatnonzero(conductance_s >= self._on_s)
        if beyond.size:
            cell = int(beyond[0])
            raise ParameterError(
                f"conductance of cell {cell}",
                float(conductance_s[cell]),
                f"below that of its transistor, {self._on_s:g} S",
            )
        self.inner.put(conductance_s / (1 - conductance_s / self._on_s))

    def chord_s(self, volts: Floats) -> Floats:
        """Current through both by the voltage across both, S."""
        across, chord = self._cell_v(volts)
        limited = np.abs(across) * chord >= self._most_a * (1 - CLOSE)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(limited, self._most_a / np.abs(volts), self._in_series(chord))

    def slope_s(self, volts: Floats) -> Floats:
        """Derivative of the current by the voltage across both, S; 0 at the limit."""
        across, chord = self._cell_v(volts)
        limited = np.abs(across) * chord >= self._most_a * (1 - CLOSE)
        return np.where(limited, 0.0, self._in_series(self.inner.slope_s(across)))

    def _cell_v(self, volts: Floats) -> tuple[Floats, Floats]:
        """Voltage across each cell alone, V, and the model's chord there, S."""
        across = volts
        for _ in range(ROUNDS_MAX):
            chord = self.inner.chord_s(across)
            current = np.minimum(np.abs(volts) * self._in_series(chord), self._most_a)
            before, across = across, np.sign(volts) * current / chord
            if self.inner.ohmic or np.abs(across - before).max() <= CLOSE * np.abs(volts).max():
                return across, chord
            across = (across + before) / 2
        raise ConvergenceError(f"cells and transistors do not agree on a current after {ROUNDS_MAX} rounds")

    def _in_series(self, conductance_s: Floats) -> Floats:
        return conductance_s / (1 + conductance_s / self._on_s)
