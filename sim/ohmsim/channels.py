"""From line voltages to what the converter samples: cells between their drivers and the column amplifiers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmsim.cells import CellArray, Opening
from ohmsim.frontend import FrontEnd
from ohmsim.network.limited import Side, limited_v
from ohmsim.network.wires import WireParameters
from ohmsim.settling import Recovery, Settling

Floats = NDArray[np.float64]
Lines = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Ranges:
    """What the ranges of the columns mean.

    Attributes:
        transimpedance: output volts per ampere, ohm (negative). tau_s: time constants, s;
            load_tau_s: what each siemens on a column adds, s. All (cols,).
        rows_hold: no row driver can run into its rail without an amplifier beyond the comparators' level.
        col_range: the ranges. step: most volts of an output for a volt that its column is given. Both (cols,).
    """

    transimpedance: Floats
    tau_s: Floats
    load_tau_s: Floats
    rows_hold: bool
    col_range: NDArray[np.integer]
    step: Floats


class Channels:
    """The analogue side of a board.

    Attributes:
        trips: whether an amplifier's output is beyond the comparators' level since the lines last changed.
    """

    def __init__(self, cells: CellArray, front: FrontEnd) -> None:
        self._cells, self._front = cells, front
        cells.amplifier_v = front.amplifier_v
        self.trips = False
        board = front.board
        self._settling = Settling(cells.cols, front.settling * board.adc_tau_s) if front.settling else None
        self._tau_s = np.array(board.rf_tau_s)
        self._load_tau_s = np.array(board.rf_tau_s_per_s)
        self._ranges = self.ranges(np.zeros(cells.cols, np.intp))

    def ranges(self, col_range: NDArray[np.integer]) -> Ranges:
        """What the latch's ranges mean, shape (cols,)."""
        transimpedance = self._front.transimpedances(col_range)
        return Ranges(
            transimpedance,
            self._tau_s[col_range],
            self._load_tau_s[col_range],
            self._front.rows_hold(transimpedance),
            col_range.copy(),
            self._front.step.most[col_range],
        )

    def select(self, ranges: Ranges, now_ns: int, *, closed: bool) -> None:
        """Put ranges in force; `closed` unless lines are driven, which are opened anew then."""
        self._ranges = ranges
        if closed:
            self.close(now_ns)

    def open(self, rows_on: Lines, row_v: Floats, col_v: Floats | None, now_ns: int, *, begins: bool) -> Opening:
        """Put voltages on the lines, as `CellArray.open` does, as far as their drivers and amplifiers can hold them."""
        opening = self._cells.open(rows_on, row_v, col_v, begins=begins, limit=self._limit)
        if self._settling is not None:
            goal_v = self._outputs(opening, self._cells.currents(opening))
            self._settling.step(now_ns, goal_v, self._settling_s(), self._recovery(opening))
        return opening

    def close(self, now_ns: int) -> None:
        """All rows at ground, columns read."""
        if self._settling is not None:
            self._settling.step(now_ns, self.resting_v(), self._settling_s())

    def _time_constants_s(self, load_s: Floats) -> Floats:
        """Of every column's amplifier with cells of `load_s` in all, s, shape (cols,)."""
        return self._ranges.tau_s + self._ranges.load_tau_s * load_s

    def _settling_s(self) -> Floats:
        """Time constants with the cells as they are now, with the front end's factor, s, shape (cols,)."""
        return self._front.settling * self._time_constants_s(self._cells.conductance_s.sum(axis=0))

    def resting_v(self) -> Floats:
        """Amplifier outputs with every row at ground, V, shape (cols,)."""
        if self._cells.amplifier_v is None:
            return np.zeros(self._cells.cols)
        resting: Floats = self._cells.amplifier_v + self._cells.resting_a() * self._ranges.transimpedance
        return resting

    def sample(self, opening: Opening | None, samples: int, now_ns: int, duration_ns: int) -> Floats:
        """Amplifier outputs in one conversion that begins now, V, shape (cols,)."""
        if opening is None:
            outputs = self.resting_v()
        else:
            noise_v = self._front.driver_noise_v(opening.rows_on, samples)
            outputs = self._outputs(opening, self._cells.convert(opening, samples, noise_v))
        if self._settling is not None:
            outputs += self._settling.missing_v(now_ns, samples, duration_ns)
        if self._front.amplifier_v_rthz:
            load_s = self._cells.conductance_s.sum(axis=0)
            gain = 1 - self._ranges.transimpedance * load_s
            outputs += self._front.amplifier_noise_v(gain, self._time_constants_s(load_s), duration_ns * 1e-9)
        return outputs

    def _outputs(self, opening: Opening, currents_a: Floats) -> Floats:
        outputs = currents_a * self._ranges.transimpedance
        held_v = self._cells.amplifier_v if opening.col_v is None else opening.col_v
        if held_v is not None:
            outputs += held_v
        return self._front.limited(outputs, currents_a) if self.trips else outputs

    def _recovery(self, opening: Opening) -> Recovery | None:
        """Rows that were joined to their loads just now, while reading."""
        if opening.col_v is not None or opening.rows_on.size == 0:
            return None
        volts, conductance = self._cells.sensed(opening)
        board, load_s = self._front.board, conductance.sum(axis=1)
        load = load_s * board.riso_ohm
        brought = (volts if volts.ndim == 2 else volts[:, None]) * conductance * self._ranges.transimpedance
        tau_s = self._front.settling * (board.driver_tau_s + board.driver_tau_s_per_s * load_s)
        return Recovery(-brought * (load / (1 + load))[:, None], tau_s)

    def _limit(self, opening: Opening) -> Floats | None:
        """Cell voltages, V, if a driver or an amplifier lets its line go; notes whether the comparators trip."""
        cells, front, transimpedance = self._cells, self._front, self._ranges.transimpedance
        self.trips = False
        if (
            opening.col_v is not None
            and not front.might_trip(cells.most_current(opening), opening.col_v, transimpedance, self._ranges.step)
            and cells.most_row_current(opening) <= front.row_most_a
        ):
            return None
        outputs_v = self._outputs(opening, cells.currents(opening))
        beyond = self.trips = front.trips(outputs_v)
        if opening.col_v is not None and not beyond:
            dropped_v = outputs_v - opening.col_v
            self.trips = front.trips(front.step.outputs_v(self._ranges.col_range, opening.col_v, dropped_v))
        if not beyond and (
            (opening.col_v is None and self._ranges.rows_hold)
            or not front.lets_go(cells.row_currents(opening), opening.row_v[opening.rows_on])
        ):
            return None
        in_loop_ohm = np.zeros(cells.rows)
        in_loop_ohm[opening.rows_on] = front.driver_ohm
        held_v = cells.held_v if opening.col_v is None else opening.col_v
        return limited_v(
            WireParameters() if cells.wires is None else cells.wires.parameters,
            cells.chord_of(opening.rows_on),
            Side(cells.driven_v(opening.rows_on, opening.row_v), in_loop_ohm),
            Side(held_v, front.board.amplifier_saturated_ohm - transimpedance),
            front.board.swing_v,
        )
