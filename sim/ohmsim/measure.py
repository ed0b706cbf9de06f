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
        cells, volts = self._cells, np.array(conditions.volts)
        conductance = cells.chord_s(np.full((cells.rows, cells.cols), conditions.volts))[rows]
        exact = conditions.volts * conductance
        loops = self._loops(conditions)
        seen: Floats = np.zeros(exact.shape)
        for samples in loops:
            seen += exact * (1 + cells.noise.draw(rows, samples))
            if cells.current_noise is not None:
                seen += cells.current_noise_a(rows, conductance, volts, samples)
        return self._convert(seen / len(loops), exact, conditions)

    def vectors(self, volts: Floats, conditions: ReadConditions) -> Floats:
        """Currents of all columns for each input vector, volts of shape (vectors, rows), A, shape (vectors, cols)."""
        cells, loops = self._cells, self._loops(conditions)
        conductance = cells.conductance_s
        exact: Floats = volts @ conductance
        if not cells.device.ohmic:
            for vector, row_v in enumerate(volts):
                exact[vector] = row_v @ self._chord_s(row_v)
        seen = exact.copy()
        for vector, row_v in enumerate(volts):
            rows = np.flatnonzero(row_v)
            if not cells.device.ohmic:
                conductance = self._chord_s(row_v)
            for samples in loops if rows.size else ():
                noisy = row_v[rows] @ (cells.noise.draw(rows, samples) * conductance[rows])
                if cells.current_noise is not None:
                    noisy += cells.current_noise_a(rows, conductance[rows], row_v[rows, None], samples).sum(axis=0)
                seen[vector] += noisy / len(loops)
        return self._convert(seen, exact, conditions)

    def _chord_s(self, row_v: Floats) -> Floats:
        return self._cells.chord_s(np.broadcast_to(row_v[:, None], (self._cells.rows, self._cells.cols)))

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
