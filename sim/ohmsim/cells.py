"""The cells of one array behind its lines: device model, overlays, circuit and record."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from ohmsim.devices.base import READ_EVENTS, Device
from ohmsim.network import ideal
from ohmsim.network.wires import Wires
from ohmsim.overlays.current_noise import CurrentNoise
from ohmsim.overlays.read_noise import ReadNoise
from ohmsim.overlays.selector import Selector
from ohmsim.overlays.stuck import Stuck
from ohmsim.record import Record
from ohmsim.state import State

Floats = NDArray[np.float64]
Lines = NDArray[np.intp]

# Without a dimension: numpy takes six times as long for an operation with a scalar on few cells.
_ZERO = np.array(0.0)
_NO_CELLS: Lines = np.empty(0, np.intp)


class Opening:
    """One opening of the gate, or the part of it during which the line voltages stay the same.

    Attributes:
        rows_on: rows that are joined to their drivers; row_v: voltage of every row, V, 0 for the others.
        col_v: voltages of the columns while programming, None while column references are at hard ground (reading).
        volts, magnitude: of every cell while programming, V; volts also while reading, where the currents are no linear
            function of the row voltages.
        active, acting_v, ordinals: cells that may change, what they see (positive towards SET), their event.
    """

    __slots__ = ("acting_v", "active", "col_v", "magnitude", "ordinals", "row_v", "rows_on", "volts")

    rows_on: Lines
    row_v: Floats
    col_v: Floats | None
    volts: Floats | None
    magnitude: Floats
    active: Lines
    acting_v: Floats
    ordinals: NDArray[np.uint64]


Limit = Callable[[Opening], Floats | None]


class CellArray:
    """rows x cols cells.

    A cell's pulse ordinal counts programming openings during which it saw a voltage; its conversion ordinal counts
    conversions with its row on. They key its random numbers.

    Args:
        set_polarity: 1 if a row more positive than its column drives towards SET, else -1.

    Attributes:
        quiet_v: below this magnitude no cell changes, V.
        current_noise: thermal and shot noise, or None.
        wires: what resistance the lines have, or None: then a cell sees its row voltage minus its column voltage.
            The network is solved when voltages are put on the lines, and holds until they change.
        selector: transistors in series with the cells, off in rows that are not joined to their drivers; or None.
        amplifier_v: at what the column amplifiers hold the columns while reading, V, shape (cols,); None for 0 V.
    """

    def __init__(
        self, rows: int, cols: int, device: Device, noise: ReadNoise, set_polarity: int, record: Record, state: State
    ) -> None:
        self.rows, self.cols = rows, cols
        self.device = device
        self.noise = noise
        self.record = record
        self.stuck = Stuck(rows * cols)
        self.current_noise: CurrentNoise | None = None
        self.wires: Wires | None = None
        self.amplifier_v: Floats | None = None
        self.selector: Selector | None = None
        self._pulses: NDArray[np.uint64] = state.array("cells.pulses", (rows, cols), np.uint64)
        self._reads: NDArray[np.uint64] = state.array("cells.reads", (rows,), np.uint64)
        self._held: list[Opening] = []
        self._held_s = 0.0
        self._held_cells = np.zeros(rows * cols, np.bool_)
        self._polarity = set_polarity
        self.quiet_v = min(device.quiet_set_v, device.quiet_reset_v)
        self._quiet = np.array(self.quiet_v)

    @property
    def conductance_s(self) -> Floats:
        """Noiseless conductance, S, shape (rows, cols), stuck cells included."""
        self.settle()
        flat = self.device.conductance_s
        if self.stuck.present:
            flat = np.where(self.stuck.mask, self.stuck.conductance_s, flat)
        return flat.reshape(self.rows, self.cols)

    def open(
        self,
        rows_on: Lines,
        row_v: Floats,
        col_v: Floats | None,
        *,
        begins: bool = True,
        limit: Limit | None = None,
    ) -> Opening:
        """Put voltages on the lines.

        Args:
            rows_on: rows that are joined to their drivers.
            row_v: voltage of every row, V, shape (rows,); 0 for the others.
            col_v: voltages of all columns while programming; None when column references are at hard ground (reading).
            begins: False if this opening goes on from another with new voltages: it is the same event.
            limit: given the opening as ideal drivers would have it, says what cells see instead, V, (rows, cols), if
                the drivers cannot.
        """
        opening = Opening()
        opening.rows_on, opening.row_v, opening.col_v = rows_on, row_v, col_v
        opening.active, opening.volts = _NO_CELLS, None
        if col_v is None:
            self._open_reading(opening, begins, limit)
        else:
            self._open_programming(opening, col_v, begins, limit)
        return opening

    def _open_reading(self, opening: Opening, begins: bool, limit: Limit | None) -> None:
        row_v, solved = opening.row_v, self._solved
        disturbs = np.maximum.reduce(np.abs(row_v)) > self._quiet
        if solved:
            opening.volts = self._cell_v(opening.rows_on, row_v, self.held_v)
        if limit is not None and (limited_v := limit(opening)) is not None:
            opening.volts = limited_v
        if opening.volts is None:
            self.record.read(row_v)
        else:
            self.record.program(opening.volts, np.abs(opening.volts), 0.0, begins=False)
        if disturbs:
            if begins:
                self._reads += row_v != _ZERO
            volts = self._cell_v(opening.rows_on, row_v, self.held_v) if opening.volts is None else opening.volts
            ordinals = np.broadcast_to(self._reads[:, None] + np.uint64(READ_EVENTS), volts.shape)
            self._find_active(opening, volts, np.abs(volts), ordinals)

    @property
    def _solved(self) -> bool:
        """Whether reading needs the voltage of every cell: no one matrix gives the currents of all row voltages."""
        if self.wires is None:
            return self.selector is not None
        return self.selector is not None or self.wires.floats or not self.device.ohmic

    def driven_v(self, rows_on: Lines, row_v: Floats) -> Floats:
        """Voltages of the rows, V, (rows,): not a number for those that float while `rows_on` are driven."""
        if self.wires is None or not self.wires.floats:
            return row_v
        driven = np.full(self.rows, np.nan)
        driven[rows_on] = row_v[rows_on]
        return driven

    def _cell_v(self, rows_on: Lines, row_v: Floats, col_v: Floats) -> Floats:
        """What every cell, transistor included, sees from drivers without limits, V, shape (rows, cols)."""
        if self.wires is not None:
            volts = self.wires.cell_v(self.chord_of(rows_on), self.driven_v(rows_on, row_v), col_v)
        else:
            volts = ideal.cell_volts(row_v, col_v)
        return volts if self.selector is None else volts * self._gates(rows_on)

    def chord_of(self, rows_on: Lines) -> Callable[[Floats], Floats]:
        """`chord_s`, without the cells whose transistors are off while `rows_on` are joined to their drivers."""
        if self.selector is None:
            return self.chord_s
        on = self._gates(rows_on)
        return lambda volts: self.chord_s(volts) * on

    def _gates(self, rows_on: Lines) -> Floats:
        on = np.zeros((self.rows, 1))
        on[rows_on] = 1.0
        return on

    @property
    def held_v(self) -> Floats:
        """Column voltages while reading, V, shape (cols,)."""
        return np.zeros(self.cols) if self.amplifier_v is None else self.amplifier_v

    def _open_programming(self, opening: Opening, col_v: Floats, begins: bool, limit: Limit | None) -> None:
        opening.volts = volts = self._cell_v(opening.rows_on, opening.row_v, col_v)
        opening.magnitude = magnitude = np.abs(volts)
        if limit is not None and (limited_v := limit(opening)) is not None:
            opening.volts = volts = limited_v
            opening.magnitude = magnitude = np.abs(volts)
        largest = float(np.maximum.reduce(magnitude, axis=None))
        self.record.program(volts, magnitude, largest, begins=begins)
        if begins:
            self._pulses += volts != _ZERO
        if largest > self._quiet:
            self._find_active(opening, volts, magnitude, self._pulses)

    def _find_active(self, opening: Opening, volts: Floats, magnitude: Floats, ordinals: NDArray[np.uint64]) -> None:
        """Only cells above the smallest threshold can change: the model sees no others."""
        near = (magnitude > self._quiet).ravel().nonzero()[0]
        seen = volts.ravel()[near]
        opening.active = near
        opening.acting_v = seen if self._polarity > 0 else -seen
        opening.ordinals = ordinals.ravel()[near]

    def hold(self, opening: Opening, duration_s: float) -> None:
        """The voltages of an opening have been there for so long.

        The model is asked for many pulses on different cells at once, when a conductance is next looked at.
        """
        active = opening.active
        if active.size == 0 or duration_s <= 0:
            return
        if duration_s != self._held_s or self._held_cells[active].any():
            self.settle()
        self._held.append(opening)
        self._held_s = duration_s
        self._held_cells[active] = True
        if self.device.timed:
            self.settle()

    def settle(self) -> None:
        """Bring every cell up to date."""
        held = self._held
        if not held:
            return
        self._held, duration_s = [], self._held_s
        self._held_cells[...] = False
        if len(held) == 1:
            (one,) = held
            self.device.apply(one.active, one.acting_v, duration_s, one.ordinals)
            return
        self.device.apply(
            np.concatenate([opening.active for opening in held]),
            np.concatenate([opening.acting_v for opening in held]),
            duration_s,
            np.concatenate([opening.ordinals for opening in held]),
        )

    def currents(self, opening: Opening) -> Floats:
        """Noiseless current into each column, A, shape (cols,)."""
        if opening.volts is not None:
            return ideal.column_currents(opening.volts, self.chord_s(opening.volts))
        currents: Floats
        if self.wires is None:
            currents = opening.row_v @ self._read_s(opening.row_v)
        else:
            rows_on = opening.rows_on
            currents = opening.row_v[rows_on] @ self.wires.transfer_s(self.conductance_s, rows_on)
        if self.amplifier_v is not None:
            currents += self.resting_a()
        return currents

    def linear_s(self, rows: Lines) -> Floats | None:
        """Current into each column by the voltage of each of `rows`, S, (rows, cols); None without such a matrix."""
        if self._solved or not self.device.ohmic:
            return None
        return self.conductance_s[rows] if self.wires is None else self.wires.transfer_s(self.conductance_s, rows)

    def row_currents(self, opening: Opening) -> Floats:
        """Noiseless current out of the driver of each row that is on, A, shape (rows_on,)."""
        volts, conductance = self.sensed(opening)
        across = volts if volts.ndim == 2 else volts[:, None]
        drawn: Floats = (across * conductance).sum(axis=1)
        return drawn

    def resting_a(self) -> Floats:
        """Noiseless current into each column with every row at ground, A, shape (cols,)."""
        if self.amplifier_v is None or self.selector is not None:
            return np.zeros(self.cols)
        if self.wires is not None and self.wires.floats:
            volts = self._cell_v(_NO_CELLS, np.zeros(self.rows), self.amplifier_v)
            return ideal.column_currents(volts, self.chord_s(volts))
        conductance = self._read_s(np.zeros(self.rows))
        if self.wires is not None:
            return self.wires.sunk_a(conductance, self.amplifier_v)
        resting: Floats = -self.amplifier_v * conductance.sum(axis=0)
        return resting

    def _read_s(self, row_v: Floats) -> Floats:
        """Conductance of every cell while the rows are at `row_v` and the columns are read, S, shape (rows, cols)."""
        if self.device.ohmic:
            return self.conductance_s
        return self.chord_s(ideal.cell_volts(row_v, self.held_v))

    def chord_s(self, volts: Floats) -> Floats:
        """Current of every cell at `volts` (row minus column, shape (rows, cols)) divided by `volts`, S."""
        if self.device.ohmic:
            return self.conductance_s
        self.settle()
        flat = self.device.chord_s(volts.ravel() * self._polarity)
        if self.stuck.present:
            flat = np.where(self.stuck.mask, self.stuck.conductance_s, flat)
        return flat.reshape(self.rows, self.cols)

    def most_current(self, opening: Opening) -> Floats:
        """More than the current into any column can be while programming, without looking at a cell, A, (cols,)."""
        if not self.device.ohmic or self.wires is not None:
            return np.full(self.cols, np.inf)
        most: Floats = np.add.reduce(opening.magnitude, axis=0)
        most *= np.array(self._largest_s)
        return most

    def most_row_current(self, opening: Opening) -> float:
        """More than the current of any row driver can be while programming, A."""
        if not self.device.ohmic or self.wires is not None:
            return np.inf
        return float(np.maximum.reduce(np.add.reduce(opening.magnitude, axis=1))) * self._largest_s

    @property
    def _largest_s(self) -> float:
        return max(float(np.maximum.reduce(self.device.bounds_s[1])), self.stuck.largest_s)

    def convert(self, opening: Opening, samples: int, noise_v: Floats | None = None) -> Floats:
        """Current into each column during one conversion of `samples` internal samples, A, shape (cols,).

        Noise of cells is relative to what each cell of a row that is on brings its column; `noise_v` is that of the
        voltages of these rows, V, (rows_on,).
        """
        rows_on, currents = opening.rows_on, self.currents(opening)
        if rows_on.size == 0:
            return currents
        volts, conductance = self.sensed(opening)
        if noise_v is not None:
            currents += noise_v @ conductance
        deviation = self.noise.draw(rows_on, samples) * conductance
        if volts.ndim == 1:
            currents += volts @ deviation
        else:
            currents += ideal.column_currents(volts, deviation)
        if self.current_noise is not None:
            seen = volts[:, None] if volts.ndim == 1 else volts
            currents += self.current_noise_a(rows_on, conductance, seen, samples).sum(axis=0)
        return currents

    def sensed(self, opening: Opening) -> tuple[Floats, Floats]:
        """Of the rows that are on: voltage, V, of each row or of each cell, and the conductance that it drives, S."""
        rows_on = opening.rows_on
        if opening.volts is not None:
            return opening.volts[rows_on], self.chord_s(opening.volts)[rows_on]
        if self.wires is None:
            return opening.row_v[rows_on], self._read_s(opening.row_v)[rows_on]
        return opening.row_v[rows_on], self.wires.transfer_s(self.conductance_s, rows_on)

    def current_noise_a(self, rows_on: Lines, conductance_s: Floats, volts: Floats, samples: int) -> Floats:
        """Thermal and shot noise in the conversion that was just drawn, A, shape (rows_on, cols)."""
        if self.current_noise is None:
            return np.zeros(conductance_s.shape)
        return self.current_noise.draw(rows_on, self.noise.conversions[rows_on], conductance_s, volts, samples)

    def count_pulses(self, rows: Lines, cols: Lines, *, everywhere: bool) -> NDArray[np.uint64]:
        """Number pulses on selected cells that come one after the other; advances the ordinals of all cells they reach.

        A pulse reaches the cells of its row and of its column, or all cells (`everywhere`). Returns the ordinal of
        each pulse at its own cell, shape of `rows`.
        """
        ordinals: NDArray[np.uint64] = self._pulses[rows, cols]
        if everywhere:
            self._pulses += np.uint64(len(rows))
            ordinals += np.arange(1, len(rows) + 1, dtype=np.uint64)
            return ordinals
        shared = (rows[:, None] == rows) | (cols[:, None] == cols)
        in_rows, in_cols = np.bincount(rows, minlength=self.rows), np.bincount(cols, minlength=self.cols)
        reached = in_rows[:, None] + in_cols
        np.subtract.at(reached, (rows, cols), 1)
        self._pulses += reached.astype(np.uint64)
        ordinals += np.tril(shared).sum(axis=1).astype(np.uint64)
        return ordinals

    def strike(self, selected: Lines, volts: Floats, duration_s: float, ordinals: NDArray[np.uint64]) -> None:
        """Pulse different cells, by flat number, each for itself: `volts` is row minus column, V."""
        self.settle()
        self.record.full_pulses.reshape(-1)[selected] += 1
        self.device.apply(selected, volts * self._polarity, duration_s, ordinals)
