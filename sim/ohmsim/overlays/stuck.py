"""Cells that no longer move: their conductance is what it is, whatever voltage they see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmsim.errors import ParameterError
from ohmsim.noise import NoiseSource, NoiseStream
from ohmsim.parameters import bounded

Floats = NDArray[np.float64]

PLACES = ("low", "high", "mixed", "here")
"""Where cells are stuck: at the lowest or highest conductance of the range, at either, or where they are."""


@dataclass(frozen=True, slots=True)
class StuckParameters:
    """Fractions of the cells of a new chip that never move."""

    low: float = bounded(0, 0, 1)  # stuck at the lower end of the range
    high: float = bounded(0, 0, 1)  # stuck at its upper end


class Stuck:
    """Stuck cells of an array; none at first.

    Attributes:
        present: whether there are any.
        mask: which cells, shape (cells,).
        conductance_s: where they are stuck, S, NaN for healthy cells.
        largest_s: the largest of these, S, 0 if there are none.
    """

    def __init__(self, cells: int) -> None:
        self.present = False
        self.largest_s = 0.0
        self.mask = np.zeros(cells, np.bool_)
        self.conductance_s = np.full(cells, np.nan)

    @classmethod
    def born(cls, parameters: StuckParameters, cells: int, noise: NoiseSource, low_s: float, high_s: float) -> Stuck:
        """Cells that never moved, from a chip's manufacture: at the ends of the range, keyed by the board's seed.

        Raises ParameterError if more than all cells are stuck.
        """
        if parameters.low + parameters.high > 1:
            raise ParameterError("stuck.high", parameters.high, f"at most {1 - parameters.low:g} beside stuck.low")
        stuck = cls(cells)
        drawn = noise.stream("stuck.born", cells).uniform(np.arange(cells), np.zeros(1, np.uint64))
        stuck.mask |= drawn < parameters.low + parameters.high
        stuck.conductance_s[stuck.mask] = np.where(drawn < parameters.low, low_s, high_s)[stuck.mask]
        stuck.present = bool(stuck.mask.any())
        stuck.largest_s = float(np.nanmax(stuck.conductance_s)) if stuck.present else 0.0
        return stuck

    def heal(self) -> None:
        """All cells move again."""
        self.present = False
        self.largest_s = 0.0
        self.mask[...] = False
        self.conductance_s[...] = np.nan

    def strike(self, fault: Mapping[str, object], now_s: Floats, low_s: float, high_s: float) -> None:
        """Stick a fraction of the cells.

        Args:
            fault: `fraction` (0 to 1), `seed` (integer, default 0), `at` (one of PLACES, default "mixed").
            now_s: present conductances, S, shape (cells,).
            low_s: lower end of the conductance range, S.
            high_s: its upper end, S.

        Raises ParameterError.
        """
        unknown = set(fault) - {"fraction", "seed", "at"}
        if unknown:
            raise ParameterError(f"stuck.{min(unknown)}", fault[min(unknown)], "one of at, fraction, seed")
        fraction, seed, at = fault.get("fraction"), fault.get("seed", 0), fault.get("at", "mixed")
        if isinstance(fraction, bool) or not isinstance(fraction, int | float) or not 0 <= fraction <= 1:
            raise ParameterError("stuck.fraction", fraction, "from 0 to 1")
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise ParameterError("stuck.seed", seed, "an integer")
        if at not in PLACES:
            raise ParameterError("stuck.at", at, f"one of {', '.join(PLACES)}")
        cells = np.arange(self.mask.size)
        stream = NoiseStream(seed, "", "stuck", self.mask.size)
        which = stream.uniform(cells, np.zeros(1, np.uint64)) < fraction
        coin = stream.uniform(cells, np.ones(1, np.uint64)) < 0.5
        places = {
            "low": np.full(cells.size, low_s),
            "high": np.full(cells.size, high_s),
            "mixed": np.where(coin, low_s, high_s),
            "here": now_s,
        }
        self.mask |= which
        self.conductance_s[which] = places[str(at)][which]
        self.present = bool(self.mask.any())
        self.largest_s = float(np.nanmax(self.conductance_s)) if self.present else 0.0
