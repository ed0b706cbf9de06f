"""Endurance: thresholds that rise with use, and cells that stop switching.

A switching event is a pulse that moves a cell by more than SWITCHED of its range. After n of them

- voltages act on the cell as if divided by 1 + hardening log10(1 + n / onset): so many percent per decade of events;
- with `endurance` above 0 the cell no longer moves once n exceeds its life, log-normal with that median.

Chosen, not fitted: the two ways in which oxide cells are reported to wear, with numbers for the user to set.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmsim.devices.base import Cells, Device, Floats, Ordinals
from ohmsim.noise import NoiseSource
from ohmsim.overlays.layer import Layer
from ohmsim.parameters import bounded
from ohmsim.state import State

SWITCHED = 0.01


@dataclass(frozen=True, slots=True)
class WearParameters:
    """`hardening` and `endurance` 0 switch each part off."""

    hardening: float = bounded(0, 0, 1)  # relative rise of thresholds per decade of switching events
    onset: float = bounded(1e3, 1, 1e12)  # switching events
    endurance: float = bounded(0, 0, 1e15)  # median switching events of a cell's life
    endurance_spread: float = bounded(0.5, 0, 3)  # standard deviation of its logarithm


class Wear(Layer):
    """A model whose cells wear out.

    Attributes:
        switched: switching events of each cell so far, shape (cells,).
    """

    def __init__(self, inner: Device, parameters: WearParameters, noise: NoiseSource, state: State) -> None:
        super().__init__(inner)
        self.parameters = p = parameters
        cells = inner.conductance_s.size
        self.switched: NDArray[np.uint64] = state.array("wear.switched", (cells,), np.uint64)
        draw = noise.stream("wear.life", cells).normal(np.arange(cells), np.zeros(1, np.uint64))
        self._life = p.endurance * np.exp(p.endurance_spread * draw) if p.endurance else np.full(cells, np.inf)

    def apply(self, cells: Cells, volts: Floats, duration_s: float, ordinals: Ordinals) -> None:
        """Only cells that still live see the pulse, and the less of it the more they were used."""
        p = self.parameters
        alive = self.switched[cells] < self._life[cells]
        cells, volts, ordinals = cells[alive], volts[alive], ordinals[alive]
        if cells.size == 0:
            return
        hardened = 1 + p.hardening * np.log10(1 + self.switched[cells] / p.onset)
        before = self.inner.conductance_s[cells]
        self.inner.apply(cells, volts / hardened, duration_s, ordinals)
        low, high = self.inner.bounds_s
        moved = np.abs(self.inner.conductance_s[cells] - before) > SWITCHED * (high - low)[cells]
        self.switched[cells[moved]] += np.uint64(1)
