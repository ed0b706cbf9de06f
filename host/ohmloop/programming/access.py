"""A crossbar as a campaign uses it: every reading journalled, every restart of the board met."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import (
    Crossbar,
    CurrentRange,
    ForeignSetup,
    PulseList,
    PulseResult,
    Readback,
    Readings,
    Setup,
    UncertainExchange,
)
from ohmloop.programming.errors import Interrupted

if TYPE_CHECKING:
    from ohmloop.store import Run


Rearm = Callable[[Crossbar], None]
"""Loads set-up and limits again after the board has restarted, or raises if the device may not be armed unasked."""


def resume(crossbar: Crossbar) -> None:
    """Load the limits that were armed before: the device under test is taken to be the same."""
    crossbar.resume()


class Access:
    """Reads and pulses under one set-up.

    A board that restarts loses its arming; `rearm` loads it again, or raises if it may not. Raises Interrupted when the
    board is lost more than `ATTEMPTS` times without a pulse going through in between.
    """

    ATTEMPTS = 5

    def __init__(self, crossbar: Crossbar, setup: Setup, run: Run | None, rearm: Rearm) -> None:
        self.crossbar = crossbar
        self.setup = setup
        self.serial = crossbar.capabilities.serial
        self.exchanges = 0
        self.interruptions = 0
        self._run = run
        self._rearm = rearm
        self._in_a_row = 0

    def set_up(self, setup: Setup) -> None:
        """Read and pulse under another set-up from now on, also on a board that has restarted meanwhile."""
        self.setup = setup
        try:
            self.crossbar.configure(setup)
        except ForeignSetup as error:
            self.revive(error)

    def read(self, rows: NDArray[np.int32], cols: NDArray[np.int32]) -> NDArray[np.float64]:
        """Conductance of each listed cell in S, shape (n,); NaN where the board gave no reading."""
        while True:
            try:
                readings = self.crossbar.read_cells(rows, cols)
            except ForeignSetup as error:
                self.revive(error)
                continue
            if self._run is not None:
                self._run.read(self.serial, rows, cols, readings)
            return self.conductances(readings)

    def pulse(self, pulses: PulseList) -> PulseResult:
        """One exchange, read back after its last pulse. Raises what `Crossbar.pulse` raises."""
        self.exchanges += 1
        result = self.crossbar.pulse(pulses, Readback.AFTER)
        self._in_a_row = 0
        return result

    def revive(self, error: ForeignSetup | UncertainExchange) -> None:
        """Arm and set up again after the board has restarted, its set-up was changed, or an exchange was lost."""
        while True:
            self.interruptions += 1
            self._in_a_row += 1
            if self._in_a_row > self.ATTEMPTS:
                raise Interrupted(
                    f"board {self.serial} was lost {self._in_a_row} times without a pulse going through: "
                    "look at its supply and its cable, then resume the run"
                ) from error
            try:
                self._rearm(self.crossbar)
                self.crossbar.configure(self.setup)
            except ForeignSetup as again:
                error = again
            else:
                return

    def conductances(self, readings: Readings) -> NDArray[np.float64]:
        """Conductance in S; a current beyond the range counts as its full scale, the nearest thing that is known."""
        conductances_s = readings.conductances_s
        over = np.isinf(conductances_s)
        if over.any():
            name = readings.conditions.current_range
            widest = CurrentRange.H if name is CurrentRange.AUTO else name
            full_scale_s = self.crossbar.capabilities.full_scale_a[widest] / readings.conditions.volts
            conductances_s = np.where(over, np.copysign(full_scale_s, conductances_s), conductances_s)
        return conductances_s
