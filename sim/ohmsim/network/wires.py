"""The resistances of an array's lines, as parameters of a preset: none by default."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmsim.errors import ConvergenceError, ParameterError
from ohmsim.network.mesh import Mesh, Solution
from ohmsim.parameters import bounded

Floats = NDArray[np.float64]
Lines = NDArray[np.intp]

ROUNDS_MAX = 100
ROUNDS_TOLERANCE = 1e-9
STEADY = 1e-6
"""Movement of a voltage, relative, below which rounding makes a secant of it too uncertain."""


@dataclass(frozen=True, slots=True)
class WireParameters:
    """The lines; with all of this 0 every cell sees its row voltage minus its column voltage."""

    wire_ohm: float = bounded(0, 0, 1e6, "ohm")  # one segment of wire, of rows and columns
    row_ohm: float = bounded(0, 0, 1e6, "ohm")  # driver and switch of a row, on or at ground
    col_ohm: float = bounded(0, 0, 1e6, "ohm")  # what lies between a column and its amplifier's summing node
    float_rows: float = bounded(0, 0, 1)  # 1: rows that are not joined to their drivers float, as on no board of ours


class Wires:
    """Lines with resistance; rows are driven or at ground, columns are driven or at virtual ground.

    Every answer is worked out from what is asked alone, never from the answer before: the history of a cell must not
    depend on what was read in between. What the same cells were asked already is kept.

    `row_extra_ohm` and `col_extra_ohm` stand in the lines besides, ohm, one number or one for each line.
    """

    def __init__(
        self,
        parameters: WireParameters,
        rows: int,
        cols: int,
        row_extra_ohm: ArrayLike = 0.0,
        col_extra_ohm: ArrayLike = 0.0,
    ) -> None:
        self.parameters = parameters
        self.floats = bool(parameters.float_rows)
        self._mesh = Mesh(
            rows,
            cols,
            r_row=parameters.wire_ohm,
            r_col=parameters.wire_ohm,
            r_drive_rows=parameters.row_ohm + np.asarray(row_extra_ohm),
            r_drive_cols=parameters.col_ohm + np.asarray(col_extra_ohm),
        )
        self._seen_s = np.full((rows, cols), np.nan)
        self._matrix: Floats | None = None
        self._rows = np.empty((rows, cols))
        self._known = np.zeros(rows, np.bool_)
        self._sunk_a: Floats | None = None

    @classmethod
    def of(cls, parameters: WireParameters, rows: int, cols: int) -> Wires | None:
        """None if no line has a resistance and none ever floats. Raises ParameterError."""
        if parameters.float_rows not in (0, 1):
            raise ParameterError("network.float_rows", parameters.float_rows, "0 or 1")
        return cls(parameters, rows, cols) if parameters != WireParameters() else None

    def transfer_s(self, conductance_s: Floats, rows: Lines) -> Floats:
        """Current out of each column by the voltage of each of `rows`, S, (rows, cols): what a reading goes through.

        One solution for a row alone, the transfer matrix for several; for cells that obey Ohm's law, whose
        conductance is `conductance_s`, (rows, cols). Columns are at 0 V, other rows at ground.
        """
        self._look(conductance_s)
        if rows.size == 1:
            return self._alone(int(rows[0]))[None, :]
        if self._matrix is None:
            self._matrix = self._mesh.transfer(self._seen_s).matrix
        return self._matrix[rows]

    def sunk_a(self, conductance_s: Floats, col_v: Floats) -> Floats:
        """Current out of each column, A, (cols,), with rows at ground and columns held at `col_v`, always the same."""
        self._look(conductance_s)
        if self._sunk_a is None:
            self._sunk_a = self._mesh.solve(conductance_s, 0.0, col_v).col_a
        return self._sunk_a.copy()

    def _look(self, conductance_s: Floats) -> None:
        """Forget what is known if the cells are no longer the same."""
        if not np.array_equal(conductance_s, self._seen_s):
            self._seen_s[...] = conductance_s
            self._matrix = self._sunk_a = None
            self._known[...] = False

    def _alone(self, row: int) -> Floats:
        if not self._known[row]:
            unit = np.zeros(self._mesh.rows)
            unit[row] = 1.0
            self._rows[row] = self._mesh.solve(self._seen_s, unit).col_a
            self._known[row] = True
        alone: Floats = self._rows[row]
        return alone

    def cell_v(self, chord_s: Callable[[Floats], Floats], row_v: Floats, col_v: Floats) -> Floats:
        """Voltage of every cell, V, (rows, cols); arguments and errors are those of `solve`."""
        return self.solve(chord_s, row_v, col_v).cell_v

    def solve(self, chord_s: Callable[[Floats], Floats], row_v: Floats, col_v: Floats) -> Solution:
        """What every cell sees and what every line carries.

        Args:
            chord_s: current of every cell at a voltage divided by the voltage, S.
            row_v: voltages of the row drivers, V; 0 for rows at ground, not a number for rows that float.
            col_v: voltages of the column drivers, V.

        The first round takes every cell by its chord, each further one by its secant: the line through its currents at
        the last two voltages.

        Raises FloatingError for a row that floats without a cell that conducts; ConvergenceError if cells and lines do
        not agree.
        """
        volts = np.nan_to_num(row_v)[:, None] - col_v
        slope_s = chord_s(volts)
        current_a, beside_a, solution = slope_s * volts, None, None
        for _ in range(ROUNDS_MAX):
            solution = self._mesh.solve(slope_s, row_v, col_v, cell_a=beside_a, start=solution)
            before_v, before_a, volts = volts, current_a, solution.cell_v
            current_a = chord_s(volts) * volts
            expected_a = slope_s * volts if beside_a is None else slope_s * volts + beside_a
            off_a = np.abs(current_a - expected_a).max()
            if off_a <= ROUNDS_TOLERANCE * np.abs(current_a).max():
                return solution
            moved_v = volts - before_v
            with np.errstate(divide="ignore", invalid="ignore"):
                secant_s = (current_a - before_a) / moved_v
            slope_s = np.where((np.abs(moved_v) > STEADY * np.abs(volts)) & (secant_s > 0), secant_s, slope_s)
            beside_a = current_a - slope_s * volts
        raise ConvergenceError(f"cells and lines still disagree by {off_a:g} A after {ROUNDS_MAX} rounds")
