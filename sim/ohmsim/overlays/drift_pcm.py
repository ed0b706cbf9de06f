"""Drift of phase-change cells: G(t) = G0 (1 + t / t0)^-nu, t0 = 20 s.

S. R. Nandakumar et al., "Phase-change memory models for deep learning training and inference", ICECS 2019, as in
aihwkit's PCMLikeNoiseModel: with x = G0 / g_max, nu is normal with

    mean       -0.0155 ln x + 0.0244, held between 0.049 and 0.1
    deviation  -0.0125 ln x - 0.0059, held between 0.008 and 0.045

and counts by its magnitude. One draw a programming event. The model's 1/f noise is not repeated here: see the read
noise overlay.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ohmsim.devices.base import Floats
from ohmsim.overlays.ageing import Law
from ohmsim.parameters import bounded

SMALLEST = 1e-7
"""x below it counts as this."""


@dataclass(frozen=True, slots=True)
class DriftPcmParameters:
    """`scale` multiplies the exponent: 0 switches drift off, 1 is as measured."""

    scale: float = bounded(0, 0, 10)
    g_max: float = bounded(25e-6, 1e-9, 0.1, "S")
    t0: float = bounded(20, 1e-6, 1e6, "s")


class DriftPcm(Law):
    """A power law whose exponent differs between events."""

    name = "drift_pcm"

    def __init__(self, parameters: DriftPcmParameters) -> None:
        self.parameters = parameters

    def aged_s(self, programmed_s: Floats, elapsed_s: Floats, draw: Floats) -> Floats:
        """Conductance after `elapsed_s`."""
        p = self.parameters
        exponent = -p.scale * self.nu(programmed_s, draw)
        aged: Floats = programmed_s * (1 + elapsed_s / p.t0) ** exponent
        return aged

    def nu(self, programmed_s: Floats, draw: Floats) -> Floats:
        """Drift exponent."""
        x = np.log(np.maximum(programmed_s / self.parameters.g_max, SMALLEST))
        mean = np.clip(-0.0155 * x + 0.0244, 0.049, 0.1)
        spread = np.clip(-0.0125 * x - 0.0059, 0.008, 0.045)
        nu: Floats = np.abs(mean + spread * draw)
        return nu
