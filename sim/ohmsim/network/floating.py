"""Whether every node of a network has a path to something that is driven."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ohmsim.errors import FloatingError
from ohmsim.network.lines import Lines

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


def require_paths(g: Floats, near_s: Sequence[Floats], far_s: Sequence[Floats], lines: Sequence[Lines]) -> None:
    """Raises FloatingError, naming the first line of which a part has no path.

    g: cells, S, (rows, cols). near_s, far_s: terminals that have a driver now, of rows and of columns, S.
    """
    driven = [(near > 0) | (far > 0) for near, far in zip(near_s, far_s, strict=True)]
    broken = [bool(np.isinf(side.wire_ohm).any()) for side in lines]
    if driven[0].all() and driven[1].all() and not any(broken):
        return
    conducts = g > 0
    reached = [np.zeros(conducts.shape, dtype=bool), np.zeros(conducts.shape, dtype=bool)]
    reached[0][:, 0] |= near_s[0] > 0
    reached[0][:, -1] |= far_s[0] > 0
    reached[1][-1] |= near_s[1] > 0
    reached[1][0] |= far_s[1] > 0
    whole = [np.isfinite(side.wire_ohm) for side in lines]
    count = -1
    while count != (count := int(reached[0].sum() + reached[1].sum())):
        _spread(reached[0], whole[0])
        reached[1] |= reached[0] & conducts
        _spread(reached[1].T, whole[1])
        reached[0] |= reached[1] & conducts
    for side, mask in zip(lines, (reached[0], reached[1].T), strict=True):
        missing = ~mask.all(axis=1)
        if missing.any():
            line = int(np.argmax(missing))
            raise FloatingError(
                f"{side.name[:-1]} {line} floats at cell {int(np.argmin(mask[line]))}: no wire and no cell with a "
                f"conductance joins it to a driver"
            )


def _spread(reached: Mask, whole: Mask) -> None:
    """Along each line, from neighbour to neighbour, both ways."""
    for j in range(reached.shape[1] - 1):
        reached[:, j + 1] |= reached[:, j] & whole[:, j]
    for j in range(reached.shape[1] - 2, -1, -1):
        reached[:, j] |= reached[:, j + 1] & whole[:, j]
