"""The journal of a campaign, and how an interrupted one is taken up again from it."""

from __future__ import annotations

from collections import deque
from types import TracebackType
from typing import TYPE_CHECKING, Self

import numpy as np

from ohmloop.crossbar import Crossbar, ExchangeStatus, UncertainExchange
from ohmloop.programming.access import Access
from ohmloop.programming.cells import Cells
from ohmloop.programming.errors import ResumeError
from ohmloop.programming.kept import keep_report
from ohmloop.programming.report import Report
from ohmloop.programming.tally import Tally

if TYPE_CHECKING:
    from ohmloop.store import ExchangeRecord, Run


class Journal:
    """Lets a run record every exchange of a board while the campaign lasts, and replays what it holds already.

    Nothing of a campaign is persisted but its targets, the readings it started from, and its exchanges: pulse counts,
    policy and histories are rebuilt from these. What the cells are now is read from the array.
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

    def replay(self, cells: Cells, tally: Tally) -> None:
        """Book the exchanges of the run again; does nothing for a run without any.

        An exchange that was sent and never settled is settled first, from what the board remembers of it.
        Raises ResumeError if the run was for other targets.
        """
        if self._run is None or not self._run.has(self._name("start")):
            return
        start = self._run.get(self._name("start"))
        if not np.array_equal(start["targets_s"], cells.matrix(cells.targets_s), equal_nan=True):
            raise ResumeError(
                f"run {self._run.id} programs board {self._access.serial} to other targets: begin a new run instead"
            )
        cells.measured_s[:] = start["measured_s"][cells.rows, cells.cols]
        if self._run.pending(self._access.serial) is not None:
            settle_last(self._run, self._access.crossbar)
        for record in self._run.exchanges(self._access.serial):
            if record.status is not ExchangeStatus.REFUSED:
                self._book(record, cells, tally)

    def started(self, cells: Cells) -> None:
        """Keep targets and first readings, once, before the first pulse."""
        if self._run is not None and not self._run.has(self._name("start")):
            arrays = {"targets_s": cells.matrix(cells.targets_s), "measured_s": cells.matrix(cells.measured_s)}
            self._run.put(self._name("start"), arrays)

    def ended(self, report: Report) -> None:
        """Keep the report."""
        if self._run is not None:
            keep_report(self._run, report)

    def _name(self, what: str) -> str:
        return f"{self._access.serial}.{what}"

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
