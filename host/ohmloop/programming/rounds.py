"""One round: a pulse for each of some cells, in as few exchanges as the board allows."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import ForeignSetup, PulseList, Stopped, UncertainExchange
from ohmloop.programming.access import Access
from ohmloop.programming.cells import Cells, CellState
from ohmloop.programming.errors import PolicyError, ProgrammingError
from ohmloop.programming.exchanges import exchanges
from ohmloop.programming.policy import Policy
from ohmloop.programming.safe_points import SafePoints
from ohmloop.programming.tally import RESOLUTION_V, Tally
from ohmloop.programming.verify import Verifier

if TYPE_CHECKING:
    from ohmloop.store import Run

log = logging.getLogger(__name__)


class Rounds:
    """Asks the policy, checks what it proposes, sends it, and books what comes back.

    Attributes:
        number: rounds so far.
    """

    def __init__(
        self,
        access: Access,
        cells: Cells,
        policy: Policy,
        tally: Tally,
        verifier: Verifier,
        safe_points: SafePoints,
        run: Run | None,
    ) -> None:
        self.number = 0
        self._access = access
        self._cells = cells
        self._policy = policy
        self._tally = tally
        self._verifier = verifier
        self._safe_points = safe_points
        self._run = run

    def pulse(self, index: NDArray[np.intp]) -> None:
        """One pulse for each of these cells, in this order. Ends early if an exchange is lost."""
        cells = self._cells
        self.number += 1
        proposal = self._policy.propose(index, cells.measured_s[index])
        volts, widths_s = self._checked(index, proposal.volts), np.asarray(proposal.widths_s, dtype=np.float64)
        pulses = PulseList(cells.rows[index], cells.cols[index], volts, widths_s)
        for part in exchanges(pulses, self._access.crossbar.capabilities):
            self._safe_points.pass_by()
            if not self._exchange(part):
                return

    def _exchange(self, part: PulseList) -> bool:
        """Send one exchange; False if it was lost, so that the round must be planned again from fresh readings."""
        index = self._cells.at(part.rows, part.cols)
        try:
            result = self._access.pulse(part)
        except (UncertainExchange, ForeignSetup) as error:
            if isinstance(error, UncertainExchange):
                self._tally.received(index, part)
            self._access.revive(error)
            self._reread(index, str(error))
            return False
        except Stopped as error:
            self._tally.received(index[: error.applied], part.part(0, error.applied))
            raise
        if result.readings is None:
            raise ProgrammingError(f"board {self._access.serial} answered an exchange without the readings asked for")
        done, index = part.part(0, result.applied), index[: result.applied]
        self._tally.received(index, done)
        silent = self._tally.answered(index, done, self._access.conductances(result.readings)[: result.applied])
        if silent.size:
            self._verifier.read(silent)
        return True

    def _reread(self, index: NDArray[np.intp], reason: str) -> None:
        """Read the cells of a lost exchange and all that they may have half-selected."""
        log.warning("board %s: %s; reading its cells and their neighbours again", self._access.serial, reason)
        if self._run is not None:
            self._run.event("exchange lost", {"board": self._access.serial, "cells": int(index.size), "reason": reason})
        affected = self._cells.sharing_lines(index)
        self._verifier.revisit(affected[self._cells.state[affected] == CellState.ACCEPTED])
        self._verifier.read(affected[self._cells.state[affected] == CellState.ACTIVE])

    def _checked(self, index: NDArray[np.intp], volts: NDArray[np.float64]) -> NDArray[np.float64]:
        volts = np.asarray(volts, dtype=np.float64)
        if volts.shape != index.shape or not np.isfinite(volts).all():
            raise PolicyError(
                f"policy {self._policy.name} must propose {index.size} finite amplitudes, one for each active cell"
            )
        largest_v = self._tally.largest_v(volts)
        above = np.abs(volts) > largest_v + RESOLUTION_V
        if above.any():
            first = int(np.flatnonzero(above)[0])
            place = f"{self._cells.rows[index[first]]},{self._cells.cols[index[first]]}"
            raise PolicyError(
                f"policy {self._policy.name} proposed {volts[first]:.6f} V for cell {place}; at most "
                f"{largest_v[first]:.6f} V is usable: hold proposals at the largest amplitude"
            )
        return volts
