"""A campaign brings every cell of an array to its target by read-program-verify."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from itertools import count
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import BoardShutdown, Crossbar, Setup, Stopped
from ohmloop.programming.acceptance import Acceptance
from ohmloop.programming.access import Access, Rearm, resume
from ohmloop.programming.cells import Cells, CellState
from ohmloop.programming.context import PolicyContext
from ohmloop.programming.errors import ProgrammingError
from ohmloop.programming.history import History
from ohmloop.programming.journal import Journal, Left
from ohmloop.programming.policy import Policy
from ohmloop.programming.population import Population
from ohmloop.programming.profile import ProgrammingProfile
from ohmloop.programming.progress import Phase, Progress
from ohmloop.programming.report import Outcome, Report
from ohmloop.programming.residuals import residuals
from ohmloop.programming.rounds import Rounds
from ohmloop.programming.safe_points import SafePoint, SafePoints
from ohmloop.programming.schedule import Schedule, Scope
from ohmloop.programming.stops import Stops
from ohmloop.programming.tally import Tally
from ohmloop.programming.verify import Verifier

if TYPE_CHECKING:
    from ohmloop.store import Run


COARSE, FINE = 0, 1
"""Stages of the work: the coarse pass if there is one, the pass to the tolerance, and the corrections after it."""


class Campaign:
    """Programs one array; cells without a target (NaN) are left alone, and so are cells that are in band already.

    All cells of a scope advance together: a round pulses every active cell once, in as few exchanges as the board
    allows, and learns from the readings that come back with them. Cells near their target are read again until they are
    accepted or sent back. When all are decided, the target is read once more, after a rest if the schedule has one, and
    accepted cells that have left the tolerance band go through it again (`acceptance.passes` times at most); a cell
    that the last of these readings still finds outside is given up.

    Args:
        crossbar: an armed crossbar; the campaign is its only user until `execute` returns.
        targets_s: target conductances in S, shape (rows, cols), NaN for cells to leave alone.
        policy, acceptance, stops, schedule: see there.
        profile: how the device is programmed; amplitudes are held to what the board accepts.
        population: what was measured of all cells together, for policies that use it; None if nothing was.
        setup: set-up to read and pulse under; the one in force if None.
        run: where exchanges and readings are journalled; a run that has a journal for this board is resumed.
        progress: called after every round, in the thread of `execute`.
        rearm: loads set-up and limits again after the board has restarted; it may raise to end the campaign instead.
        rest: lets so many seconds pass; waits for them if None.

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
        schedule: Schedule | None = None,
        setup: Setup | None = None,
        run: Run | None = None,
        progress: Callable[[Progress], None] | None = None,
        rearm: Rearm = resume,
        rest: Callable[[float], None] | None = None,
    ) -> None:
        geometry = crossbar.capabilities.geometry
        self._cells = Cells(targets_s)
        if self._cells.shape != (geometry.rows, geometry.cols):
            raise ProgrammingError(f"targets of shape {self._cells.shape} do not fit the {geometry} array of the board")
        self._crossbar = crossbar
        self._policy = policy
        self._acceptance = acceptance
        self._stops = stops
        self._schedule = schedule if schedule is not None else Schedule()
        self._profile = profile
        self._population = population
        self._run = run
        self._progress = progress
        self._access = Access(crossbar, setup if setup is not None else crossbar.setup, run, rearm)
        self._history = History()
        self._safe_points = SafePoints()
        self._rest = rest if rest is not None else self._safe_points.rest
        self._verifier = Verifier(self._access, self._cells, acceptance, profile.span_s, self._safe_points)

    def request_stop(self) -> None:
        """End at the next safe point, which is between two exchanges. May be called from any thread."""
        self._safe_points.stop()

    def hold(self) -> None:
        """Wait at the next safe point until `go_on` or `request_stop`. May be called from any thread."""
        self._safe_points.hold()

    def go_on(self) -> None:
        """End a wait. May be called from any thread."""
        self._safe_points.go_on()

    def execute(self) -> Report:
        """Program the array and report.

        A campaign can be executed once. Raises a CrossbarError if the board is lost, in which case the journal allows a
        new campaign on the same run to go on; an emergency stop or a shutdown of the board ends in a report instead.
        """
        self._begun_s = time.monotonic()
        self._rested_s = 0.0
        usable = self._profile.within(self._crossbar)
        context = PolicyContext(usable, self._acceptance.tolerance, self._population, guard=self._acceptance.guard)
        self._policy.start(self._cells.targets_s, context)
        tally = Tally(self._cells, self._policy, self._history, usable)
        self._rounds = Rounds(
            self._access, self._cells, self._policy, tally, self._verifier, self._safe_points, self._run
        )
        outcome, note = Outcome.DONE, ""
        with Journal(self._run, self._access) as journal:
            self._journal = journal
            try:
                self._access.set_up(self._access.setup)
                left = journal.replay(self._cells, tally)
                self._tell(Phase.READING)
                if left is None:
                    self._begin()
                else:
                    self._take_up(left)
            except SafePoint:
                outcome, note = Outcome.PAUSED, "stopped at a safe point as asked"
            except (Stopped, BoardShutdown) as error:
                outcome, note = Outcome.STOPPED, str(error)
            report = self._report(usable, outcome, note)
            journal.ended(report)
        self._tell(Phase.ENDED)
        return report

    def _begin(self) -> None:
        self._verifier.read(np.arange(self._cells.count))
        self._journal.started(self._cells)
        self._verifier.accept_what_is_in_band(self._cells.active)
        coarse = self._schedule.coarse
        self._program(COARSE if coarse is not None and coarse > self._acceptance.tolerance else FINE)

    def _take_up(self, left: Left) -> None:
        """Go on where an interrupted campaign was, from what the cells are now."""
        self._rounds.number = left.rounds
        self._verifier.acceptance = self._rule(left.stage)
        self._verifier.read(self._cells.active)
        self._verifier.revisit(self._cells.accepted)
        self._program(left.stage)

    def _program(self, stage: int) -> None:
        """The work from a stage on."""
        if stage == COARSE:
            self._bring_into_band(COARSE)
            self._reopen()
        passes = self._acceptance.passes
        for correction in count(max(stage, FINE)):
            self._bring_into_band(correction)
            if correction == FINE + passes:
                break
            self._settle_down()
            if not self._verifier.revisit(self._cells.accepted):
                return
        if passes:
            self._settle_down()
            self._verifier.give_up_those_that_left(self._cells.accepted)

    def _rule(self, stage: int) -> Acceptance:
        coarse = self._schedule.coarse
        return self._acceptance.coarser(coarse) if stage == COARSE and coarse is not None else self._acceptance

    def _bring_into_band(self, stage: int) -> None:
        """Rounds until every cell is accepted by the rule of this stage or given up."""
        self._verifier.acceptance = self._rule(stage)
        watch = self._schedule.watch and stage != COARSE
        for scope in self._scopes():
            while (active := self._undecided(scope, watch=watch)).size:
                self._journal.round(stage, self._rounds.number + 1, self._cells)
                self._rounds.pulse(active)
                self._tell(Phase.PROGRAMMING)

    def _reopen(self) -> None:
        """After the coarse pass: what it accepted is to be placed finely, unless it is in band without any pulse."""
        cells = self._cells
        untouched = cells.accepted[cells.pulses[cells.accepted] == 0]
        cells.reopen()
        self._verifier.acceptance = self._acceptance
        self._verifier.read(untouched)
        self._verifier.accept_what_is_in_band(untouched[cells.state[untouched] == CellState.ACTIVE])

    def _scopes(self) -> Iterator[NDArray[np.intp]]:
        """Cells that advance together, one lot after the other."""
        if self._schedule.scope is Scope.ARRAY:
            yield np.arange(self._cells.count)
            return
        for row in np.unique(self._cells.rows):
            yield np.flatnonzero(self._cells.rows == row)

    def _undecided(self, scope: NDArray[np.intp], *, watch: bool) -> NDArray[np.intp]:
        """Decide every cell of a scope that can be decided; returns those left to pulse."""
        cells = self._cells
        if watch and self._rounds.number:
            self._verifier.watch(scope[cells.state[scope] == CellState.ACCEPTED])
        self._verifier.judge(scope[cells.state[scope] == CellState.ACTIVE])
        undecided = scope[cells.state[scope] == CellState.ACTIVE]
        for reason, reached in self._stops.reached(cells.received(undecided), self._working_s):
            cells.fail(undecided[reached], reason)
        active: NDArray[np.intp] = scope[cells.state[scope] == CellState.ACTIVE]
        return self._largest_first(active) if watch else active

    def _largest_first(self, active: NDArray[np.intp]) -> NDArray[np.intp]:
        """Cells by their distance to the target, the farthest first: what comes last is disturbed least."""
        distance_s = np.abs(self._cells.targets_s[active] - self._cells.measured_s[active])
        return active[np.argsort(-distance_s, kind="stable")]

    def _settle_down(self) -> None:
        """Let cells relax before they are read again."""
        self._tell(Phase.VERIFYING)
        if self._schedule.settle_s:
            begun_s = time.monotonic()
            self._rest(self._schedule.settle_s)
            self._rested_s += time.monotonic() - begun_s

    @property
    def _working_s(self) -> float:
        """Time since the beginning without the waits that were asked for, s."""
        return time.monotonic() - self._begun_s - self._rested_s - self._safe_points.held_s

    def _tell(self, phase: Phase) -> None:
        if self._progress is not None:
            self._progress(self._moment(phase))

    def _moment(self, phase: Phase) -> Progress:
        cells = self._cells
        return Progress(
            board=self._access.serial,
            phase=phase,
            round=self._rounds.number,
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
            residuals=residuals(self._history, self._population) if self._population is not None else None,
        )
