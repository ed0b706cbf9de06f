"""A whole list of pulses on an array at once, with the outcome of one pulse after the other.

Where unselected cells stay below the smallest threshold, only selected cells change, and pulses on different cells
are independent: they are applied together. Event ordinals are worked out as if they had come one by one, so the
history of a cell is the same as on an emulated board that sees the same voltages. Lines with resistance leave no cell
independent of the others, and transistors keep some from seeing anything: then pulses come one by one.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import Bias
from ohmsim.cells import CellArray

Floats = NDArray[np.float64]
Lines = NDArray[np.intp]

UNSELECTED = {Bias.GND: 1.0, Bias.HALF: 1 / 2, Bias.THIRD: 1 / 3}
"""Largest magnitude at a cell that is not selected, as a fraction of the pulse. With GND its row sees all of it."""


def line_volts(cells: CellArray, bias: Bias, row: int, col: int, volts: float) -> tuple[Lines, Floats, Floats]:
    """Rows that are on, row voltages and column voltages, V, of one pulse of `volts` (row minus column)."""
    row_v, col_v = np.zeros(cells.rows), np.zeros(cells.cols)
    if bias is Bias.GND:
        row_v[row] = volts
        return np.array([row]), row_v, col_v
    if bias is Bias.THIRD:
        row_v[:], col_v[:] = -volts / 6, volts / 6
    row_v[row], col_v[col] = volts / 2, -volts / 2
    return (np.arange(cells.rows) if bias is Bias.THIRD else np.array([row])), row_v, col_v


def apply_pulses(cells: CellArray, bias: Bias, rows: Lines, cols: Lines, volts: Floats, widths_s: Floats) -> None:
    """Apply pulses of `volts` (row minus column, V) in order; all arguments have the shape (n,)."""
    if cells.wires is None and np.abs(volts).max(initial=0) * UNSELECTED[bias] <= cells.quiet_v:
        _together(cells, bias, rows, cols, volts, widths_s)
        return
    for row, col, v, width_s in zip(rows.tolist(), cols.tolist(), volts.tolist(), widths_s.tolist(), strict=True):
        opening = cells.open(*line_volts(cells, bias, row, col, v))
        cells.hold(opening, width_s)


def _together(cells: CellArray, bias: Bias, rows: Lines, cols: Lines, volts: Floats, widths_s: Floats) -> None:
    selected = rows * cells.cols + cols
    ordinals = cells.count_pulses(rows, cols, everywhere=bias is Bias.THIRD)
    turn = _occurrence(selected)
    for which in range(int(turn.max()) + 1):
        for width_s in np.unique(widths_s[turn == which]):
            now = (turn == which) & (widths_s == width_s)
            cells.strike(selected[now], volts[now], float(width_s), ordinals[now])


def _occurrence(selected: Lines) -> Lines:
    """How often the cell of each pulse was pulsed before it in the list."""
    order = np.argsort(selected, kind="stable")
    ordered = selected[order]
    starts = np.flatnonzero(np.concatenate(([True], ordered[1:] != ordered[:-1])))
    runs = np.diff(np.concatenate((starts, [len(selected)])))
    turn = np.empty(len(selected), np.intp)
    turn[order] = np.arange(len(selected)) - np.repeat(starts, runs)
    return turn
