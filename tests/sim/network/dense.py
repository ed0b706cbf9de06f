"""An independent solution: every node, one matrix, float64, nothing of the emulator's own network code."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse.linalg import splu

Floats = NDArray[np.float64]
Nodes = NDArray[np.intp]
Mask = NDArray[np.bool_]
Longs = NDArray[np.longdouble]

DENSE_NODES = 2000
"""Unknowns above which SuperLU factors the matrix instead of a dense inverse."""


@dataclass(frozen=True)
class Dense:
    """What the dense solution gives, signs as in `ohmsim.network.mesh.Solution`."""

    cell_v: Floats
    row_a: Floats
    col_a: Floats


def solve(
    g: Floats,
    v_rows: ArrayLike,
    v_cols: ArrayLike,
    *,
    r_row: ArrayLike,
    r_col: ArrayLike,
    drive_rows: ArrayLike = 0.0,
    drive_cols: ArrayLike = 0.0,
    far_rows: ArrayLike = np.inf,
    far_cols: ArrayLike = np.inf,
) -> Dense:
    """Nodal analysis with every resistor stamped one by one; nodes joined by 0 ohm are one node.

    Wires as for `Mesh`. A floating line (its voltage is not a number) has no driver at either end.
    """
    rows, cols = g.shape
    volts = [np.broadcast_to(np.asarray(v, float), n) for v, n in ((v_rows, rows), (v_cols, cols))]
    wires = []
    for wire, lines, cells in ((r_row, rows, cols), (r_col, cols, rows)):
        wire = np.asarray(wire, float)
        wires.append(wire if wire.ndim == 2 else np.repeat(np.broadcast_to(wire, lines)[:, None], cells + 1, axis=1))
    near = [np.broadcast_to(np.asarray(r, float), n) for r, n in ((drive_rows, rows), (drive_cols, cols))]
    far = [np.broadcast_to(np.asarray(r, float), n) for r, n in ((far_rows, rows), (far_cols, cols))]

    row_node = np.arange(rows * cols).reshape(rows, cols)
    col_node = row_node + rows * cols
    count = 2 * rows * cols
    known: dict[int, float] = {}
    resistors: list[tuple[int, int, float]] = []
    # The wires of a column are numbered from its far end, above row 0.
    for chains, wire, first, last, line_v in (
        (row_node, wires[0], near[0], far[0], volts[0]),
        (col_node.T, wires[1], far[1], near[1], volts[1]),
    ):
        for chain, segments, begin, end, volt in zip(chains, wire, first, last, line_v, strict=True):
            resistors += zip(chain[:-1].tolist(), chain[1:].tolist(), segments[1:-1].tolist(), strict=True)
            for node, ohm in ((int(chain[0]), segments[0] + begin), (int(chain[-1]), segments[-1] + end)):
                if np.isfinite(ohm) and not np.isnan(volt):
                    resistors.append((count, node, float(ohm)))
                    known[count] = float(volt)
                    count += 1

    same = np.arange(count)
    for a, b, r in resistors:
        if r == 0:
            same[same == same[b]] = same[a]
    links = [(a, b, 1 / np.longdouble(r)) for a, b, r in resistors if 0 < r < np.inf]
    links += zip(row_node.ravel().tolist(), col_node.ravel().tolist(), g.ravel().astype(np.longdouble), strict=True)
    one, other = (same[np.array(ends)] for ends in list(zip(*links, strict=True))[:2])
    siemens = np.array([link[2] for link in links], np.longdouble)

    potential = np.zeros(count, np.longdouble)
    fixed = np.zeros(count, bool)
    for node, volt in known.items():
        potential[same[node]], fixed[same[node]] = volt, True
    _relax(potential, fixed, one, other, siemens)
    potential = potential[same]
    cell_v = potential[row_node] - potential[col_node]
    cell_a = g * cell_v
    return Dense(cell_v.astype(float), cell_a.sum(1).astype(float), cell_a.sum(0).astype(float))


def _relax(potential: Longs, fixed: Mask, one: Nodes, other: Nodes, siemens: Longs) -> None:
    """Potentials of the nodes that are not fixed.

    Kirchhoff's residual in extended precision, corrected by a double-precision factor of the matrix that is scaled to
    a unit diagonal.
    """
    diagonal = np.zeros(potential.size, np.longdouble)
    np.add.at(diagonal, one, siemens)
    np.add.at(diagonal, other, siemens)
    free = np.flatnonzero(~fixed & (diagonal > 0))
    place = np.full(potential.size, -1)
    place[free] = np.arange(free.size)
    scale = 1 / np.sqrt(diagonal[free])
    inner = (place[one] >= 0) & (place[other] >= 0) & (one != other)
    a, b = place[one[inner]], place[other[inner]]
    value = (-siemens[inner] * scale[a] * scale[b]).astype(float)
    matrix = sparse.csc_matrix(
        (np.concatenate((value, value)), (np.concatenate((a, b)), np.concatenate((b, a)))), shape=(free.size, free.size)
    ) + sparse.identity(free.size, format="csc")
    factor = splu(matrix) if free.size > DENSE_NODES else None
    inverse = None if factor else np.linalg.inv(matrix.toarray())
    for _ in range(6):
        current = siemens * (potential[one] - potential[other])
        residual = np.zeros(potential.size, np.longdouble)
        np.add.at(residual, one, -current)
        np.add.at(residual, other, current)
        right = (scale * residual[free]).astype(float)
        potential[free] += scale * (factor.solve(right) if factor else inverse @ right)


def deviation(found: Floats, wanted: Floats) -> float:
    """Largest difference, relative to the largest value."""
    largest = float(np.abs(wanted).max())
    return float(np.abs(found - wanted).max()) / largest if largest else float(np.abs(found).max())
