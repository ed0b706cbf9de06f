"""Relaxation after programming, as measured on the chip of W. Wan et al., Nature 608:504 (2022).

The conductance wanders off from where it was verified, normally distributed, without a mean shift. Its spread depends
on the conductance, x = G / g_max, and on time: polynomials at 1 s, 1 day and 2 days, in uS for g_max = 40 uS, as in
aihwkit's ReRamWan2022NoiseModel (MIT licence), fitted there to the published figures:

    1 s     0.348 + 16.030 x - 43.853 x^2 + 45.393 x^3 - 16.815 x^4
    1 day   0.701 + 22.086 x - 50.773 x^2 + 47.095 x^3 - 16.458 x^4
    2 days  0.782 + 20.274 x - 43.507 x^2 + 37.062 x^3 - 11.934 x^4

Ours: between these times the spread is linear in log t, before 1 s it grows with log(1 + t / onset), after 2 days it
stays; one draw a programming event, so a cell goes its own way instead of jumping; x above 1 counts as 1.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ohmsim.devices.base import Floats
from ohmsim.overlays.ageing import Law
from ohmsim.parameters import bounded

DAY_S = 86400.0
TIMES_S = (1.0, DAY_S, 2 * DAY_S)
SPREADS = (
    (0.348, 16.030, -43.853, 45.393, -16.815),
    (0.701, 22.086, -50.773, 47.095, -16.458),
    (0.782, 20.274, -43.507, 37.062, -11.934),
)
"""Coefficients of 1, x, x^2, x^3, x^4 at TIMES_S, in units of g_max / 40."""
PARTS = 40.0


@dataclass(frozen=True, slots=True)
class RelaxationParameters:
    """`scale` 0 switches it off, 1 is as measured."""

    scale: float = bounded(0, 0, 10)
    g_max: float = bounded(40e-6, 1e-9, 0.1, "S")
    onset: float = bounded(1e-3, 1e-9, 1, "s")


class Relaxation(Law):
    """A spread without a shift."""

    name = "relaxation"

    def __init__(self, parameters: RelaxationParameters) -> None:
        self.parameters = parameters

    def aged_s(self, programmed_s: Floats, elapsed_s: Floats, draw: Floats) -> Floats:
        """Conductance after `elapsed_s`."""
        aged: Floats = programmed_s + self.spread_s(programmed_s, elapsed_s) * draw
        return aged

    def spread_s(self, programmed_s: Floats, elapsed_s: Floats) -> Floats:
        """Standard deviation after `elapsed_s` seconds, S."""
        p = self.parameters
        x = np.clip(programmed_s / p.g_max, 0, 1)
        first, day, two_days = (np.maximum(np.polyval(c[::-1], x), 0) for c in SPREADS)
        decades = np.log(np.maximum(elapsed_s, 1.0)) / np.log(DAY_S)
        later = np.clip(np.log(np.maximum(elapsed_s, 1.0) / DAY_S) / np.log(2), 0, 1)
        grown = np.log1p(np.minimum(elapsed_s, 1.0) / p.onset) / np.log1p(1 / p.onset)
        spread = grown * (first + np.minimum(decades, 1) * (day - first)) + later * (two_days - day)
        in_siemens: Floats = p.scale * p.g_max / PARTS * spread
        return in_siemens
