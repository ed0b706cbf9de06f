"""What came of a campaign."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.acceptance import Acceptance
from ohmloop.programming.cells import FAILURES, Cells, CellState
from ohmloop.programming.distribution import distribution, spread
from ohmloop.programming.history import History, PulseRecord
from ohmloop.programming.policy import Policy
from ohmloop.programming.profile import ProgrammingProfile
from ohmloop.programming.progress import Progress
from ohmloop.programming.recheck import Recheck
from ohmloop.programming.residuals import Residuals
from ohmloop.programming.stops import Failure

STUCK = 0.05
"""A cell whose readings all lie within this fraction of the largest has not moved: read noise alone makes some."""


class Outcome(StrEnum):
    """How a campaign ended."""

    DONE = "done"
    PAUSED = "paused"
    STOPPED = "stopped"


class Finding(StrEnum):
    """What the pulses of a cell that was given up say of it."""

    UNTRIED = "untried"
    STUCK = "stuck"
    SLOW = "slow"
    RESTLESS = "restless"


@dataclass(frozen=True, slots=True)
class FailedCell:
    """A cell that was given up: place, reason, target and last conductance in S, and every pulse it received."""

    row: int
    col: int
    reason: Failure
    target_s: float
    measured_s: float
    history: tuple[PulseRecord, ...]

    @property
    def finding(self) -> Finding:
        """Stuck: no pulse moved it visibly. Slow: it never reached the target. Restless: it went past it."""
        if not self.history:
            return Finding.UNTRIED
        seen_s = np.array([(pulse.before_s, pulse.after_s) for pulse in self.history])
        known_s = seen_s[np.isfinite(seen_s).all(axis=1)]
        if not known_s.size or np.ptp(known_s) <= STUCK * np.abs(known_s).max():
            return Finding.STUCK
        above = known_s > self.target_s
        return Finding.SLOW if (above == above[0, 0]).all() else Finding.RESTLESS


@dataclass(frozen=True, slots=True)
class Report:
    """What came of one board's campaign.

    Attributes:
        board: serial. outcome, note: how it ended, and why if not done.
        policy, parameters: what decided the pulses.
        profile: range, width and amplitudes that were used. acceptance: by what a cell was declared in band.
        totals: the last progress.
        interruptions: restarts of the board that were met.
        targets_s, measured_s: target and last measured conductance in S, shape (rows, cols), NaN without a target.
        pulses, full_pulses, reads, stress_s: what each cell received, same shape, NaN without a target; stress is the
            sum of its pulse widths, s.
        accepted: declared in band, same shape. failures: the cells that were given up.
        residuals: whether the device still answers as it was characterised; None if it was not.
        rechecks: what was found when the cells were read again later.
        true_s: what the cells of a simulated array really were at the end, S, same shape; None where nobody can know.

    Pulses of an exchange with unknown outcome count as received.
    """

    board: str
    outcome: Outcome
    note: str
    policy: str
    parameters: Mapping[str, float]
    profile: ProgrammingProfile
    acceptance: Acceptance
    totals: Progress
    interruptions: int
    targets_s: NDArray[np.float64]
    measured_s: NDArray[np.float64]
    pulses: NDArray[np.float64]
    full_pulses: NDArray[np.float64]
    reads: NDArray[np.float64]
    stress_s: NDArray[np.float64]
    accepted: NDArray[np.bool_]
    failures: tuple[FailedCell, ...]
    residuals: Residuals | None = None
    rechecks: tuple[Recheck, ...] = ()
    true_s: NDArray[np.float64] | None = None

    @classmethod
    def of(
        cls,
        cells: Cells,
        history: History,
        totals: Progress,
        *,
        profile: ProgrammingProfile,
        acceptance: Acceptance,
        policy: Policy,
        outcome: Outcome,
        note: str,
        interruptions: int,
        residuals: Residuals | None = None,
    ) -> Report:
        """The report of the cells of a campaign as they stand."""
        failures = tuple(
            FailedCell(
                row=int(cells.rows[cell]),
                col=int(cells.cols[cell]),
                reason=FAILURES[cells.failure[cell]],
                target_s=float(cells.targets_s[cell]),
                measured_s=float(cells.measured_s[cell]),
                history=history.of(int(cell)),
            )
            for cell in cells.failed
        )
        return cls(
            board=totals.board,
            outcome=outcome,
            note=note,
            policy=policy.name,
            parameters=dict(policy.parameters),
            profile=profile,
            acceptance=acceptance,
            totals=totals,
            interruptions=interruptions,
            targets_s=cells.matrix(cells.targets_s),
            measured_s=cells.matrix(cells.measured_s),
            pulses=cells.matrix(cells.pulses.astype(np.float64)),
            full_pulses=cells.matrix(cells.full_pulses.astype(np.float64)),
            reads=cells.matrix(cells.reads.astype(np.float64)),
            stress_s=cells.matrix(cells.stress_s),
            accepted=cells.matrix((cells.state == CellState.ACCEPTED).astype(np.float64)) == 1,
            failures=failures,
            residuals=residuals,
        )

    @property
    def errors(self) -> NDArray[np.float64]:
        """Last measured conductance minus target as a fraction of the conductance range, shape (rows, cols)."""
        return (self.measured_s - self.targets_s) / self.profile.span_s

    @property
    def declared_in_band(self) -> float:
        """Fraction of the cells with a target that were accepted; 1 if there are none."""
        return self.totals.accepted / self.totals.cells if self.totals.cells else 1.0

    @property
    def true_in_band(self) -> float | None:
        """Fraction of the cells with a target that really were in the tolerance band; None where nobody can know."""
        if self.true_s is None:
            return None
        errors = np.abs(self.true_s - self.targets_s)[np.isfinite(self.targets_s)] / self.profile.span_s
        return float((errors <= self.acceptance.tolerance).mean()) if errors.size else 1.0

    def summary(self) -> dict[str, Any]:
        """The report as plain JSON values, without the arrays and without histories."""
        reasons = [failure.reason for failure in self.failures]
        return {
            "board": self.board,
            "outcome": self.outcome.value,
            "note": self.note,
            "policy": {"name": self.policy, **self.parameters},
            "profile": asdict(self.profile),
            "acceptance": asdict(self.acceptance),
            "cells": self.totals.cells,
            "declared_in_band": self.declared_in_band,
            "true_in_band": self.true_in_band,
            "failed": {reason.value: reasons.count(reason) for reason in Failure if reason in reasons},
            "error": distribution(self.errors),
            "pulses_per_cell": spread(self.pulses),
            "full_voltage_pulses_per_cell": spread(self.full_pulses),
            "reads_per_cell": spread(self.reads),
            "stress_s_per_cell": spread(self.stress_s),
            "exchanges": self.totals.exchanges,
            "rounds": self.totals.round,
            "interruptions": self.interruptions,
            "elapsed_s": self.totals.elapsed_s,
            "profile_fits": None if self.residuals is None else self.residuals.to_dict(),
            "rechecks": [
                found.summary(self.targets_s, self.profile.span_s, self.acceptance.tolerance) for found in self.rechecks
            ],
        }

    def to_json(self) -> str:
        """The summary with every failed cell and its history, as JSON text."""
        failures = [
            {**asdict(failure), "reason": failure.reason.value, "finding": failure.finding.value}
            for failure in self.failures
        ]
        return json.dumps(_without_nan({**self.summary(), "failures": failures}), allow_nan=False)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name, as a run keeps them.

        `failed` has a line with row, column and number of the reason for each cell that was given up; `history` one
        with row, column, amplitude, width and conductances before and after for each pulse that these received.
        """
        names = ("targets_s", "measured_s", "pulses", "full_pulses", "reads", "stress_s", "accepted")
        reasons = tuple(Failure)
        failed = [(cell.row, cell.col, reasons.index(cell.reason)) for cell in self.failures]
        history = [
            (cell.row, cell.col, pulse.volts, pulse.width_s, pulse.before_s, pulse.after_s)
            for cell in self.failures
            for pulse in cell.history
        ]
        return {
            **{name: getattr(self, name) for name in names},
            "failed": np.array(failed, dtype=np.int64).reshape(-1, 3),
            "history": np.array(history, dtype=np.float64).reshape(-1, 6),
        }


def _without_nan(value: Any) -> Any:
    """The same JSON value with None for numbers that JSON does not know."""
    if isinstance(value, float) and not np.isfinite(value):
        return None
    if isinstance(value, dict):
        return {key: _without_nan(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_nan(item) for item in value]
    return value
