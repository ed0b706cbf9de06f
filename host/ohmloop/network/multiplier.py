"""One crossbar as a matrix: batches of input vectors to column currents."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import Crossbar, CurrentRange, ReadConditions
from ohmloop.network.errors import CurrentOverRange, NetworkError

WIDER = {CurrentRange.L: CurrentRange.M, CurrentRange.M: CurrentRange.H}
"""The next wider range; H is the widest, and AUTO has looked for it already."""

_ORDER = [CurrentRange.L, CurrentRange.M, CurrentRange.H]


class Multiplier:
    """Multiplies on one crossbar under given read conditions; `conditions.volts` is the voltage of a full-scale input.

    Raises NetworkError if that voltage may leave the read limit in the worst case of the board's lines.
    """

    def __init__(self, crossbar: Crossbar, conditions: ReadConditions) -> None:
        self.crossbar = crossbar
        self.conditions = conditions
        capabilities, armed = crossbar.capabilities, crossbar.limits
        limit_v = capabilities.v_read_unarmed if armed is None else min(armed.v_read, capabilities.limits.v_read)
        usable_v = capabilities.accuracy.read_volts_within(limit_v)
        if conditions.volts > usable_v:
            unarmed = " while no device is armed" if armed is None else ""
            raise NetworkError(
                f"inputs of {conditions.volts} V on board {capabilities.serial} may pass its read limit of {limit_v} V"
                f"{unarmed}: at most {usable_v:.6f} V can be used"
            )
        self._widest = capabilities.limits.range_max if armed is None else armed.range_max

    def currents(self, volts: NDArray[np.float64], cols: NDArray[np.intp]) -> NDArray[np.float64]:
        """Currents of the columns `cols` in A, shape (vectors, cols), for inputs `volts` in V, shape (vectors, rows).

        Vectors that leave the range are measured again at the next wider one that the device allows. Raises
        CurrentOverRange if there is none.
        """
        conditions = self.conditions
        currents_a = self._measure(volts, cols, conditions)
        while (over := np.isinf(currents_a).any(axis=1)).any():
            wider = WIDER.get(conditions.current_range)
            if wider is None or _ORDER.index(wider) > _ORDER.index(self._widest):
                raise self._over_range(currents_a, cols, conditions)
            conditions = replace(conditions, current_range=wider)
            currents_a[over] = self._measure(volts[over], cols, conditions)
        return currents_a

    def _measure(
        self, volts: NDArray[np.float64], cols: NDArray[np.intp], conditions: ReadConditions
    ) -> NDArray[np.float64]:
        self.crossbar.configure(replace(self.crossbar.setup, read=conditions))
        currents_a = self.crossbar.multiply(volts).currents_a[:, cols]
        silent = np.isnan(currents_a).any(axis=0)
        if silent.any():
            column = int(cols[np.flatnonzero(silent)[0]])
            raise NetworkError(f"column {column} of board {self._serial} gave no reading: ask for a self test")
        return currents_a

    def _over_range(
        self, currents_a: NDArray[np.float64], cols: NDArray[np.intp], conditions: ReadConditions
    ) -> CurrentOverRange:
        column = int(cols[np.flatnonzero(np.isinf(currents_a).any(axis=0))[0]])
        message = (
            f"column {column} of board {self._serial} leaves current range {conditions.current_range.value}, "
            "and no wider one may be used: lower the read voltage"
        )
        return CurrentOverRange(message, self._serial, column)

    @property
    def _serial(self) -> str:
        return self.crossbar.capabilities.serial
