"""Reports of campaigns as a run keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.acceptance import Acceptance
from ohmloop.programming.errors import ProgrammingError
from ohmloop.programming.history import PulseRecord
from ohmloop.programming.profile import Drive, ProgrammingProfile
from ohmloop.programming.progress import Phase, Progress
from ohmloop.programming.recheck import Recheck
from ohmloop.programming.report import FailedCell, Outcome, Report
from ohmloop.programming.residuals import Residuals
from ohmloop.programming.stops import Failure
from ohmloop.store.errors import StoreError

if TYPE_CHECKING:
    from ohmloop.store import Run

ENDED = "campaign ended"
"""Kind of the event that a run keeps of the end of a campaign, with the summary of its report."""


def keep_report(run: Run, report: Report) -> None:
    """Keep a report with the run of its campaign."""
    run.put(f"{report.board}.report", report.arrays())
    run.event(ENDED, report.summary())


def kept_reports(run: Run) -> list[Report]:
    """The newest report of each board of a run, with what was found when its cells were read again.

    Raises ProgrammingError if what is kept is not understood, for instance by an older ohmloop.
    """
    newest = {str(event.data.get("board")): event.data for event in run.events() if event.kind == ENDED}
    try:
        return [_report(run, board, said) for board, said in newest.items()]
    except (KeyError, TypeError, ValueError, StoreError) as error:
        raise ProgrammingError(f"the report of run {run.id} is not understood: {error!r}") from error


def keep_truth(run: Run, board: str, conductances_s: NDArray[np.float64]) -> None:
    """Keep what the cells of a simulated array really were when its campaign had ended, S."""
    run.put(f"{board}.truth", {"conductance_s": conductances_s})


def _report(run: Run, board: str, said: Mapping[str, Any]) -> Report:
    arrays = run.get(f"{board}.report")
    profile = said["profile"]
    policy = dict(said["policy"])
    name = str(policy.pop("name"))
    totals = Progress(
        board=board,
        phase=Phase.ENDED,
        round=said["rounds"],
        cells=said["cells"],
        accepted=int(arrays["accepted"].sum()),
        failed=sum(said["failed"].values()),
        pulses=int(np.nansum(arrays["pulses"])),
        reads=int(np.nansum(arrays["reads"])),
        exchanges=said["exchanges"],
        elapsed_s=said["elapsed_s"],
    )
    fits = said["profile_fits"]
    return Report(
        board=board,
        outcome=Outcome(said["outcome"]),
        note=said["note"],
        policy=name,
        parameters=policy,
        profile=ProgrammingProfile(
            profile["g_min_s"],
            profile["g_max_s"],
            Drive(**profile["set_drive"]),
            Drive(**profile["reset_drive"]),
            profile["width_s"],
            profile.get("shortest_s"),
        ),
        acceptance=Acceptance(**said["acceptance"]),
        totals=totals,
        interruptions=said["interruptions"],
        targets_s=arrays["targets_s"],
        measured_s=arrays["measured_s"],
        pulses=arrays["pulses"],
        full_pulses=arrays["full_pulses"],
        reads=arrays["reads"],
        stress_s=arrays["stress_s"],
        accepted=arrays["accepted"].astype(np.bool_),
        failures=_failures(arrays),
        residuals=None if fits is None else Residuals(fits["set_shift"], fits["reset_shift"], fits["cells"]),
        rechecks=_rechecks(run, board),
        true_s=run.get(f"{board}.truth")["conductance_s"] if run.has(f"{board}.truth") else None,
    )


def _failures(arrays: Mapping[str, NDArray[Any]]) -> tuple[FailedCell, ...]:
    """Cells that were given up, with every pulse they received."""
    reasons, history = tuple(Failure), arrays["history"]
    failed = []
    for row, col, reason in arrays["failed"]:
        mine = history[(history[:, 0] == row) & (history[:, 1] == col), 2:]
        failed.append(
            FailedCell(
                row=int(row),
                col=int(col),
                reason=reasons[int(reason)],
                target_s=float(arrays["targets_s"][row, col]),
                measured_s=float(arrays["measured_s"][row, col]),
                history=tuple(PulseRecord(*(float(value) for value in pulse)) for pulse in mine),
            )
        )
    return tuple(failed)


def _rechecks(run: Run, board: str) -> tuple[Recheck, ...]:
    found: list[Recheck] = []
    while run.has(name := f"{board}.recheck.{len(found)}"):
        kept = run.get(name)
        found.append(Recheck(float(kept["after_s"]), kept["measured_s"]))
    return tuple(found)
