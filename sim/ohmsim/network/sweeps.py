"""Sweeps along the lines of a mesh, bound from C: sim/kernels/network/sweeps.h says how they work."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmsim.network.circuit import Circuit, Nodes, Point
from ohmsim.network.kernels import aligned, ffi, lib, pointer

Floats = NDArray[np.float64]

SWEEPS_MAX = 400
"""Iterations after which sweeps give way to elimination; practical wires need 2 to 10."""


class Sweeps:
    """Solves one circuit whose wires are uniform; keeps the memory that this takes."""

    def __init__(self, row_ohm: Floats, col_ohm: Floats, circuit: Circuit) -> None:
        self.circuit = circuit
        self._shape = row_ohm.size, col_ohm.size
        self._work = pointer(aligned(lib.ohm_sweeps_work(*self._shape)))
        self._ohm = pointer(row_ohm), pointer(col_ohm)
        self._error = ffi.new("double *")
        self._mesh = mesh = ffi.new("ohm_mesh *")
        mesh.rows, mesh.cols = self._shape
        mesh.r_row, mesh.r_col = self._ohm
        (row_near, col_near), (row_far, col_far) = circuit.near, circuit.far
        mesh.row_near, mesh.row_near_a = row_near.data
        mesh.row_far, mesh.row_far_a = row_far.data
        mesh.col_near, mesh.col_near_a = col_near.data
        mesh.col_far, mesh.col_far_a = col_far.data

    def factor(self) -> None:
        """Take the circuit's cells and terminals."""
        self._mesh.g = pointer(self.circuit.g)  # which the circuit keeps alive
        lib.ohm_sweeps_factor(self._mesh, self._work)

    def refresh(self, row: int, col: int) -> None:
        """The same after one cell has changed where it is."""
        lib.ohm_sweeps_refresh(self._mesh, self._work, row, col)

    def solve(self, start: Floats | None, tolerance: float) -> Nodes | None:
        """The solution, from the column nodes of one nearby if given; None if SWEEPS_MAX iterations do not reach it."""
        (rows, cols), circuit = self._shape, self.circuit
        cell_v, column_v = aligned(rows, cols), aligned(rows, cols)
        if start is not None:
            column_v[...] = start
        row_a, col_a, row_end, col_end = np.empty(rows), np.empty(cols), np.empty(rows), np.empty(cols)
        self._mesh.cell_a = ffi.NULL if circuit.cell_a is None else pointer(circuit.cell_a)
        iterations = lib.ohm_sweeps_solve(
            self._mesh,
            self._work,
            start is not None,
            tolerance,
            SWEEPS_MAX,
            pointer(cell_v),
            pointer(column_v),
            pointer(row_a),
            pointer(col_a),
            pointer(row_end),
            pointer(col_end),
            self._error,
        )
        if iterations < 0:
            return None
        return Nodes(cell_v, column_v, (row_a, col_a), (row_end, col_end), iterations, self._error[0])

    def approach(self, g: Floats, law_v: tuple[float, float], tolerance: float, guess: Point | Floats) -> Point:
        """Relaxation for cells of I = G V0 sinh(V / V0): sim/kernels/network/bending.h says how.

        law_v: V0 and the farthest that a cell moves at once, V. guess: of the cells' voltages, or a solution nearby.
        """
        warm = isinstance(guess, Point)
        point = Point(aligned(*self._shape), aligned(*self._shape))
        for field, given in zip(point, guess if warm else (guess,), strict=False):
            field[...] = given
        room = [aligned(*self._shape) for _ in range(3)]
        fields = map(pointer, (*room, *point))
        lib.ohm_sinh_approach(self._mesh, self._work, pointer(g), warm, *law_v, tolerance, *fields)
        return point
