"""Lines without resistance: every cell sees its row voltage minus its column voltage.

What this leaves out: wire and switch resistance, so no drop along a line and no sneak current between columns that
are held at a voltage.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def cell_volts(row_v: Floats, col_v: Floats) -> Floats:
    """Voltage of every cell, row minus column, V, shape (rows, cols)."""
    return row_v[:, None] - col_v


def column_currents(volts: Floats, conductance_s: Floats) -> Floats:
    """Current from the cells into each column, A, shape (cols,); both arguments (rows, cols)."""
    currents: Floats = np.einsum("ij,ij->j", volts, conductance_s)
    return currents
