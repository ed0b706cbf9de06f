"""One step of a bring-up: what was measured, what it is held against, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Outcome(StrEnum):
    """How a step ended. NOT_POSSIBLE: this board, or its state, does not allow the step; nothing is known."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_POSSIBLE = "not possible"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was looked at.

    Attributes:
        name: of the step. measured: what was found. limit: what it is held against, empty if it is only stated.
        advice: what to do next, empty if there is nothing to do.
    """

    name: str
    outcome: Outcome
    measured: str
    limit: str = ""
    advice: str = ""


def judged(name: str, passed: bool, measured: str, limit: str, advice: str) -> Step:
    """A step that was possible; the advice is for one that failed."""
    return Step(name, Outcome.PASSED if passed else Outcome.FAILED, measured, limit, "" if passed else advice)


def not_possible(name: str, why: str, advice: str = "") -> Step:
    """A step that was not possible here."""
    return Step(name, Outcome.NOT_POSSIBLE, why, advice=advice)
