"""A mesh as its kernels take it, and what they find."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from ohmsim.network.kernels import lib, pointer
from ohmsim.network.lines import Lines

Floats = NDArray[np.float64]


class Terminals:
    """What joins one end of all lines of a side to drivers, and what the drivers do now.

    Attributes:
        built_s: conductance, S, (lines,), 0 where nothing is connected.
        connected_s: the same, and 0 where the driver floats. source_a: times the drivers' voltages, A.
        data: where C finds connected_s and source_a.
    """

    __slots__ = ("_built", "built_s", "connected_s", "data", "source_a")

    def __init__(self, built_s: Floats) -> None:
        self.built_s, self.connected_s, self.source_a = built_s, built_s.copy(), np.zeros(built_s.shape)
        self._built = pointer(built_s)
        self.data = pointer(self.connected_s), pointer(self.source_a)

    def drive(self, volts: Floats) -> bool:
        """Voltages, V; not a number where the driver floats. Whether none does."""
        return bool(lib.ohm_drive(volts.size, self._built, pointer(volts), *self.data))


@dataclass(slots=True)
class Circuit:
    """A mesh with its drivers as they are connected now, and what drives it.

    Attributes:
        g: conductance of the cells, S, (rows, cols).
        near, far: the ends of rows and of columns.
        cell_a: current that cells carry from row to column beside g times their voltage, A, (rows, cols), or None.
    """

    near: tuple[Terminals, Terminals]
    far: tuple[Terminals, Terminals]
    g: Floats
    cell_a: Floats | None = None

    @classmethod
    def of(cls, lines: tuple[Lines, Lines]) -> Circuit:
        """With every source at 0 V and no cell."""
        rows, cols = lines
        near, far = (Terminals(rows.near_s), Terminals(cols.near_s)), (Terminals(rows.far_s), Terminals(cols.far_s))
        return cls(near, far, np.zeros((rows.near_s.size, cols.near_s.size)))


class Nodes(NamedTuple):
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


class Point(NamedTuple):
    """Where a solution may begin.

    Attributes:
        cell_v, column_v: voltages of cells and column nodes, V, (rows, cols).
    """

    cell_v: Floats
    column_v: Floats
