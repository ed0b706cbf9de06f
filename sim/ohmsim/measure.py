"""Reading an array without a board: ranges, noise and steps of the current converter on whole matrices at once."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import CurrentRange, ReadConditions
from ohmsim.cells import CellArray
from ohmsim.description import Description
from ohmsim.noise import NoiseSource

Floats = NDArray[np.float64]
Lines = NDArray[np.intp]

CODES = 32768
FITS = 0.8
"""A finer range is used for what takes at most this part of it, as the engine does."""
SAMPLES_MAX = 256
"""Internal samples of one conversion."""


class Meter:
    """Measures currents of columns; each call of a row is one conversion for every SAMPLES_MAX averages."""

    def __init__(self, cells: CellArray, board: Description, noise: NoiseSource) -> None:
        self._cells = cells
        self._noise = noise.stream("meter", cells.cols)
        self._conversions = 0
        self._rf = np.array(board.rf_ohm)
        self._span_v, self._noise_v = board.adc_span_v[0], board.adc_noise_v[0]
        self.full_scale_a = self._span_v / self._rf

    def rows(self, rows: Lines, conditions: ReadConditions) -> Floats:
        """Currents of all cells of `rows`, each row read alone, A, shape (rows, cols); inf where out of range."""
        exact = conditions.volts * self._cells.conductance_s[rows]
        loops = self._loops(conditions)
        seen: Floats = np.zeros(exact.shape)
        for samples in loops:
            seen += exact * (1 + self._cells.noise.draw(rows, samples))
        return self._convert(seen / len(loops), exact, conditions)

    def vectors(self, volts: Floats, conditions: ReadConditions) -> Floats:
        """Currents of all columns for each input vector, volts of shape (vectors, rows), A, shape (vectors, cols)."""
        conductance, loops = self._cells.conductance_s, self._loops(conditions)
        exact: Floats = volts @ conductance
        seen = exact.copy()
        for vector, row_v in enumerate(volts):
            rows = np.flatnonzero(row_v)
            for samples in loops if rows.size else ():
                noisy = self._cells.noise.draw(rows, samples) * conductance[rows]
                seen[vector] += row_v[rows] @ noisy / len(loops)
        return self._convert(seen, exact, conditions)

    def _loops(self, conditions: ReadConditions) -> list[int]:
        samples = min(conditions.averages, SAMPLES_MAX)
        return [samples] * (conditions.averages // samples)

    def _convert(self, seen: Floats, exact: Floats, conditions: ReadConditions) -> Floats:
        """Noise, steps and ends of the range of each column."""
        chosen = self._ranges(exact, conditions.current_range)
        ordinals = np.arange(self._conversions, self._conversions + len(seen), dtype=np.uint64)[:, None]
        self._conversions += len(seen)
        noise_v = self._noise_v / conditions.averages**0.5 * self._noise.normal(np.arange(self._cells.cols), ordinals)
        codes = (seen * self._rf[chosen] + noise_v) * (CODES / self._span_v)
        # Averaged conversions fall between the steps of one.
        steps = np.rint(codes * conditions.averages) / conditions.averages
        currents: Floats = steps * self.full_scale_a[chosen] / CODES
        currents[np.abs(codes) >= CODES - 1] *= np.inf
        return currents

    def _ranges(self, exact: Floats, wanted: CurrentRange) -> NDArray[np.intp]:
        if wanted is not CurrentRange.AUTO:
            return np.full(exact.shape, "LMH".index(wanted.value))
        fits = np.abs(exact)[..., None] <= FITS * self.full_scale_a[:2]
        return np.where(fits[..., 0], 0, np.where(fits[..., 1], 1, 2))
