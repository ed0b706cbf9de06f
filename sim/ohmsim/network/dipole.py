"""What one ampere through one cell does to a mesh whose drivers are all at 0 V: by it a matrix follows that cell."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmsim.network.circuit import Circuit
from ohmsim.network.mesh import Mesh

Floats = NDArray[np.float64]

TOLERANCE = 1e-11


class Dipoles:
    """Solutions for single cells that carry a current of their own; the lines' factors are kept between them.

    Attributes:
        g: conductance of the cells, S, (rows, cols), read-only.
    """

    def __init__(self, mesh: Mesh, g: Floats) -> None:
        self._mesh, self._circuit = mesh, Circuit.of(mesh.lines)
        self._circuit.g, self._circuit.cell_a = g.copy(), np.zeros(g.shape)
        self._beside = self._circuit.cell_a
        self._sweeps = mesh.sweeps(self._circuit)
        if self._sweeps is not None:
            self._sweeps.factor()

    @property
    def g(self) -> Floats:
        """As the cells are now."""
        view = self._circuit.g.view()
        view.flags.writeable = False
        return view

    def put(self, row: int, col: int, g: float) -> None:
        """Give one cell another conductance, S."""
        self._circuit.g[row, col] = g
        if self._sweeps is not None:
            self._sweeps.refresh(row, col)

    def respond(self, row: int, col: int) -> tuple[Floats, Floats, float]:
        """Sums of the cells' currents of every row and every column, A, and the voltage of the cell itself, V."""
        self._beside[row, col] = 1.0
        nodes = None if self._sweeps is None else self._sweeps.solve(None, TOLERANCE)
        if nodes is not None:
            row_a, col_a, cell_v = *nodes.line_a, nodes.cell_v
        else:
            found = self._mesh.solve(self._circuit.g, 0.0, cell_a=self._beside, tolerance=TOLERANCE)
            row_a, col_a, cell_v = found.row_a + found.row_far_a, found.col_a + found.col_far_a, found.cell_v
        self._beside[row, col] = 0.0
        return row_a, col_a, float(cell_v[row, col])
