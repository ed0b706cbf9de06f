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
from ohmloop.programming.history import History, PulseRecord
from ohmloop.programming.policy import Policy
from ohmloop.programming.profile import ProgrammingProfile
from ohmloop.programming.progress import Progress
from ohmloop.programming.stops import Failure

QUANTILES = (1, 5, 25, 50, 75, 95, 99)
"""Percentiles of the error distribution that a report states."""


class Outcome(StrEnum):
    """How a campaign ended."""

    DONE = "done"
    PAUSED = "paused"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class FailedCell:
    """A cell that was given up: place, reason, target and last conductance in S, and every pulse it received."""

    row: int
    col: int
    reason: Failure
    target_s: float
    measured_s: float
    history: tuple[PulseRecord, ...]


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
        )

    @property
    def errors(self) -> NDArray[np.float64]:
        """Last measured conductance minus target as a fraction of the conductance range, shape (rows, cols)."""
        return (self.measured_s - self.targets_s) / self.profile.span_s

    @property
    def declared_in_band(self) -> float:
        """Fraction of the cells with a target that were accepted; 1 if there are none."""
        return self.totals.accepted / self.totals.cells if self.totals.cells else 1.0

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
            "failed": {reason.value: reasons.count(reason) for reason in Failure if reason in reasons},
            "error": _distribution(self.errors),
            "pulses_per_cell": _spread(self.pulses),
            "full_voltage_pulses_per_cell": _spread(self.full_pulses),
            "reads_per_cell": _spread(self.reads),
            "stress_s_per_cell": _spread(self.stress_s),
            "exchanges": self.totals.exchanges,
            "rounds": self.totals.round,
            "interruptions": self.interruptions,
            "elapsed_s": self.totals.elapsed_s,
        }

    def to_json(self) -> str:
        """The summary with every failed cell and its history, as JSON text."""
        failures = [{**asdict(failure), "reason": failure.reason.value} for failure in self.failures]
        return json.dumps(_without_nan({**self.summary(), "failures": failures}), allow_nan=False)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name, as a run keeps them."""
        names = ("targets_s", "measured_s", "pulses", "full_pulses", "reads", "stress_s", "accepted")
        return {name: getattr(self, name) for name in names}


def _spread(values: NDArray[np.float64]) -> dict[str, float]:
    known = values[np.isfinite(values)]
    if not known.size:
        return {"mean": 0.0, "p99": 0.0, "total": 0.0}
    return {"mean": float(known.mean()), "p99": float(np.percentile(known, 99)), "total": float(known.sum())}


def _distribution(errors: NDArray[np.float64]) -> dict[str, float]:
    """Errors as fractions of the range."""
    known = errors[np.isfinite(errors)]
    if not known.size:
        return {}
    quantiles = np.percentile(known, QUANTILES)
    return {
        "mean": float(known.mean()),
        "rms": float(np.sqrt(np.mean(known**2))),
        **{f"p{percent}": float(value) for percent, value in zip(QUANTILES, quantiles, strict=True)},
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
