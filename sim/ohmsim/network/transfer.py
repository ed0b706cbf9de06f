"""The array as its drivers see it: one matrix, kept for batches of vectors and updated when cells change."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmsim.errors import ParameterError
from ohmsim.network.arguments import conductances, voltages
from ohmsim.network.floating import require_paths
from ohmsim.network.kernels import dissect, wire_fields
from ohmsim.network.mesh import Mesh, Solution

Floats = NDArray[np.float64]

UPDATE_TOLERANCE = 1e-12
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
        self._g = g.copy()
        admittance = self._dissect()
        self.method = "sweeps" if admittance is None else "dissection"
        self._admittance = self._by_sweeps() if admittance is None else admittance
        self._matrix = self._block()

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
        require_paths(self._g, near_s, far_s, self.mesh.lines)

    def update(self, cells: ArrayLike, g: ArrayLike) -> None:
        """Give a few cells other conductances: a correction of the rank of their number.

        Args:
            cells: (row, column) of each, whole numbers, (count, 2), none twice.
            g: their conductances, S, (count,).

        Raises ParameterError.
        """
        where = np.asarray(cells)
        if where.ndim != 2 or where.shape[1] != 2 or not np.issubdtype(where.dtype, np.integer):
            raise ParameterError("cells", cells, "whole numbers of shape (count, 2)")
        rows, cols = where.T
        if where.size and (where.min() < 0 or rows.max() >= self.mesh.rows or cols.max() >= self.mesh.cols):
            raise ParameterError("cells", cells, f"inside {self.mesh.rows}x{self.mesh.cols}")
        if len(set(zip(rows.tolist(), cols.tolist(), strict=True))) != len(where):
            raise ParameterError("cells", cells, "different cells")
        new = conductances("g", g, (len(where),))
        change = new - self._g[rows, cols]
        drawn, seen = self._dipoles(rows, cols)
        self._admittance += drawn.T @ np.linalg.solve(
            np.eye(len(where)) - change[:, None] * seen, change[:, None] * drawn
        )
        self._g[rows, cols] = new
        self._matrix = self._block()

    def _dipoles(self, rows: NDArray[np.integer], cols: NDArray[np.integer]) -> tuple[Floats, Floats]:
        """Driver currents for one ampere through each cell, (count, drivers), and voltages of the other cells then."""
        drawn, seen = np.empty((rows.size, len(self._admittance))), np.empty((rows.size, rows.size))
        row_v, col_v = np.zeros(self.mesh.rows), np.zeros(self.mesh.cols)
        for k, cell in enumerate(zip(rows, cols, strict=True)):
            cell_a = np.zeros(self._g.shape)
            cell_a[cell] = 1.0
            solution = self.mesh.solve(self._g, row_v, col_v, cell_a=cell_a, tolerance=UPDATE_TOLERANCE)
            drawn[k] = _into(solution)
            seen[:, k] = solution.cell_v[rows, cols]
        return drawn, seen

    def _block(self) -> Floats:
        return np.ascontiguousarray(-self._admittance[: self.mesh.rows, self.mesh.rows :])

    def _by_sweeps(self) -> Floats:
        rows, cols = self.mesh.rows, self.mesh.cols
        unit = np.eye(rows + cols)
        solved = [_into(self.mesh.solve(self._g, volts[:rows], volts[rows:])) for volts in unit]
        return np.array(solved)

    def _dissect(self) -> Floats | None:
        """None if a wire has no resistance or rounding errors would grow too much."""
        mesh, wires_s = self.mesh, self.mesh.wires_s
        if wires_s is None:
            return None
        near, far = [lines.near_s for lines in mesh.lines], [lines.far_s for lines in mesh.lines]
        far_rows, far_cols = bool(far[0].any()), bool(far[1].any())
        fields = wire_fields((near[0], near[1]), wires_s)
        admittance, growth = dissect(self._g, *fields, far_rows, far_cols)
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
