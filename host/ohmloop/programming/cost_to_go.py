"""How many pulses are still to come, as a function of the error: what the next pulse is chosen by."""

from __future__ import annotations

from functools import lru_cache
from math import erf, sqrt

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LARGEST = 8.0
"""The largest error that is told apart, as its asinh, errors being in half-widths of the band: sinh 8 = 1490."""
ERRORS, AIMS, NODES, ROUNDS = 161, 40, 15, 60
CHANGE = 1e-4
"""Change of the cost below which the iteration ends, pulses."""


@lru_cache(maxsize=64)
def cost_to_go(step_noise: float, read_noise: float) -> Floats:
    """Expected pulses until a cell is accepted, for errors of sinh(i LARGEST / (ERRORS - 1)) half-widths of the band.

    The value of a Markov decision process (Bellman, 1957): a pulse aimed at the part a of an error e leaves
    e (1 - a exp(x)), x normal with `step_noise`; the best a is chosen at every error; a cell is accepted if its error,
    read with a scatter of `read_noise` half-widths, lies within the band.
    """
    places = np.linspace(0.0, LARGEST, ERRORS)
    errors = np.sinh(places)
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights /= weights.sum()
    aims = np.geomspace(0.1, 1.3, AIMS)
    left = errors[:, None, None] * (1 - aims[:, None] * np.exp(step_noise * nodes))
    left_places = np.arcsinh(np.abs(left))
    scale = max(read_noise, 1e-3) * sqrt(2)
    accepted = np.array([(erf((1 - e) / scale) + erf((1 + e) / scale)) / 2 for e in errors])
    cost = np.log1p(errors)
    for _ in range(ROUNDS):
        onward = (np.interp(left_places, places, cost) @ weights).min(axis=1)
        fresh = (1 - accepted) * (1 + onward)
        settled = np.abs(fresh - cost).max() < CHANGE
        cost = fresh
        if settled:
            break
    return cost
