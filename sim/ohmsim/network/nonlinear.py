"""Cells whose current is no multiple of their voltage, in a resistive network: Newton's method.

Each step replaces every cell by its tangent, a conductance and a current beside it, and solves the linear network from
where the last step ended. The point of the tangent moves at most a few of the law's own scale at a time, as circuit
simulators limit junctions (L. W. Nagel, SPICE2, UCB/ERL M520, 1975), so that an exponential cannot run away.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmsim.errors import ConvergenceError, ParameterError
from ohmsim.network.arguments import conductances
from ohmsim.network.mesh import Mesh, Solution

Floats = NDArray[np.float64]

STEPS_MAX = 100
STEP_SCALES = 3.0


class CellLaw(Protocol):
    """Current of every cell as a rising function of its voltage."""

    @property
    def scale_v(self) -> float:
        """Voltage over which the law bends, V."""

    def evaluate(self, volts: Floats) -> tuple[Floats, Floats]:
        """Current, A, and its derivative, S, of every cell at a voltage, V, all (rows, cols)."""


@dataclass(frozen=True)
class Sinh:
    """I = G V0 sinh(V / V0): G at small voltage, exponential above V0 (tunnelling; hopping).

    Attributes:
        g: conductance at small voltage, S, (rows, cols). scale_v: V0, V, above 0.

    Raises ParameterError.
    """

    g: Floats
    scale_v: float = field(kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "g", conductances("g", self.g, np.shape(self.g)))
        if not 0 < self.scale_v < np.inf:
            raise ParameterError("scale_v", self.scale_v, "above 0 V and finite")

    def evaluate(self, volts: Floats) -> tuple[Floats, Floats]:
        """Current, A, and its derivative, S."""
        bent = np.sinh(volts / self.scale_v)
        return self.g * self.scale_v * bent, self.g * np.sqrt(1 + bent * bent)


def solve_nonlinear(
    mesh: Mesh,
    law: CellLaw,
    v_rows: ArrayLike,
    v_cols: ArrayLike = 0.0,
    *,
    tolerance: float = 1e-10,
    start: Solution | None = None,
) -> tuple[Solution, int]:
    """Voltages and currents of an array of cells with a law of their own, and the steps that it took.

    Args:
        mesh: the lines.
        law: the cells.
        v_rows: driver voltages, V, as for `Mesh.solve`.
        v_cols: the same of the columns.
        tolerance: the last step changed no cell's voltage by more than the square root of this part of the largest, so
            that the next one would change none by more than about this part: steps square the error.
        start: a solution nearby (of an earlier pulse, say), to go on from.

    Raises what `Mesh.solve` raises; ConvergenceError after 100 steps.
    """
    limit = STEP_SCALES * law.scale_v
    volts = np.zeros((mesh.rows, mesh.cols)) if start is None else start.cell_v
    change = 0.0
    for step in range(1, STEPS_MAX + 1):
        current, slope = law.evaluate(volts)
        start = mesh.solve(slope, v_rows, v_cols, cell_a=current - slope * volts, start=start)
        moved = start.cell_v - volts
        change = float(np.abs(moved).max())
        if change <= np.sqrt(tolerance) * min(law.scale_v, float(np.abs(start.cell_v).max())):
            return start, step
        volts = volts + np.clip(moved, -limit, limit)
    raise ConvergenceError(f"cells still move by {change:g} V after {STEPS_MAX} steps")
