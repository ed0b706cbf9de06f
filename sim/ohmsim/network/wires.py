"""The resistances of an emulated board's lines, as parameters of a preset: none by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmsim.errors import ConvergenceError
from ohmsim.network.mesh import Mesh
from ohmsim.parameters import bounded

Floats = NDArray[np.float64]

ROUNDS_MAX = 100
ROUNDS_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class WireParameters:
    """Resistances of the lines; with all of them 0 every cell sees its row voltage minus its column voltage."""

    wire_ohm: float = bounded(0, 0, 1e6, "ohm")  # one segment of wire, of rows and columns
    row_ohm: float = bounded(0, 0, 1e6, "ohm")  # driver and switch of a row, on or at ground
    col_ohm: float = bounded(0, 0, 1e6, "ohm")  # what lies between a column and its amplifier's summing node


class Wires:
    """Lines with resistance; rows are driven or at ground, columns are driven or at virtual ground."""

    def __init__(self, parameters: WireParameters, rows: int, cols: int) -> None:
        self._mesh = Mesh(
            rows,
            cols,
            r_row=parameters.wire_ohm,
            r_col=parameters.wire_ohm,
            r_drive_rows=parameters.row_ohm,
            r_drive_cols=parameters.col_ohm,
        )

    @classmethod
    def of(cls, parameters: WireParameters, rows: int, cols: int) -> Wires | None:
        """None if no line has a resistance."""
        return cls(parameters, rows, cols) if parameters != WireParameters() else None

    def cell_v(self, chord_s: Callable[[Floats], Floats], row_v: Floats, col_v: Floats) -> Floats:
        """Voltage of every cell, V, (rows, cols).

        Args:
            chord_s: current of every cell at a voltage divided by the voltage, S.
            row_v: voltages of the row drivers, V; 0 for rows at ground.
            col_v: voltages of the column drivers, V.

        Raises ConvergenceError if cells bend so much that their chords do not settle.
        """
        volts = row_v[:, None] - col_v
        conductance, solution = chord_s(volts), None
        for _ in range(ROUNDS_MAX):
            solution = self._mesh.solve(conductance, row_v, col_v, start=solution)
            before, conductance = conductance, chord_s(solution.cell_v)
            change = np.abs(conductance - before).max()
            if change <= ROUNDS_TOLERANCE * conductance.max():
                return solution.cell_v
        raise ConvergenceError(f"cells still change by {change:g} S in the network after {ROUNDS_MAX} rounds")
