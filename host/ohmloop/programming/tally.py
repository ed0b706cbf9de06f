"""What the cells of a campaign have received and answered, by pulse: counters, history, and what the policy learns."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import PulseList
from ohmloop.programming.cells import Cells
from ohmloop.programming.history import History
from ohmloop.programming.policy import Policy
from ohmloop.programming.profile import ProgrammingProfile

RESOLUTION_V = 1e-6
"""Amplitudes travel in whole microvolts: one that near to the largest counts as it."""
RESOLUTION_S = 1e-9
"""Widths travel in whole nanoseconds."""


class Tally:
    """Books pulses, whether they have just been sent or are replayed from a journal.

    `usable` gives the largest amplitude of each polarity, and the width of a pulse that counts as a full one.
    """

    def __init__(self, cells: Cells, policy: Policy, history: History, usable: ProgrammingProfile) -> None:
        self._cells = cells
        self._policy = policy
        self._history = history
        self._width_s = usable.width_s
        self._largest_v = np.array([usable.set_drive.max_v, usable.reset_drive.max_v])

    def largest_v(self, volts: NDArray[np.float64]) -> NDArray[np.float64]:
        """The largest usable amplitude in the direction of each of these, V."""
        largest_v: NDArray[np.float64] = self._largest_v[(volts < 0).astype(np.intp)]
        return largest_v

    def received(self, index: NDArray[np.intp], pulses: PulseList) -> None:
        """Cells have received these pulses, or may have."""
        cells = self._cells
        cells.pulses[index] += 1
        full = np.abs(pulses.volts) >= self.largest_v(pulses.volts) - RESOLUTION_V
        cells.full_pulses[index] += full & (pulses.widths_s >= self._width_s - RESOLUTION_S)
        cells.stress_s[index] += pulses.widths_s

    def answered(self, index: NDArray[np.intp], pulses: PulseList, after_s: NDArray[np.float64]) -> NDArray[np.intp]:
        """Conductances in S read after these pulses, NaN for no reading; returns the cells that gave none."""
        cells = self._cells
        before_s = cells.measured_s[index]
        cells.reads[index] += 1
        self._history.add(index, pulses.volts, pulses.widths_s, before_s, after_s)
        read = np.isfinite(after_s)
        known = read & np.isfinite(before_s)
        self._policy.learn(index[known], pulses.volts[known], pulses.widths_s[known], before_s[known], after_s[known])
        cells.measured_s[index[read]] = after_s[read]
        return index[~read]
