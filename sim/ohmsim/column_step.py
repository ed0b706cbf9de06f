"""A column that is given a voltage when a pulse begins: the charge of its line comes through the feedback resistor.

The reference steps to V with the time constant Ti. With C on the line and Rf, Cf around the amplifier, its output is
V (1 - exp(-t / Ti)) + V C Rf (exp(-t / Tf) - exp(-t / Ti)) / (Tf - Ti) - I Rf (1 - exp(-t / Tf)), Tf that of the range:
for a moment much more than V where Rf is large. Agrees with the schematic's netlist in ngspice, within 8 % of the
voltage that trips (tests/hardware). The second poles and the slew rate of the amplifier are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ohmsim.description import Description

Floats = NDArray[np.float64]

TIMES = 48
EARLIEST, LATEST = 0.1, 30.0
"""Times that are looked at, relative to the time constant of the reference."""


@dataclass(frozen=True, slots=True)
class ColumnStep:
    """Output of a column amplifier after a step, at some times.

    Attributes:
        volts: of each volt on the column, by range, shape (times, ranges).
        settled: how much of a current's voltage has come, same shape.
        most: largest of `volts`, shape (ranges,).
    """

    volts: Floats
    settled: Floats
    most: Floats

    @classmethod
    def of(cls, board: Description, line_f: float) -> Self:
        """In each range of the board, with `line_f` farads connected to a column."""
        times_s = np.geomspace(EARLIEST, LATEST, TIMES)[:, None] * board.reference_tau_s
        range_s = np.array(board.rf_tau_s)
        reference, amplifier = np.exp(-times_s / board.reference_tau_s), np.exp(-times_s / range_s)
        charged_s = (line_f + board.column_f) * np.array(board.rf_ohm)
        volts = 1 - reference + charged_s * (amplifier - reference) / (range_s - board.reference_tau_s)
        return cls(volts, 1 - amplifier, volts.max(axis=0))

    def outputs_v(self, ranges: NDArray[np.integer], col_v: Floats, dropped_v: Floats) -> Floats:
        """Outputs of columns that step to `col_v` while their currents end in `dropped_v`, V, shape (times, cols)."""
        outputs: Floats = self.volts[:, ranges] * col_v + self.settled[:, ranges] * dropped_v
        return outputs
