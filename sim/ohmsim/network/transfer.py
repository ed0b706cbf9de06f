"""The array as its drivers see it: one matrix, kept for batches of vectors and updated when cells change."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmsim.errors import ParameterError
from ohmsim.network.arguments import conductances, voltages
from ohmsim.network.dipole import Dipoles
from ohmsim.network.direct import dissect, wire_fields
from ohmsim.network.floating import require_paths
from ohmsim.network.kernels import lib, pointer
from ohmsim.network.mesh import Mesh, Solution

Floats = NDArray[np.float64]

REMAINDER_MIN = 1e-4
"""Share that is left of a cell's effect by what changes: below it a correction would lose more digits than that."""
GROWTH_MAX = 1e6
"""Growth of rounding errors above which an elimination is not believed: 1e-16 times this is 1e-10."""


class Transfer:
    """Currents of all drivers as a linear function of their voltages.

    Made by `Mesh.transfer`. Drivers at far ends are driven as their near ends are.

    Attributes:
        method: "dissection", or "sweeps" (one solution for each line) where a wire has no resistance or conductances
            are too far apart for it.
    """

    method: Literal["dissection", "sweeps"]

    def __init__(self, mesh: Mesh, g: Floats) -> None:
        self.mesh = mesh
        self._dipoles = Dipoles(mesh, g)
        self._build()

    @property
    def matrix(self) -> Floats:
        """Current out of each column by the voltage of each row, S, (rows, cols), read-only; columns at 0 V."""
        view = self._matrix.view()
        view.flags.writeable = False
        return view

    def multiply(self, v_rows: Floats) -> Floats:
        """Currents out of the columns, A, (batch, cols), for row voltages, V, (batch, rows); columns at 0 V.

        One matrix product: voltages are not looked at.
        """
        out: Floats = v_rows @ self._matrix
        return out

    def currents(self, v_rows: ArrayLike, v_cols: ArrayLike = 0.0) -> tuple[Floats, Floats]:
        """Currents into the rows, A, (rows,), and out of the columns, A, (cols,), both ends of a line together.

        v_rows, v_cols: V, one number or one for each line; not a number for a floating line, which may have no driver
        at its far end. Raises ParameterError, FloatingError.
        """
        mesh = self.mesh
        volts = np.concatenate((voltages("v_rows", v_rows, (mesh.rows,)), voltages("v_cols", v_cols, (mesh.cols,))))
        floats = np.isnan(volts)
        if floats.any():
            self._check_floating(floats)
            volts[floats] = 0.0
            # A line whose driver is open anyway stays at no current.
            free = floats & (self._admittance.diagonal() > 0)
            induced = self._admittance[free] @ volts
            volts[free] = -np.linalg.solve(self._admittance[np.ix_(free, free)], induced)
        into: Floats = self._admittance @ volts
        into[floats] = 0.0
        return into[: mesh.rows], -into[mesh.rows :]

    def _check_floating(self, floats: NDArray[np.bool_]) -> None:
        near_s, far_s = [], [lines.far_s for lines in self.mesh.lines]
        for name, floating, lines in zip(
            ("v_rows", "v_cols"), np.split(floats, [self.mesh.rows]), self.mesh.lines, strict=True
        ):
            if (floating & (lines.far_s > 0)).any():
                # Both ends share one driver here, and would stay joined when it floats.
                raise ParameterError(name, np.nan, "a number where a line has two drivers; `solve` can float it")
            near_s.append(np.where(floating, 0.0, lines.near_s))
        require_paths(self._dipoles.g, near_s, far_s, self.mesh.lines)

    def update(self, cells: ArrayLike, g: ArrayLike) -> None:
        """Give a few cells other conductances: for each a correction of rank one.

        Args:
            cells: (row, column) of each, whole numbers, (count, 2), none twice.
            g: their conductances, S, (count,).

        Raises ParameterError.
        """
        where = np.asarray(cells)
        if where.ndim != 2 or where.shape[1] != 2 or not np.issubdtype(where.dtype, np.integer):
            raise ParameterError("cells", cells, "whole numbers of shape (count, 2)")
        places = [(int(row), int(col)) for row, col in where.tolist()]
        if not all(0 <= row < self.mesh.rows and 0 <= col < self.mesh.cols for row, col in places):
            raise ParameterError("cells", cells, f"inside {self.mesh.rows}x{self.mesh.cols}")
        if len(set(places)) != len(places):
            raise ParameterError("cells", cells, "different cells")
        corrected = True
        for (row, col), new in zip(places, conductances("g", g, (len(places),)).tolist(), strict=True):
            corrected = self._change(row, col, new) and corrected
        if not corrected:
            self._build()

    def _change(self, row: int, col: int, new: float) -> bool:
        """Whether the matrix could follow; the cell has changed in any case."""
        change = new - float(self._dipoles.g[row, col])
        row_a, col_a, cell_v = self._dipoles.respond(row, col)
        self._dipoles.put(row, col, new)
        remainder = 1 - change * cell_v
        if not remainder > REMAINDER_MIN:
            return False
        given = pointer(row_a), pointer(col_a), change / remainder
        lib.ohm_correct(self.mesh.rows, self.mesh.cols, *given, pointer(self._admittance), pointer(self._matrix))
        return True

    def _build(self) -> None:
        admittance = self._dissect()
        self.method = "sweeps" if admittance is None else "dissection"
        self._admittance = self._by_sweeps() if admittance is None else admittance
        self._matrix = np.ascontiguousarray(-self._admittance[: self.mesh.rows, self.mesh.rows :])

    def _by_sweeps(self) -> Floats:
        rows, cols = self.mesh.rows, self.mesh.cols
        unit = np.eye(rows + cols)
        solved = [_into(self.mesh.solve(self._dipoles.g, volts[:rows], volts[rows:])) for volts in unit]
        return np.array(solved)

    def _dissect(self) -> Floats | None:
        """None if a wire has no resistance or rounding errors would grow too much."""
        mesh, wires_s = self.mesh, self.mesh.wires_s
        if wires_s is None:
            return None
        near, far = [lines.near_s for lines in mesh.lines], [lines.far_s for lines in mesh.lines]
        far_rows, far_cols = bool(far[0].any()), bool(far[1].any())
        fields = wire_fields((near[0], near[1]), wires_s)
        admittance, growth = dissect(self._dipoles.g, *fields, far_rows, far_cols)
        if growth > GROWTH_MAX:
            return None
        return self._join_far(admittance, far_rows, far_cols)

    def _join_far(self, admittance: Floats, far_rows: bool, far_cols: bool) -> Floats:
        """Drivers at far ends join the nodes there to the near drivers' voltages."""
        rows, cols = self.mesh.rows, self.mesh.cols
        if not far_rows and not far_cols:
            return admittance
        inner = rows * far_rows + cols * far_cols
        near = np.r_[0:rows, rows + inner : rows + inner + cols]
        ends = np.arange(rows, rows + inner)
        driver = np.arange(0 if far_rows else rows, rows + cols if far_cols else rows)
        far_s = np.concatenate([lines.far_s for lines in self.mesh.lines])[driver]
        # Current from every driver into the far nodes, by near drivers' voltages; then those nodes are eliminated.
        into_ends = admittance[np.ix_(ends, near)]
        into_ends[np.arange(inner), driver] -= far_s
        joined: Floats = admittance[np.ix_(near, near)]
        np.add.at(joined, (driver, driver), far_s)
        joined -= into_ends.T @ np.linalg.solve(admittance[np.ix_(ends, ends)] + np.diag(far_s), into_ends)
        return joined


def _into(solution: Solution) -> Floats:
    """Currents of all drivers into the array."""
    return np.concatenate((solution.row_a + solution.row_far_a, -solution.col_a - solution.col_far_a))
