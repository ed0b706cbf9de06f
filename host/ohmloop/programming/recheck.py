"""Reading a programmed array again later: what relaxation and drift have left of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import Crossbar, Setup
from ohmloop.programming.access import Access, Rearm, resume
from ohmloop.programming.distribution import distribution
from ohmloop.programming.safe_points import SafePoints

if TYPE_CHECKING:
    from ohmloop.programming.report import Report
    from ohmloop.store import Run

READINGS = 4
"""Readings whose mean is compared with the target."""


@dataclass(frozen=True, slots=True)
class Recheck:
    """A later look at an array, `after_s` after its campaign had ended, s: conductances in S, shape (rows, cols)."""

    after_s: float
    measured_s: NDArray[np.float64]

    def summary(self, targets_s: NDArray[np.float64], span_s: float, tolerance: float) -> dict[str, Any]:
        """Fraction in band and error distribution against targets in S, as fractions of the range `span_s`."""
        errors = (self.measured_s - targets_s) / span_s
        known = errors[np.isfinite(errors)]
        inside = float((np.abs(known) <= tolerance).mean()) if known.size else 1.0
        return {"after_s": self.after_s, "in_band": inside, "error": distribution(errors)}


def recheck(
    crossbar: Crossbar,
    report: Report,
    after_s: float,
    *,
    setup: Setup | None = None,
    run: Run | None = None,
    safe_points: SafePoints | None = None,
    rearm: Rearm = resume,
) -> Report:
    """Read every cell that has a target again and return the report with what was found. Moves nothing.

    Args:
        crossbar: armed, the board of the report.
        report: of the campaign.
        after_s: time since that ended, s.
        setup: to read under; the one in force if None.
        run: keeps the readings, and the finding with the report; None keeps nothing.
        safe_points: where it may be ended.
        rearm: loads set-up and limits again after the board has restarted.

    Raises SafePoint if it is ended, CrossbarErrors.
    """
    access = Access(crossbar, setup if setup is not None else crossbar.setup, run, rearm)
    access.set_up(access.setup)
    rows, cols = (lines.astype(np.int32) for lines in np.nonzero(np.isfinite(report.targets_s)))
    measured_s = np.full(report.targets_s.shape, np.nan)
    if rows.size:
        readings = []
        for _ in range(READINGS):
            if safe_points is not None:
                safe_points.pass_by()
            readings.append(access.read(rows, cols))
        measured_s[rows, cols] = np.mean(readings, axis=0)
    if run is not None:
        name = f"{report.board}.recheck.{len(report.rechecks)}"
        run.put(name, {"after_s": np.array(after_s), "measured_s": measured_s})
    return replace(report, rechecks=(*report.rechecks, Recheck(after_s, measured_s)))
