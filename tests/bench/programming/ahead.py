"""Whether looking further ahead would save pulses: a model of a cell that is learned while it is programmed.

ln R of a cell is normal over the cells for each polarity, and known to a pulse's noise better with every pulse of it:
so much is certain before, so that the best plan is that of a Markov decision process whose states are the error, its
side, and how many pulses of either polarity there were. A pulse aimed at the part a of an error e leaves e (1 - a f), f
log-normal. It is the model of `cost_to_go`, but for what is not known yet of a cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from math import erf, hypot, sqrt

import numpy as np
from numpy.typing import NDArray
from tests.bench.programming.arrays import Device
from tests.bench.programming.contest import targets_of
from tests.bench.programming.parts import BAND, BAND_SEEDS, COMMAND
from tests.bench.results import Row

from ohmloop.programming.cost_to_go import ERRORS, LARGEST

Floats = NDArray[np.float64]

AIMS, NODES, MOST, ROUNDS = np.geomspace(0.05, 1.3, 40), 31, 3, 25
"""Aims that are tried, points of a normal density, pulses after which no more is learned, pulses looked ahead."""
TURNING = 0.13
"""As `bayes` is tuned."""
READ_NOISE = 0.2
"""Scatter of a reading in half-widths of the band."""


class Model:
    """A cell whose ln R is known to `spread` before its first pulse; `noise` is that of a pulse."""

    def __init__(self, spread: float, noise: float) -> None:
        self.spread, self.noise = spread, noise
        self.places = np.linspace(0, LARGEST, ERRORS)
        errors = np.sinh(self.places)
        scale = READ_NOISE * sqrt(2)
        self.missed = np.array([1 - (erf((1 - e) / scale) + erf((1 + e) / scale)) / 2 for e in errors])
        nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
        self._weights = weights / weights.sum()
        self._left = []
        for pulses in range(MOST + 1):
            known = spread**2 / (1 + pulses * (spread / noise) ** 2)
            left = errors[:, None, None] * (1 - AIMS[:, None] * np.exp(sqrt(known + noise**2) * nodes))
            place = np.minimum(np.arcsinh(np.abs(left)) / self.places[1], ERRORS - 1.001)
            self._left.append((left < 0, place.astype(np.intp), place % 1))

    def expected(self, pulses: int, same: Floats, other: Floats) -> Floats:
        """Cost of each aim at each error, from that on this side of the target and on the other; shape (errors, aims).

        `pulses` of this polarity were given before.
        """
        over, index, part = self._left[pulses]
        both = np.stack((same, other))
        low, high = both[over.astype(np.intp), index], both[over.astype(np.intp), index + 1]
        mean: Floats = (low + part * (high - low)) @ self._weights
        return mean

    def plan(self, *, ahead: bool) -> Floats:
        """Pulses to come from each error of a cell that was not pulsed yet.

        Chosen with all that is still to be learned in view, or as `bayes` does: by the cost of a known cell, and
        `TURNING` for an overshoot while the other polarity has not been tried.
        """
        cost = np.tile(np.log1p(np.sinh(self.places)), (MOST + 1, MOST + 1, 1))
        aims = {}
        if not ahead:
            known = Model(0.0, self.noise).plan(ahead=True)
            for own, of_other in np.ndindex(MOST + 1, MOST + 1):
                turned = known + (TURNING * (self.places > np.arcsinh(1)) if of_other == 0 else 0.0)
                aims[own, of_other] = self.expected(own, known, turned).argmin(axis=1)
        for _ in range(ROUNDS):
            fresh = np.empty_like(cost)
            for own, of_other in np.ndindex(MOST + 1, MOST + 1):
                more = min(own + 1, MOST)
                expected = self.expected(own, cost[more, of_other], cost[of_other, more])
                aim = expected.argmin(axis=1) if ahead else aims[own, of_other]
                fresh[own, of_other] = self.missed * (1 + expected[np.arange(ERRORS), aim])
            cost = fresh
        value: Floats = cost[0, 0]
        return value


def ahead() -> Iterator[Row]:
    """VTEAM in NeuRRAM's band: `bayes`' way of choosing against the best plan, in the model."""
    device = Device("vteam")
    p = device.array(BAND_SEEDS[0]).cells.device.parameters  # type: ignore[attr-defined]
    largest_v = device.profile.set_drive.max_v
    slopes = [alpha * largest_v / (largest_v - v) for alpha, v in ((p.alpha_set, p.v_set), (p.alpha_reset, p.v_reset))]
    spread = sqrt(p.d2d_rate**2 + p.d2d_threshold**2 * (slopes[0] ** 2 + slopes[1] ** 2) / 2)
    noise = hypot(p.c2c_rate, p.c2c_volts * sum(slopes) / 2)
    model = Model(spread, noise)
    begun = []
    for seed in BAND_SEEDS:
        array, profile = device.array(seed), device.profile
        targets_s = targets_of(profile, array.capabilities.geometry, seed)
        begun.append(np.abs(targets_s - array.cells.conductance_s) / (BAND * profile.span_s))
    places = np.arcsinh(np.array(begun))
    ours, best, known = (
        float(np.interp(places, model.places, cost).mean())
        for cost in (model.plan(ahead=False), model.plan(ahead=True), Model(0.0, noise).plan(ahead=True))
    )
    note = f"a model: ln R known to {spread:.2f} before, noise of a pulse {noise:.2f}; {known:.3f} if cells were known"
    case = "vteam 2.5 %, in a model: choosing as bayes does against looking ahead to all that is learned"
    yield Row(case, ours, best, "the best plan", None, "pulses", COMMAND, note)
