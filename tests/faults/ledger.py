"""What a host believes to have applied to each cell, to be held against what the cells saw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import PulseList


class Ledger:
    """Counts for every cell the pulses that were certainly applied and those that may have been, each once."""

    def __init__(self, rows: int, cols: int) -> None:
        self.applied = np.zeros((rows, cols), dtype=np.int64)
        self.uncertain = np.zeros((rows, cols), dtype=np.int64)

    def certain(self, pulses: PulseList, applied: int) -> None:
        np.add.at(self.applied, (pulses.rows[:applied], pulses.cols[:applied]), 1)

    def unknown(self, pulses: PulseList) -> None:
        np.add.at(self.uncertain, (pulses.rows, pulses.cols), 1)

    def doubled(self, seen: NDArray[np.int64]) -> int:
        """Pulses that cells saw beyond all that the host sent."""
        return int(np.maximum(seen - self.applied - self.uncertain, 0).sum())

    def omitted(self, seen: NDArray[np.int64]) -> int:
        """Pulses that the host was told were applied and that cells did not see."""
        return int(np.maximum(self.applied - seen, 0).sum())
