"""The journal of a campaign, and how an interrupted one is taken up again from it."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import Crossbar, ExchangeStatus, UncertainExchange
from ohmloop.programming.access import Access
from ohmloop.programming.cells import Cells
from ohmloop.programming.errors import ResumeError
from ohmloop.programming.kept import keep_report
from ohmloop.programming.report import Report
from ohmloop.programming.tally import Tally

if TYPE_CHECKING:
    from ohmloop.store import ExchangeRecord, Run


STAND = ("measured_s", "state", "failure", "reads")
"""What is kept of the cells before a round; what they have received follows from the exchanges."""


@dataclass(frozen=True, slots=True)
class Left:
    """Where an interrupted campaign was: the stage of its work, and the rounds so far."""

    stage: int
    rounds: int


class Journal:
    """Lets a run record every exchange of a board while the campaign lasts, and replays what it holds already.

    Of a campaign its targets are persisted, the readings it started from, where its cells stood before each round, and
    its exchanges: pulse counts, policy and histories are rebuilt from these, the policy learning from the very
    numbers that it learned from before. What the cells are now is read from the array.
    """

    def __init__(self, run: Run | None, access: Access) -> None:
        self._run = run
        self._access = access

    def __enter__(self) -> Self:
        if self._run is not None:
            self._outer = self._access.crossbar.log
            self._access.crossbar.log = self._run.log(self._access.serial)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._run is not None:
            self._access.crossbar.log = self._outer

    def replay(self, cells: Cells, tally: Tally) -> Left | None:
        """Book the exchanges of the run again; None for a run that had no round yet.

        An exchange that was sent and never settled is settled first, from what the board remembers of it.
        Raises ResumeError if the run was for other targets, or lacks what is kept before a round.
        """
        if self._run is None or not self._run.has(self._name("start")):
            return None
        start = self._run.get(self._name("start"))
        if not np.array_equal(start["targets_s"], cells.matrix(cells.targets_s), equal_nan=True):
            raise ResumeError(
                f"run {self._run.id} programs board {self._access.serial} to other targets: begin a new run instead"
            )
        if self._run.pending(self._access.serial) is not None:
            settle_last(self._run, self._access.crossbar)
        rounds = self._rounds(self._run)
        left, coming = None, next(rounds, None)
        for record in self._run.exchanges(self._access.serial):
            while coming is not None and record.id > coming["after"]:
                left, coming = self._stand(coming, cells, left), next(rounds, None)
            if left is None:
                raise ResumeError(f"run {self._run.id} was journalled by an older ohmloop: begin a new run instead")
            if record.status is not ExchangeStatus.REFUSED:
                self._access.exchanges += 1
                self._book(record, cells, tally)
        while coming is not None:
            left, coming = self._stand(coming, cells, left), next(rounds, None)
        return left

    def started(self, cells: Cells) -> None:
        """Keep targets and first readings, once, before the first pulse."""
        if self._run is not None and not self._run.has(self._name("start")):
            arrays = {"targets_s": cells.matrix(cells.targets_s), "measured_s": cells.matrix(cells.measured_s)}
            self._run.put(self._name("start"), arrays)

    def round(self, stage: int, number: int, cells: Cells) -> None:
        """Keep where every cell stands, before the first exchange of a round; `number` counts them from 1."""
        if self._run is not None:
            stand = {
                "after": np.array(self._run.newest_exchange(self._access.serial)),
                "stage": np.array(stage),
                **{name: getattr(cells, name) for name in STAND},
            }
            self._run.put(self._name(f"round.{number}"), stand)

    def ended(self, report: Report) -> None:
        """Keep the report."""
        if self._run is not None:
            keep_report(self._run, report)

    def _name(self, what: str) -> str:
        return f"{self._access.serial}.{what}"

    def _rounds(self, run: Run) -> Iterator[dict[str, NDArray[Any]]]:
        for number in count(1):
            if not run.has(self._name(f"round.{number}")):
                return
            yield run.get(self._name(f"round.{number}"))

    def _stand(self, kept: dict[str, NDArray[Any]], cells: Cells, before: Left | None) -> Left:
        """Cells as they stood before a round."""
        for name in STAND:
            getattr(cells, name)[:] = kept[name]
        return Left(int(kept["stage"]), 1 if before is None else before.rounds + 1)

    def _book(self, record: ExchangeRecord, cells: Cells, tally: Tally) -> None:
        """One recorded exchange. An uncertain one counts in full, and nothing is learned from it."""
        pulses = record.pulses if record.applied is None else record.pulses.part(0, record.applied)
        index = cells.at(pulses.rows, pulses.cols)
        tally.received(index, pulses)
        if record.status is not ExchangeStatus.UNCERTAIN and record.readings is not None:
            tally.answered(index, pulses, self._access.conductances(record.readings)[: len(pulses)])


def settle_last(run: Run, crossbar: Crossbar) -> None:
    """Ask the board what came of the last exchange that a run sent it, and settle that if nobody has.

    Call it before arming a board whose host has died: asking also ends the lease of the dead host, which would keep
    everyone else from the board until it expires. A run without exchanges on this board is left alone.
    """
    serial = crossbar.capabilities.serial
    newest = deque(run.exchanges(serial), maxlen=1)
    if not newest:
        return
    last = newest[0]
    result, note = None, "not applied, as the board says"
    status = ExchangeStatus.REFUSED
    try:
        result = crossbar.recover(last.token, last.pulses, last.readback, last.setup)
    except UncertainExchange as error:
        status, note = ExchangeStatus.UNCERTAIN, str(error)
    if result is not None:
        complete = result.applied == len(last.pulses)
        status, note = ExchangeStatus.DONE if complete else ExchangeStatus.PARTIAL, "as the board remembers"
    if last.status is ExchangeStatus.INTENDED:
        run.log(serial).settle(last.id, status, result, note)
