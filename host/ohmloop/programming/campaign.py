"""A campaign brings every cell of an array to its target by read-program-verify."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import BoardShutdown, Crossbar, ForeignSetup, PulseList, Setup, Stopped, UncertainExchange
from ohmloop.programming.acceptance import Acceptance
from ohmloop.programming.access import Access, Rearm, resume
from ohmloop.programming.cells import Cells, CellState
from ohmloop.programming.context import PolicyContext
from ohmloop.programming.errors import PolicyError, ProgrammingError
from ohmloop.programming.exchanges import exchanges
from ohmloop.programming.history import History
from ohmloop.programming.journal import Journal
from ohmloop.programming.policy import Policy
from ohmloop.programming.population import Population
from ohmloop.programming.profile import ProgrammingProfile
from ohmloop.programming.progress import Phase, Progress
from ohmloop.programming.report import Outcome, Report
from ohmloop.programming.stops import Stops
from ohmloop.programming.verify import SafePoint, Verifier

if TYPE_CHECKING:
    from ohmloop.store import Run


log = logging.getLogger(__name__)

RESOLUTION_V = 1e-6
"""Amplitudes travel in whole microvolts: one that near to the largest counts as it."""


class Campaign:
    """Programs one array; cells without a target (NaN) are left alone.

    All cells advance together: a round pulses every active cell once, in as few exchanges as the board allows, and
    learns from the readings that come back with them. Cells near their target are read again until they are accepted
    or sent back. When all are decided, the target is read once more, and accepted cells that have left the tolerance
    band go through it again (`acceptance.passes` times at most).

    Args:
        crossbar: an armed crossbar; the campaign is its only user until `execute` returns.
        targets_s: target conductances in S, shape (rows, cols), NaN for cells to leave alone.
        policy, acceptance, stops: see there.
        profile: how the device is programmed; amplitudes are held to what the board accepts.
        population: what was measured of all cells together, for policies that use it; None if nothing was.
        setup: set-up to read and pulse under; the one in force if None.
        run: where exchanges and readings are journalled; a run that has a journal for this board is resumed.
        progress: called after every round, in the thread of `execute`.
        rearm: loads set-up and limits again after the board has restarted; it may raise to end the campaign instead.

    Raises ProgrammingError if targets and array do not match.
    """

    def __init__(
        self,
        crossbar: Crossbar,
        targets_s: NDArray[np.float64],
        policy: Policy,
        acceptance: Acceptance,
        stops: Stops,
        *,
        profile: ProgrammingProfile,
        population: Population | None = None,
        setup: Setup | None = None,
        run: Run | None = None,
        progress: Callable[[Progress], None] | None = None,
        rearm: Rearm = resume,
    ) -> None:
        geometry = crossbar.capabilities.geometry
        self._cells = Cells(targets_s)
        if self._cells.shape != (geometry.rows, geometry.cols):
            raise ProgrammingError(f"targets of shape {self._cells.shape} do not fit the {geometry} array of the board")
        self._crossbar = crossbar
        self._policy = policy
        self._acceptance = acceptance
        self._stops = stops
        self._profile = profile
        self._population = population
        self._run = run
        self._progress = progress
        self._access = Access(crossbar, setup if setup is not None else crossbar.setup, run, rearm)
        self._history = History()
        self._stop = threading.Event()
        self._verifier = Verifier(self._access, self._cells, acceptance, profile.span_s, self._stop)
        self._round = 0

    def request_stop(self) -> None:
        """End at the next safe point, which is between two exchanges. May be called from any thread."""
        self._stop.set()

    def execute(self) -> Report:
        """Program the array and report.

        A campaign can be executed once. Raises a CrossbarError if the board is lost, in which case the journal allows a
        new campaign on the same run to go on; an emergency stop or a shutdown of the board ends in a report instead.
        """
        self._begun_s = time.monotonic()
        usable = self._profile.within(self._crossbar)
        self._largest_v = np.array([usable.set_drive.max_v, usable.reset_drive.max_v])
        context = PolicyContext(usable, self._acceptance.tolerance, self._population)
        self._policy.start(self._cells.targets_s, context)
        outcome, note = Outcome.DONE, ""
        with Journal(self._run, self._access) as journal:
            try:
                self._crossbar.configure(self._access.setup)
                journal.replay(self._cells, self._policy, self._history, self._at_largest)
                self._tell(Phase.READING)
                self._verifier.read(np.arange(self._cells.count))
                journal.started(self._cells)
                self._program()
            except SafePoint:
                outcome, note = Outcome.PAUSED, "stopped at a safe point as asked"
            except (Stopped, BoardShutdown) as error:
                outcome, note = Outcome.STOPPED, str(error)
            report = self._report(usable, outcome, note)
            journal.ended(report)
        self._tell(Phase.ENDED)
        return report

    def _program(self) -> None:
        for passed in range(self._acceptance.passes + 1):
            while self._settle():
                self._pulse_round()
                self._tell(Phase.PROGRAMMING)
            if passed == self._acceptance.passes:
                return
            self._tell(Phase.VERIFYING)
            if not self._verifier.revisit(self._cells.accepted):
                return

    def _settle(self) -> bool:
        """Decide every active cell that can be decided; True while some are left to pulse."""
        cells = self._cells
        self._verifier.judge()
        active = cells.active
        elapsed_s = time.monotonic() - self._begun_s
        for reason, reached in self._stops.reached(cells.pulses[active], cells.full_pulses[active], elapsed_s):
            cells.fail(active[reached], reason)
        return cells.active.size > 0

    def _pulse_round(self) -> None:
        """One pulse for every active cell."""
        cells, active = self._cells, self._cells.active
        self._round += 1
        proposal = self._policy.propose(active, cells.measured_s[active])
        volts, widths_s = self._checked(active, proposal.volts), np.asarray(proposal.widths_s, dtype=np.float64)
        pulses = PulseList(cells.rows[active], cells.cols[active], volts, widths_s)
        for part in exchanges(pulses, self._crossbar.capabilities):
            self._verifier.safe_point()
            if not self._exchange(part):
                return

    def _exchange(self, part: PulseList) -> bool:
        """Send one exchange; False if it was lost, so that the round must be planned again from fresh readings."""
        cells = self._cells
        index = cells.at(part.rows, part.cols)
        try:
            result = self._access.pulse(part)
        except (UncertainExchange, ForeignSetup) as error:
            if isinstance(error, UncertainExchange):
                self._count(index, part)
            self._access.revive(error)
            self._reread(index, str(error))
            return False
        except Stopped as error:
            self._count(index[: error.applied], part.part(0, error.applied))
            raise
        self._count(index[: result.applied], part.part(0, result.applied))
        if result.readings is None:
            raise ProgrammingError(f"board {self._access.serial} answered an exchange without the readings asked for")
        before_s, after_s = cells.measured_s[index], self._access.conductances(result.readings)
        cells.reads[index] += 1
        applied = np.arange(len(part)) < result.applied
        done = part.part(0, result.applied)
        self._history.add(index[applied], done.volts, done.widths_s, before_s[applied], after_s[applied])
        read = np.isfinite(after_s)
        known = applied & read
        self._policy.learn(index[known], part.volts[known], before_s[known], after_s[known])
        cells.measured_s[index[read]] = after_s[read]
        if not read.all():
            self._verifier.read(index[~read])
        return True

    def _reread(self, index: NDArray[np.intp], reason: str) -> None:
        """Read the cells of a lost exchange and all that they may have half-selected."""
        log.warning("board %s: %s; reading its cells and their neighbours again", self._access.serial, reason)
        if self._run is not None:
            self._run.event("exchange lost", {"board": self._access.serial, "cells": int(index.size), "reason": reason})
        affected = self._cells.sharing_lines(index)
        self._verifier.revisit(affected[self._cells.state[affected] == CellState.ACCEPTED])
        self._verifier.read(affected[self._cells.state[affected] == CellState.ACTIVE])

    def _checked(self, active: NDArray[np.intp], volts: NDArray[np.float64]) -> NDArray[np.float64]:
        volts = np.asarray(volts, dtype=np.float64)
        if volts.shape != active.shape or not np.isfinite(volts).all():
            raise PolicyError(
                f"policy {self._policy.name} must propose {active.size} finite amplitudes, one for each active cell"
            )
        above = np.abs(volts) > self._largest(volts) + RESOLUTION_V
        if above.any():
            first = int(np.flatnonzero(above)[0])
            place = f"{self._cells.rows[active[first]]},{self._cells.cols[active[first]]}"
            raise PolicyError(
                f"policy {self._policy.name} proposed {volts[first]:.6f} V for cell {place}; at most "
                f"{self._largest(volts)[first]:.6f} V is usable: hold proposals at the largest amplitude"
            )
        return volts

    def _largest(self, volts: NDArray[np.float64]) -> NDArray[np.float64]:
        return self._largest_v[(volts < 0).astype(np.intp)]

    def _at_largest(self, volts: NDArray[np.float64]) -> NDArray[np.bool_]:
        return np.abs(volts) >= self._largest(volts) - RESOLUTION_V

    def _count(self, index: NDArray[np.intp], part: PulseList) -> None:
        self._cells.pulses[index] += 1
        self._cells.full_pulses[index] += self._at_largest(part.volts)

    def _tell(self, phase: Phase) -> None:
        if self._progress is not None:
            self._progress(self._moment(phase))

    def _moment(self, phase: Phase) -> Progress:
        cells = self._cells
        return Progress(
            board=self._access.serial,
            phase=phase,
            round=self._round,
            cells=cells.count,
            accepted=cells.accepted.size,
            failed=cells.failed.size,
            pulses=int(cells.pulses.sum()),
            reads=int(cells.reads.sum()),
            exchanges=self._access.exchanges,
            elapsed_s=time.monotonic() - self._begun_s,
        )

    def _report(self, usable: ProgrammingProfile, outcome: Outcome, note: str) -> Report:
        return Report.of(
            self._cells,
            self._history,
            self._moment(Phase.ENDED),
            profile=usable,
            acceptance=self._acceptance,
            policy=self._policy,
            outcome=outcome,
            note=note,
            interruptions=self._access.interruptions,
        )
