"""Drivers and amplifiers that have run into their supplies: they let their line go.

A row driver holds its line behind a resistance inside its loop; a column amplifier holds its line through its feedback
resistor. Once the output is at the rail, the line hangs at that rail behind that resistance, and the cells see what is
left. Which lines are let go is found by trying: let go what would be beyond its rail, take back what could hold again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmsim.errors import ConvergenceError
from ohmsim.network.wires import WireParameters, Wires

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Side:
    """What holds the lines of one side.

    Attributes:
        volts: at which lines are to be held, V. series_ohm: between output and line, 0 where nothing can give way.
    """

    volts: Floats
    series_ohm: Floats


def limited_v(
    parameters: WireParameters, chord_s: Callable[[Floats], Floats], rows: Side, cols: Side, swing_v: float
) -> Floats:
    """Voltage of every cell, V, (rows, cols), with outputs that go no further than `swing_v`.

    Args:
        parameters: the lines' own resistances.
        chord_s: current of every cell at a voltage divided by the voltage, S.
        rows: their drivers.
        cols: their amplifiers.
        swing_v: largest magnitude of an output, V.

    Raises ConvergenceError if no set of lines is found that fits.
    """
    sides = rows, cols
    railed = [np.zeros(side.volts.size) for side in sides]  # 0, or the sign of the rail
    for _ in range(2 * (rows.volts.size + cols.volts.size)):
        volts = [np.where(at == 0, side.volts, at * swing_v) for side, at in zip(sides, railed, strict=True)]
        extra = [np.where(at == 0, 0.0, side.series_ohm) for side, at in zip(sides, railed, strict=True)]
        wires = Wires(parameters, rows.volts.size, cols.volts.size, extra[0], extra[1])
        solution = wires.solve(chord_s, volts[0], volts[1])
        found = [
            _railed(side, at, swing_v, current)
            for side, at, current in zip(sides, railed, (solution.row_a, -solution.col_a), strict=True)
        ]
        if all((now == before).all() for now, before in zip(found, railed, strict=True)):
            return solution.cell_v
        railed = found
    raise ConvergenceError("no set of drivers and amplifiers at their rails fits the currents of the array")


def _railed(side: Side, railed: Floats, swing_v: float, into_a: Floats) -> Floats:
    """Which outputs are at a rail, by the currents that they give into their lines, A."""
    drop_v = into_a * side.series_ohm
    beyond = np.where(np.abs(side.volts + drop_v) > swing_v, np.sign(side.volts + drop_v), 0.0)
    # At its rail an output still gives way if the line has not come back to where it is to be held.
    short_v = (side.volts - (railed * swing_v - drop_v)) * railed
    return np.where(railed == 0, beyond, np.where(short_v > 0, railed, 0.0))
