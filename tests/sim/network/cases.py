"""Arrays, wires and bias schemes that the network is checked with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
OPEN = float("nan")


@dataclass(frozen=True)
class Bias:
    """Driver voltages of one scheme."""

    name: str
    v_rows: Floats
    v_cols: Floats


def cells(rows: int, cols: int, seed: int = 1, low_s: float = 1e-6, high_s: float = 1e-4) -> Floats:
    """Conductances spread evenly over the decades."""
    return np.exp(np.random.default_rng(seed).uniform(np.log(low_s), np.log(high_s), (rows, cols)))


def biases(rows: int, cols: int, seed: int = 2) -> list[Bias]:
    """Every scheme of the board, of the released OpenMENA board, and of a multiplication."""
    row, col, volt = rows // 2, cols // 3, 1.2
    schemes = []
    for name, selected, others, own_col, other_cols in (
        ("grounded", volt, 0.0, 0.0, 0.0),
        ("half", volt / 2, 0.0, -volt / 2, 0.0),
        ("third", volt / 2, -volt / 6, -volt / 2, volt / 6),
        ("floating", volt, OPEN, 0.0, OPEN),
        ("floating rows", volt, OPEN, 0.0, 0.0),
    ):
        v_rows, v_cols = np.full(rows, others), np.full(cols, other_cols)
        v_rows[row], v_cols[col] = selected, own_col
        schemes.append(Bias(name, v_rows, v_cols))
    vector = np.random.default_rng(seed).uniform(-0.2, 0.2, rows)
    return [*schemes, Bias("multiply", vector, np.zeros(cols))]
