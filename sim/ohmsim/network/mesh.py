"""A crossbar with resistive wires, drivers and switches: what every cell sees and what every line carries.

Topology: every cell joins a node of its row to a node of its column; a segment of wire lies between neighbouring
nodes, and between the end of a line and its driver. Rows are driven at column 0 (near) and, if asked for, behind the
last column (far); columns below the last row (near) and, if asked for, above row 0 (far). With drivers of no
resistance this is the circuit of badcrossbar (D. Joksas, A. Mehonic, SoftwareX 12 (2020) 100617).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmsim.errors import ConvergenceError, ParameterError
from ohmsim.network.arguments import conductances, currents, line_count, voltages
from ohmsim.network.circuit import Circuit, Nodes, Point
from ohmsim.network.direct import eliminate
from ohmsim.network.floating import require_paths
from ohmsim.network.lines import IDEAL_S, Lines
from ohmsim.network.sweeps import SWEEPS_MAX, Sweeps

if TYPE_CHECKING:
    from ohmsim.network.transfer import Transfer

Floats = NDArray[np.float64]

TOLERANCE = 1e-10
"""Leaves about 1e-12 of the largest voltage and current: the energy norm counts all cells together."""
TOLERANCE_MIN, TOLERANCE_MAX = 1e-14, 1e-3


class Solution(NamedTuple):
    """What a set of line voltages does.

    Attributes:
        cell_v: voltage of every cell, row node minus column node, V, (rows, cols).
        row_a: current from the near driver into each row, A, (rows,). row_far_a: the same at the far end.
        col_a: current from each column into its near driver, A, (cols,). col_far_a: the same at the far end.
        column_v: voltage of the column nodes, V, (rows, cols).
        method: "sweeps", or "elimination" where sweeps cannot be used or did not converge.
        iterations, error: of the sweeps; error is the energy norm of the error relative to that of the cell voltages.
    """

    cell_v: Floats
    row_a: Floats
    col_a: Floats
    row_far_a: Floats
    col_far_a: Floats
    column_v: Floats
    method: Literal["sweeps", "elimination"]
    iterations: int
    error: float


class Mesh:
    """The lines of a rows x cols array.

    Args:
        rows, cols: 1 to 4096.
        r_row, r_col: one segment of wire, ohm: a number, one for each line, or one for each segment of each line,
            shape (lines, cells of a line + 1), from before cell 0 to behind the last. Infinite where a wire is broken.
        r_drive_rows, r_drive_cols: driver, switch and sense resistance at the near end, ohm, one number or one for each
            line; infinite where nothing is connected.
        r_far_rows, r_far_cols: the same at the far end.
        tolerance: of the energy norm, relative, 1e-14 to 1e-3.

    One thread at a time. Raises ParameterError.
    """

    def __init__(
        self,
        rows: int,
        cols: int,
        *,
        r_row: ArrayLike = 0.0,
        r_col: ArrayLike = 0.0,
        r_drive_rows: ArrayLike = 0.0,
        r_drive_cols: ArrayLike = 0.0,
        r_far_rows: ArrayLike = np.inf,
        r_far_cols: ArrayLike = np.inf,
        tolerance: float = TOLERANCE,
    ) -> None:
        self.rows, self.cols = line_count("rows", rows), line_count("cols", cols)
        self.tolerance = _within_reach(tolerance)
        self.lines = (
            Lines.build("rows", self.rows, self.cols, r_row, r_drive_rows, r_far_rows, "r_row"),
            Lines.build("cols", self.cols, self.rows, r_col, r_drive_cols, r_far_cols, "r_col"),
        )
        wires = self.lines[0].wires_s(), self.lines[1].wires_s()
        self.wires_s = None if wires[0] is None or wires[1] is None else (wires[0], wires[1])
        """Conductance of all segments between cells, S, or None if one of them has no resistance."""
        self._circuit = Circuit.of(self.lines)
        self._sweeps = self.sweeps(self._circuit)
        if self._sweeps is None and self.wires_s is None:
            raise ParameterError("r_row, r_col", 0.0, "above 0 ohm everywhere if a wire is broken or not uniform")

    def solve(
        self,
        g: ArrayLike,
        v_rows: ArrayLike,
        v_cols: ArrayLike = 0.0,
        *,
        v_far_rows: ArrayLike | None = None,
        v_far_cols: ArrayLike | None = None,
        cell_a: ArrayLike | None = None,
        start: Solution | Point | None = None,
        tolerance: float | None = None,
    ) -> Solution:
        """Voltages of all cells and currents of all lines.

        Args:
            g: conductance of the cells, S, (rows, cols), at least 0.
            v_rows: driver voltages, V, one number or one for each line; not a number for a floating line.
            v_cols: the same of the columns.
            v_far_rows: of the drivers at the far ends; those of the near ends if not given.
            v_far_cols: the same of the columns.
            cell_a: currents that cells carry from row to column beside g times their voltage, A, (rows, cols).
            start: a solution nearby, to go on from.
            tolerance: instead of the mesh's.

        Raises ParameterError; FloatingError if a cell has no path to a driver; NetworkError, ConvergenceError if
        neither sweeps nor elimination can solve it.
        """
        circuit, shape = self._circuit, (self.rows, self.cols)
        circuit.g = conductances("g", g, shape)
        circuit.cell_a = None if cell_a is None else currents("cell_a", cell_a, shape)
        row_v, col_v = voltages("v_rows", v_rows, (self.rows,)), voltages("v_cols", v_cols, (self.cols,))
        far_row_v = row_v if v_far_rows is None else voltages("v_far_rows", v_far_rows, (self.rows,))
        far_col_v = col_v if v_far_cols is None else voltages("v_far_cols", v_far_cols, (self.cols,))
        if not self._drive(row_v, col_v, far_row_v, far_col_v):
            near_s, far_s = ([side.connected_s for side in ends] for ends in (circuit.near, circuit.far))
            require_paths(circuit.g, near_s, far_s, self.lines)
        self.check_start(start)
        nodes = self._nodes(start, self.tolerance if tolerance is None else _within_reach(tolerance))
        row, row_far = self._split(nodes, 0, row_v, far_row_v)
        # Currents of columns are counted out of the array.
        col, col_far = self._split(nodes, 1, col_v, far_col_v)
        method: Literal["sweeps", "elimination"] = "sweeps" if nodes.iterations >= 0 else "elimination"
        return Solution(
            nodes.cell_v, row, -col, row_far, -col_far, nodes.column_v, method, max(nodes.iterations, 0), nodes.error
        )

    def driven(self, v_rows: ArrayLike, v_cols: ArrayLike) -> tuple[Floats, Sweeps | None]:
        """Connect the drivers, as `solve` does, for solutions of another kind.

        Returns what cells would see without wires, V, (rows, cols), floating lines taken to be at 0 V; and the sweeps
        along the lines, if all of them are uniform. Raises ParameterError.
        """
        row_v, col_v = voltages("v_rows", v_rows, (self.rows,)), voltages("v_cols", v_cols, (self.cols,))
        if not self._drive(row_v, col_v, row_v, col_v):
            row_v, col_v = np.nan_to_num(row_v), np.nan_to_num(col_v)
        return row_v[:, None] - col_v, self._sweeps

    def check_start(self, start: Solution | Point | None) -> None:
        """Raises ParameterError if it is of another array."""
        if start is not None and start.column_v.shape != (self.rows, self.cols):
            raise ParameterError("start", start.column_v.shape, f"the solution of an array of {self.rows}x{self.cols}")

    def sweeps(self, circuit: Circuit) -> Sweeps | None:
        """Sweeps along these lines, if all of them are uniform."""
        row_ohm, col_ohm = self.lines[0].uniform_ohm, self.lines[1].uniform_ohm
        return None if row_ohm is None or col_ohm is None else Sweeps(row_ohm, col_ohm, circuit)

    def transfer(self, g: ArrayLike) -> Transfer:
        """The linear map from all driver voltages to all driver currents, for many vectors on the same cells.

        g: conductance of the cells, S, (rows, cols). Raises as `solve` does.
        """
        from ohmsim.network.transfer import Transfer

        return Transfer(self, conductances("g", g, (self.rows, self.cols)))

    def _drive(self, row_v: Floats, col_v: Floats, far_row_v: Floats, far_col_v: Floats) -> bool:
        """Connect the drivers. Whether that alone gives every cell a path to one."""
        rows, cols = self.lines
        near, far = self._circuit.near, self._circuit.far
        driven = near[0].drive(row_v) & near[1].drive(col_v) & rows.always_driven & cols.always_driven
        if rows.has_far:
            driven &= far[0].drive(far_row_v)
        if cols.has_far:
            driven &= far[1].drive(far_col_v)
        return driven

    def _nodes(self, start: Solution | Point | None, tolerance: float) -> Nodes:
        if self._sweeps is not None:
            self._sweeps.factor()
            nodes = self._sweeps.solve(None if start is None else start.column_v, tolerance)
            if nodes is not None:
                return nodes
        if self.wires_s is None:
            raise ConvergenceError(
                f"{SWEEPS_MAX} sweeps do not reach a relative error of {tolerance:g}, and wires without resistance "
                f"leave no other way"
            )
        return eliminate(self._circuit, self.wires_s)

    def _split(self, nodes: Nodes, side: int, near_v: Floats, far_v: Floats) -> tuple[Floats, Floats]:
        """Currents from the near and from the far drivers of a side into the array."""
        total = nodes.line_a[side] if side == 0 else -nodes.line_a[side]
        if not self.lines[side].has_far:
            return total, np.zeros(total.size)
        near_s, far_s = self._circuit.near[side].connected_s, self._circuit.far[side].connected_s
        with np.errstate(invalid="ignore"):
            through_far = np.where(far_s > 0, far_s * (far_v - nodes.end_v[side]), 0.0)
            # A far driver without resistance holds the whole line: the near one sees its voltage.
            through_near = np.where(near_s > 0, near_s * (near_v - far_v), 0.0)
        far = np.where(far_s == IDEAL_S, total - through_near, through_far)
        return total - far, far


def _within_reach(tolerance: float) -> float:
    if not TOLERANCE_MIN <= tolerance <= TOLERANCE_MAX:
        raise ParameterError("tolerance", tolerance, f"from {TOLERANCE_MIN:g} to {TOLERANCE_MAX:g}")
    return tolerance
