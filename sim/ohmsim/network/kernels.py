"""The two ways to a solution, bound from C: sweeps along the lines, and elimination over all nodes."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmsim._kernels import ffi, lib
from ohmsim.errors import NetworkError

Floats = NDArray[np.float64]

SWEEPS_MAX = 400
"""Iterations after which sweeps give way to elimination; practical wires need 2 to 10."""
DIRECT_BYTES_MAX = 2 << 30
"""Memory that elimination over all nodes may take."""


@dataclass(frozen=True, slots=True)
class Circuit:
    """A mesh with its drivers as they are connected now, and what drives it.

    Attributes:
        g: conductance of the cells, S, (rows, cols). near_s, far_s: terminals of rows and of columns, S, 0 where open.
        near_a, far_a: terminal conductance times source voltage, A.
        cell_a: current that cells carry from row to column beside g times their voltage, A, (rows, cols), or None.
    """

    g: Floats
    near_s: tuple[Floats, Floats]
    far_s: tuple[Floats, Floats]
    near_a: tuple[Floats, Floats]
    far_a: tuple[Floats, Floats]
    cell_a: Floats | None


@dataclass(frozen=True, slots=True)
class Nodes:
    """What a kernel found.

    Attributes:
        cell_v, column_v: voltages of cells and column nodes, V, (rows, cols).
        line_a: sum of the currents of a line's cells, A. end_v: voltages of the nodes at the far ends, V.
        iterations, error: of sweeps; -1 and 0 for elimination.
    """

    cell_v: Floats
    column_v: Floats
    line_a: tuple[Floats, Floats]
    end_v: tuple[Floats, Floats]
    iterations: int
    error: float


class Sweeps:
    """Solves circuits of one size and one pair of uniform wires; keeps the memory that this takes."""

    def __init__(self, row_ohm: Floats, col_ohm: Floats) -> None:
        self._ohm = row_ohm, col_ohm
        self._work = np.empty(lib.ohm_sweeps_work(row_ohm.size, col_ohm.size))
        self._mesh = ffi.new("ohm_mesh *")
        self._mesh.rows, self._mesh.cols = row_ohm.size, col_ohm.size
        self._error = ffi.new("double *")

    def solve(self, circuit: Circuit, start: Floats | None, tolerance: float) -> Nodes | None:
        """The solution, from the column nodes of one nearby if given; None if SWEEPS_MAX iterations do not reach it."""
        mesh, work = self._mesh, _pointer(self._work)
        held = [_pointer(circuit.g)]
        mesh.g = held[0]
        for name, array in (
            ("r_row", self._ohm[0]),
            ("r_col", self._ohm[1]),
            ("row_near", circuit.near_s[0]),
            ("row_far", circuit.far_s[0]),
            ("col_near", circuit.near_s[1]),
            ("col_far", circuit.far_s[1]),
        ):
            held.append(_pointer(array))
            setattr(mesh, name, held[-1])
        rows, cols = circuit.g.shape
        cell_v, row_a, col_a, row_end, col_end = (
            np.empty(shape) for shape in ((rows, cols), (rows,), (cols,), (rows,), (cols,))
        )
        column_v = np.empty((rows, cols)) if start is None else start.copy()
        lib.ohm_sweeps_factor(mesh, work)
        iterations = lib.ohm_sweeps_solve(
            mesh,
            work,
            _pointer(circuit.near_a[0]),
            _pointer(circuit.far_a[0]),
            _pointer(circuit.near_a[1]),
            _pointer(circuit.far_a[1]),
            ffi.NULL if circuit.cell_a is None else _pointer(circuit.cell_a),
            start is not None,
            tolerance,
            SWEEPS_MAX,
            *map(_pointer, (cell_v, column_v, row_a, col_a, row_end, col_end)),
            self._error,
        )
        if iterations < 0:
            return None
        return Nodes(cell_v, column_v, (row_a, col_a), (row_end, col_end), iterations, self._error[0])


def eliminate(circuit: Circuit, wires_s: tuple[Floats, Floats]) -> Nodes:
    """The solution for wires that may differ along a line, S, shapes (rows, cols - 1) and (cols, rows - 1).

    Raises NetworkError if the array is too large for it.
    """
    g = circuit.g
    rows, cols = g.shape
    doubles = lib.ohm_band_work(rows, cols)
    if 8 * doubles > DIRECT_BYTES_MAX:
        raise NetworkError(
            f"{rows}x{cols} with these wires needs elimination over all nodes, which takes {8 * doubles >> 20} MiB; "
            f"at most {DIRECT_BYTES_MAX >> 20} MiB are used"
        )
    left, below = wire_fields(circuit.near_s, wires_s)
    x_a, y_a = np.zeros((rows, cols)), np.zeros((rows, cols))
    if circuit.cell_a is not None:
        x_a -= circuit.cell_a
        y_a += circuit.cell_a
    x_a[:, 0] += circuit.near_a[0]
    x_a[:, -1] += circuit.far_a[0]
    y_a[-1] += circuit.near_a[1]
    y_a[0] += circuit.far_a[1]
    row_v, column_v, work = np.empty((rows, cols)), np.empty((rows, cols)), np.empty(doubles)
    arrays = (g, left, below, *circuit.far_s, x_a, y_a, work, row_v, column_v)
    if lib.ohm_band_solve(rows, cols, *map(_pointer, arrays)):
        raise NetworkError(f"{rows}x{cols}: conductances differ by more than double precision can tell apart")
    cell_v = row_v - column_v
    cell_a = g * cell_v if circuit.cell_a is None else g * cell_v + circuit.cell_a
    return Nodes(cell_v, column_v, (cell_a.sum(1), cell_a.sum(0)), (row_v[:, -1].copy(), column_v[0].copy()), -1, 0.0)


def dissect(g: Floats, left: Floats, below: Floats, far_rows: bool, far_cols: bool) -> tuple[Floats, float]:
    """Admittance between the line ends, S, and the factor by which rounding errors may have grown.

    Order: near ends of rows, far nodes of rows if asked for, far nodes of columns if asked for, near ends of columns.
    """
    rows, cols = g.shape
    ports = rows * (1 + far_rows) + cols * (1 + far_cols)
    admittance, margin = np.empty((ports, ports)), ffi.new("double *")
    fields = map(_pointer, (g, left, below))
    if lib.ohm_dissect(rows, cols, *fields, far_rows, far_cols, _pointer(admittance), margin):
        raise NetworkError(f"{rows}x{cols}: no memory for the admittance between its line ends")
    return admittance, 1 / margin[0] if margin[0] > 0 else np.inf


def wire_fields(near_s: tuple[Floats, Floats], wires_s: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Conductance of the wires to the left of each cell and below it, S, (rows, cols), terminals included."""
    left = np.concatenate((near_s[0][:, None], wires_s[0]), axis=1)
    below = np.concatenate((wires_s[1].T, near_s[1][None, :]), axis=0)
    return np.ascontiguousarray(left), np.ascontiguousarray(below)


def _pointer(array: Floats) -> object:
    return ffi.from_buffer("double[]", array)
