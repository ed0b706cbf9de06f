"""How much readings of a cell that nobody moves scatter."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ohmloop.procedures.errors import ProcedureError
from ohmloop.procedures.probe import Place, Probe

READINGS = 32


@dataclass(frozen=True, slots=True)
class ReadNoise:
    """Scatter of readings, standard deviations.

    Attributes:
        white: from one reading to the next, as a fraction of the conductance: averaging reduces it.
        slow: of the mean over the readings, as a fraction of the conductance: averaging does not reduce it.
    """

    white: float
    slow: float


def measure_read_noise(probe: Probe, place: Place, readings: int = READINGS) -> ReadNoise:
    """Read cells again and again and compare the scatter of neighbouring readings with that of all of them.

    A quarter of the cells may be noisier: the median over the cells counts. Raises ProcedureError if no cell reads.
    """
    conductances_s = probe.read(place, readings)
    whole = conductances_s[:, np.isfinite(conductances_s).all(axis=0) & (conductances_s > 0).all(axis=0)]
    if not whole.size:
        raise ProcedureError(f"none of {len(place)} cells gave a reading above 0 S: look at the contacts")
    relative = whole / whole.mean(axis=0)
    white = np.sqrt((np.diff(relative, axis=0) ** 2).mean(axis=0) / 2)
    slow = np.sqrt(np.maximum(relative.var(axis=0, ddof=1) - white**2, 0.0))
    return ReadNoise(float(np.median(white)), float(np.median(slow)))
