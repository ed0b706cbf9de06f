"""Elimination of nodes, bound from C: all of them for one solution, or all but the line ends."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmsim.errors import NetworkError
from ohmsim.network.circuit import Circuit, Nodes
from ohmsim.network.kernels import ffi, lib, pointer

Floats = NDArray[np.float64]

DIRECT_BYTES_MAX = 2 << 30
"""Memory that elimination over all nodes may take."""


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
    near, far = circuit.near, circuit.far
    left, below = wire_fields((near[0].connected_s, near[1].connected_s), wires_s)
    x_a, y_a = np.zeros((rows, cols)), np.zeros((rows, cols))
    if circuit.cell_a is not None:
        x_a -= circuit.cell_a
        y_a += circuit.cell_a
    x_a[:, 0] += near[0].source_a
    x_a[:, -1] += far[0].source_a
    y_a[-1] += near[1].source_a
    y_a[0] += far[1].source_a
    row_v, column_v, work = np.empty((rows, cols)), np.empty((rows, cols)), np.empty(doubles)
    arrays = (g, left, below, far[0].connected_s, far[1].connected_s, x_a, y_a, work, row_v, column_v)
    if lib.ohm_band_solve(rows, cols, *map(pointer, arrays)):
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
    fields = map(pointer, (g, left, below))
    if lib.ohm_dissect(rows, cols, *fields, far_rows, far_cols, pointer(admittance), margin):
        raise NetworkError(f"{rows}x{cols}: no memory for the admittance between its line ends")
    return admittance, 1 / margin[0] if margin[0] > 0 else np.inf


def wire_fields(near_s: tuple[Floats, Floats], wires_s: tuple[Floats, Floats]) -> tuple[Floats, Floats]:
    """Conductance of the wires to the left of each cell and below it, S, (rows, cols), terminals included."""
    left = np.concatenate((near_s[0][:, None], wires_s[0]), axis=1)
    below = np.concatenate((wires_s[1].T, near_s[1][None, :]), axis=0)
    return np.ascontiguousarray(left), np.ascontiguousarray(below)
