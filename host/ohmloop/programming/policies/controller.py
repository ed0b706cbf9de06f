"""What feedback rules share: where cells shall go, what may be used, and which way each cell was pulsed last."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.context import PolicyContext
from ohmloop.programming.policies.polarity import DriveTable
from ohmloop.programming.policy import Proposal

Floats = NDArray[np.float64]
Cells = NDArray[np.intp]
Directions = NDArray[np.int8]


class Controller:
    """The part of a policy that knows directions: +1 is SET, -1 is RESET, 0 is neither yet."""

    def start(self, targets_s: Floats, context: PolicyContext) -> None:
        """Take new targets, S, shape (cells,)."""
        self._targets_s = np.array(targets_s, dtype=np.float64)
        self._span_s, self._width_s = context.profile.span_s, context.profile.width_s
        self._drives = DriveTable(context.profile)
        self._direction: Directions = np.zeros(self._targets_s.size, dtype=np.int8)

    def _pulsed(self, cells: Cells, volts: Floats) -> None:
        """Keep the directions of pulses that were applied."""
        self._direction[cells] = way_of(volts)

    def _turned(self, cells: Cells, direction: Directions) -> NDArray[np.bool_]:
        """Whether this direction is another than that of the last pulse; not for a cell without one."""
        last = self._direction[cells]
        turned: NDArray[np.bool_] = (last != 0) & (last != direction)
        return turned

    def _held(self, direction: Directions, volts: Floats, widths_s: Floats | None = None) -> Proposal:
        """Pulses of these magnitudes, V, held at the largest usable amplitude; of the profile's width by default."""
        held_v = self._drives.held(self._drives.polarity(direction), volts)
        return Proposal(direction * held_v, np.full(volts.size, self._width_s) if widths_s is None else widths_s)


def way_of(signed: Floats) -> Directions:
    """Direction that a signed error or amplitude asks for; +1 for 0."""
    return np.where(signed < 0, -1, 1).astype(np.int8)
