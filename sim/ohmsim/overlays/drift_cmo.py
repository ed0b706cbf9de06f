"""Drift and relaxation of analog filamentary CMO/HfOx cells (IBM Research Zurich; Falcone et al. 2025).

After programming, independent of the conductance: mean shift -0.08900206 ln t and standard deviation
0.04201137 ln t + 0.41183342, in uS with t in seconds, as in aihwkit's ReRamCMONoiseModel (MIT licence) for t >= 1 s.
Its accumulated read noise is not repeated here: see the read noise overlay.

Ours: before 1 s the mean stays and the deviation grows with log(1 + t / onset); one draw a programming event.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ohmsim.devices.base import Floats
from ohmsim.overlays.ageing import Law
from ohmsim.parameters import bounded

MEAN, SPREAD, SPREAD_1S = -0.08900206e-6, 0.04201137e-6, 0.41183342e-6
"""Siemens per ln(second), and siemens at 1 s."""


@dataclass(frozen=True, slots=True)
class DriftCmoParameters:
    """`scale` 0 switches it off, 1 is as measured."""

    scale: float = bounded(0, 0, 100)
    onset: float = bounded(1e-3, 1e-9, 1, "s")


class DriftCmo(Law):
    """A shift and a spread that grow with ln t."""

    name = "drift_cmo"

    def __init__(self, parameters: DriftCmoParameters) -> None:
        self.parameters = parameters

    def aged_s(self, programmed_s: Floats, elapsed_s: Floats, draw: Floats) -> Floats:
        """Conductance after `elapsed_s`."""
        p = self.parameters
        decades = np.log(np.maximum(elapsed_s, 1.0))
        grown = np.log1p(np.minimum(elapsed_s, 1.0) / p.onset) / np.log1p(1 / p.onset)
        aged: Floats = programmed_s + p.scale * (MEAN * decades + (SPREAD * decades + SPREAD_1S * grown) * draw)
        return aged
