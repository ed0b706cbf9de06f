"""The lines of one side of an array: wire and what joins their ends to drivers."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmsim.errors import ParameterError
from ohmsim.network.arguments import resistances

Floats = NDArray[np.float64]

IDEAL_S = 1e30
"""Conductance that stands for a terminal without resistance: beside it no cell or wire leaves a trace in a double."""


@dataclass(frozen=True, slots=True)
class Lines:
    """Rows, or columns.

    Attributes:
        name: "rows" or "cols".
        wire_ohm: one segment between neighbouring cells, shape (lines, cells - 1).
        near_s, far_s: between a line's end node and the driver there, S, shape (lines,): the driver's resistance and
            one segment of wire; 0 where that end is open.
        uniform_ohm: one segment of each line, shape (lines,), if every line is uniform and unbroken, else None.
        has_far: whether any far end has a terminal.
        always_driven: whether the wire of every line leads each of its cells to a terminal.
    """

    name: str
    wire_ohm: Floats
    near_s: Floats
    far_s: Floats
    uniform_ohm: Floats | None
    has_far: bool
    always_driven: bool

    @classmethod
    def build(
        cls, name: str, lines: int, cells: int, wire: ArrayLike, near: ArrayLike, far: ArrayLike, wire_name: str
    ) -> Lines:
        """Check and assemble; `wire_name` is the name of the parameter that the wire came by."""
        near_ohm = resistances(f"r_drive_{name}", near, (lines,))
        far_ohm = resistances(f"r_far_{name}", far, (lines,))
        given = np.asarray(wire, dtype=np.float64)
        if given.ndim < 2:
            each = resistances(wire_name, given, (lines,))
            wire_ohm, near_segment, far_segment = np.repeat(each[:, None], cells - 1, axis=1), each, each
            uniform = each if np.isfinite(each).all() else None
        else:
            wire_ohm = resistances(wire_name, given, (lines, cells + 1))
            # Segments are in the order of the cells; the near end of a column is behind its last cell.
            near_segment, far_segment = (wire_ohm[:, k] for k in ((0, -1) if name == "rows" else (-1, 0)))
            wire_ohm, uniform = wire_ohm[:, 1:-1], None
        near_s, far_s = _terminal(near_ohm, near_segment), _terminal(far_ohm, far_segment)
        driven = bool(((near_s > 0) | (far_s > 0)).all()) and bool(np.isfinite(wire_ohm).all())
        made = cls(name, wire_ohm, near_s, far_s, uniform, bool(far_s.any()), driven)
        shorted = (made.near_s == IDEAL_S) & (made.far_s == IDEAL_S) & ~(wire_ohm > 0).any(axis=1)
        if shorted.any():
            raise ParameterError(
                wire_name,
                0.0,
                f"above 0 ohm where both ends of a line have a driver without resistance "
                f"({name[:-1]} {int(np.argmax(shorted))})",
            )
        return made

    def wires_s(self) -> Floats | None:
        """Conductance of the segments between cells, S, shape (lines, cells - 1), None if one has no resistance."""
        if not (self.wire_ohm > 0).all() or (self.near_s == IDEAL_S).any() or (self.far_s == IDEAL_S).any():
            return None
        return 1 / self.wire_ohm


def _terminal(driver_ohm: Floats, segment_ohm: Floats) -> Floats:
    ohm = driver_ohm + segment_ohm
    with np.errstate(divide="ignore"):
        return np.minimum(1 / ohm, IDEAL_S)
