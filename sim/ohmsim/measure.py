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
READ_S = 30e-6
"""For so long the board's rows stand at their voltages for a reading of one range (board notes, section 3)."""


class Meter:
    """Measures currents of columns; each call of a row is one conversion for every SAMPLES_MAX averages.

    `adc_noise` is the converter's noise relative to the board's description.
    """

    def __init__(self, cells: CellArray, board: Description, adc_noise: float, noise: NoiseSource) -> None:
        self._cells = cells
        self._noise = noise.stream("meter", cells.cols)
        self._conversions = 0
        self._rf = np.array(board.rf_ohm)
        self._span_v, self._noise_v = board.adc_span_v[0], adc_noise * board.adc_noise_v[0]
        self.full_scale_a = self._span_v / self._rf

    def rows(self, rows: Lines, conditions: ReadConditions) -> Floats:
        """Currents of all cells of `rows`, each row read alone, A, shape (rows, cols); inf where out of range."""
        cells, loops, volts = self._cells, self._loops(conditions), np.array(conditions.volts)
        conductance = cells.linear_s(rows)
        alone_only = conductance is None and (cells.wires is not None or cells.selector is not None)
        if alone_only or abs(conditions.volts) > cells.quiet_v:
            alone = np.zeros((len(rows), cells.rows))
            alone[np.arange(len(rows)), rows] = conditions.volts
            return self._convert(*self._one_by_one(alone, loops), conditions)
        if conductance is None:
            conductance = cells.chord_s(np.full((cells.rows, cells.cols), conditions.volts))[rows]
        exact = conditions.volts * conductance
        seen: Floats = np.zeros(exact.shape)
        for samples in loops:
            seen += exact * (1 + cells.noise.draw(rows, samples))
            if cells.current_noise is not None:
                seen += cells.current_noise_a(rows, conductance, volts, samples)
        return self._convert(seen / len(loops), exact, conditions)

    def vectors(self, volts: Floats, conditions: ReadConditions) -> Floats:
        """Currents of all columns for each input vector, volts of shape (vectors, rows), A, shape (vectors, cols)."""
        cells, loops = self._cells, self._loops(conditions)
        matrix = cells.linear_s(np.arange(cells.rows)) if np.abs(volts).max() <= cells.quiet_v else None
        if matrix is None:
            return self._convert(*self._one_by_one(volts, loops), conditions)
        exact: Floats = volts @ matrix
        seen = exact.copy()
        for vector, row_v in enumerate(volts):
            rows = np.flatnonzero(row_v)
            for samples in loops if rows.size else ():
                noisy = row_v[rows] @ (cells.noise.draw(rows, samples) * matrix[rows])
                if cells.current_noise is not None:
                    noisy += cells.current_noise_a(rows, matrix[rows], row_v[rows, None], samples).sum(axis=0)
                seen[vector] += noisy / len(loops)
        return self._convert(seen, exact, conditions)

    def _one_by_one(self, volts: Floats, loops: list[int]) -> tuple[Floats, Floats]:
        """Currents with and without the noise of cells, where each vector bends the cells or moves them."""
        cells = self._cells
        seen, exact = np.empty((len(volts), cells.cols)), np.empty((len(volts), cells.cols))
        for vector, row_v in enumerate(volts):
            opening = cells.open(np.flatnonzero(row_v), row_v, None)
            exact[vector] = cells.currents(opening)
            seen[vector] = np.mean([cells.convert(opening, samples) for samples in loops], axis=0)
            cells.hold(opening, READ_S * len(loops))
        return seen, exact

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
