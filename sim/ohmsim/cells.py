"""The cells of one array behind its lines: device model, overlays, circuit and record."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmsim.devices.base import READ_EVENTS, Device
from ohmsim.network import ideal
from ohmsim.overlays.read_noise import ReadNoise
from ohmsim.overlays.stuck import Stuck
from ohmsim.record import Record
from ohmsim.state import State

Floats = NDArray[np.float64]
Lines = NDArray[np.intp]


class Opening:
    """One opening of the gate, or the part of it during which the line voltages stay the same."""

    __slots__ = ("active", "col_v", "ordinals", "row_v", "rows_on", "seen", "volts")

    def __init__(self, rows_on: Lines, row_v: Floats, col_v: Floats | None) -> None:
        self.rows_on = rows_on
        self.row_v = row_v
        self.col_v = col_v
        self.volts: Floats | None = None
        self.active: Lines | None = None
        self.seen: Floats | None = None
        self.ordinals: NDArray[np.uint64] | None = None


class CellArray:
    """rows x cols cells.

    A cell's pulse ordinal counts programming openings during which it saw a voltage; its conversion ordinal counts
    conversions with its row on. They key its random numbers.

    Args:
        set_polarity: 1 if a row more positive than its column drives towards SET, else -1.
    """

    def __init__(
        self, rows: int, cols: int, device: Device, noise: ReadNoise, set_polarity: int, record: Record, state: State
    ) -> None:
        self.rows, self.cols = rows, cols
        self.device = device
        self.noise = noise
        self.record = record
        self.stuck = Stuck(rows * cols)
        self._pulses: NDArray[np.uint64] = state.array("cells.pulses", (rows, cols), np.uint64)
        self._reads: NDArray[np.uint64] = state.array("cells.reads", (rows,), np.uint64)
        self._polarity = set_polarity
        up, down = device.quiet_set_v, device.quiet_reset_v
        self._quiet_pos, self._quiet_neg = (up, down) if set_polarity > 0 else (down, up)

    @property
    def conductance_s(self) -> Floats:
        """Noiseless conductance, S, shape (rows, cols), stuck cells included."""
        flat = self.device.conductance_s
        if self.stuck.mask.any():
            flat = np.where(self.stuck.mask, self.stuck.conductance_s, flat)
        return flat.reshape(self.rows, self.cols)

    def open(self, rows_on: Lines, row_v: Floats, col_v: Floats | None, *, begins: bool = True) -> Opening:
        """Put voltages on the lines.

        Args:
            rows_on: rows that are joined to their drivers; the others are at 0 V.
            row_v: their voltages, V, shape of `rows_on`.
            col_v: voltages of all columns while programming; None when column references are at hard ground (reading).
            begins: False if this opening goes on from another with new voltages: it is the same event.
        """
        opening = Opening(rows_on, row_v, col_v)
        if col_v is None:
            self._open_reading(opening, begins)
        else:
            self._open_programming(opening, col_v, begins)
        return opening

    def _open_reading(self, opening: Opening, begins: bool) -> None:
        rows_on, row_v = opening.rows_on, opening.row_v
        if rows_on.size == 0:
            return
        self.record.read(rows_on, row_v)
        if begins:
            self._reads[rows_on] += np.uint64(1)
        if row_v.max() > self._quiet_pos or row_v.min() < -self._quiet_neg:
            volts = np.zeros((self.rows, self.cols))
            volts[rows_on] = row_v[:, None]
            ordinals = np.broadcast_to(self._reads[:, None] + np.uint64(READ_EVENTS), volts.shape)
            self._find_active(opening, volts, ordinals)

    def _open_programming(self, opening: Opening, col_v: Floats, begins: bool) -> None:
        line_v = np.zeros(self.rows)
        line_v[opening.rows_on] = opening.row_v
        opening.volts = volts = ideal.cell_volts(line_v, col_v)
        self.record.program(volts, begins=begins)
        if begins:
            self._pulses += volts != 0
        if volts.max() > self._quiet_pos or volts.min() < -self._quiet_neg:
            self._find_active(opening, volts, self._pulses)

    def _find_active(self, opening: Opening, volts: Floats, ordinals: NDArray[np.uint64]) -> None:
        """Only cells above the smallest threshold can change: the model sees no others."""
        flat = volts.ravel()
        opening.active = np.flatnonzero((flat > self._quiet_pos) | (flat < -self._quiet_neg))
        opening.seen = flat[opening.active] * self._polarity
        opening.ordinals = ordinals.ravel()[opening.active]

    def hold(self, opening: Opening, duration_s: float) -> None:
        """The voltages of an opening have been there for so long."""
        if opening.active is not None and opening.seen is not None and opening.ordinals is not None and duration_s > 0:
            self.device.apply(opening.active, opening.seen, duration_s, opening.ordinals)

    def currents(self, opening: Opening) -> Floats:
        """Noiseless current into each column, A, shape (cols,)."""
        conductance = self.conductance_s
        if opening.volts is not None:
            return ideal.column_currents(opening.volts, conductance)
        return opening.row_v @ conductance[opening.rows_on]

    def convert(self, opening: Opening, samples: int) -> Floats:
        """Current into each column during one conversion of `samples` internal samples, A, shape (cols,)."""
        rows_on = opening.rows_on
        if rows_on.size == 0:
            return self.currents(opening)
        deviation = self.noise.draw(rows_on, samples)
        conductance = self.conductance_s
        if opening.volts is None:
            deviation += 1
            deviation *= conductance[rows_on]
            return opening.row_v @ deviation
        noisy = ideal.column_currents(opening.volts[rows_on], conductance[rows_on] * deviation)
        return self.currents(opening) + noisy
