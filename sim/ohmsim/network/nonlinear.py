"""Cells whose current is no multiple of their voltage, in a resistive network: Newton's method.

Each step replaces every cell by its tangent, a conductance and a current beside it, and solves the linear network from
where the last step ended, no better than that step deserves (R. S. Dembo, S. C. Eisenstat, T. Steihaug, SIAM J. Numer.
Anal. 19 (1982) 400). The point of the tangent moves at most a few of the law's own scale at a time, as circuit
simulators limit junctions (L. W. Nagel, SPICE2, UCB/ERL M520, 1975), so that an exponential cannot run away.

Without a solution nearby, the first point is that of a linear array: a cell's chord is about its slope at 1/sqrt(3) of
its voltage (equal to second order), and its voltage is taken to be four fifths of its drivers'. Where the kernels know
the law, the lines are then relaxed with tangents that follow, which is cheaper than steps and mostly leaves one to do.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmsim.errors import ConvergenceError, ParameterError
from ohmsim.network.arguments import conductances
from ohmsim.network.circuit import Point
from ohmsim.network.kernels import aligned, ffi, lib, pointer
from ohmsim.network.mesh import TOLERANCE_MAX, Mesh, Solution

Floats = NDArray[np.float64]

STEPS_MAX = 100
STEP_SCALES = 3.0
CHORD_POINT = 0.8 / 3**0.5
INNER_SHARE = 0.1
"""Of the error that a step leaves, what the solution of its linear network may add."""


class CellLaw(ABC):
    """Current of every cell as a rising function of its voltage."""

    scale_v: float
    """Voltage over which the law bends, V: the slope changes by at most its own size over it."""

    @abstractmethod
    def tangent(self, volts: Floats) -> tuple[Floats, Floats]:
        """Slope of every cell at a voltage, S, and the current beside slope times voltage, A; all (rows, cols)."""

    def first(
        self, mesh: Mesh, v_rows: ArrayLike, v_cols: ArrayLike, tolerance: float, start: Solution | None
    ) -> Solution | Point:
        """The first point; `tolerance` is that of the solution, `start` one nearby."""
        if start is not None:
            return start
        across_v, _ = mesh.driven(v_rows, v_cols)
        return mesh.solve(self.tangent(CHORD_POINT * across_v)[0], v_rows, v_cols, tolerance=TOLERANCE_MAX)


@dataclass(frozen=True)
class Sinh(CellLaw):
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

    def tangent(self, volts: Floats) -> tuple[Floats, Floats]:
        """Slope, S, and the current beside it, A."""
        self._require(volts.shape)
        slope_s, beside_a = aligned(*volts.shape), aligned(*volts.shape)
        given = pointer(self.g), self.scale_v, pointer(np.ascontiguousarray(volts))
        lib.ohm_sinh_tangent(volts.size, *given, pointer(slope_s), pointer(beside_a))
        return slope_s, beside_a

    def first(
        self, mesh: Mesh, v_rows: ArrayLike, v_cols: ArrayLike, tolerance: float, start: Solution | None
    ) -> Solution | Point:
        """By relaxation in the kernels, where the lines are uniform."""
        across_v, sweeps = mesh.driven(v_rows, v_cols)
        mesh.check_start(start)
        self._require(across_v.shape)
        if sweeps is None:
            return super().first(mesh, v_rows, v_cols, tolerance, start)
        guess = CHORD_POINT * across_v if start is None else Point(start.cell_v, start.column_v)
        return sweeps.approach(self.g, (self.scale_v, STEP_SCALES * self.scale_v), tolerance, guess)

    def _require(self, shape: tuple[int, ...]) -> None:
        if shape != self.g.shape:
            raise ParameterError("g", self.g.shape, f"of the shape of the array, {shape}")


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
        tolerance: of the cell voltages, as a part of the largest, 1e-14 to 1e-3: each step leaves an error of at most
            the square of its own length over twice the law's scale, and the last one less than this.
        start: a solution nearby (of an earlier pulse, say), to go on from.

    Raises what `Mesh.solve` raises; ConvergenceError after 100 steps.
    """
    point = law.first(mesh, v_rows, v_cols, tolerance, start)
    volts, moved = aligned(mesh.rows, mesh.cols), ffi.new("double[2]")
    volts[...] = point.cell_v
    inner = tolerance if isinstance(point, Point) else TOLERANCE_MAX
    for step in range(1, STEPS_MAX + 1):
        slope_s, beside_a = law.tangent(volts)
        point = mesh.solve(slope_s, v_rows, v_cols, cell_a=beside_a, start=point, tolerance=inner)
        lib.ohm_move(volts.size, pointer(point.cell_v), STEP_SCALES * law.scale_v, pointer(volts), moved)
        distance, largest = moved
        left = distance**2 / (2 * law.scale_v)
        if left <= tolerance * largest and inner <= tolerance:
            return point, step
        # What the next step will leave if it is as long as what this one left.
        after = left**2 / (2 * law.scale_v)
        inner = min(max(INNER_SHARE * after / largest, tolerance), TOLERANCE_MAX) if largest else tolerance
    raise ConvergenceError(f"cells still move by {distance:g} V after {STEPS_MAX} steps")
