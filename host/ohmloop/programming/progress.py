"""How far a campaign has come."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Phase(StrEnum):
    """What a campaign is doing."""

    READING = "reading"
    PROGRAMMING = "programming"
    VERIFYING = "verifying"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class Progress:
    """A moment of a campaign; sent after every round.

    Attributes:
        board: serial of the board. phase: what is being done. round: rounds so far.
        cells, accepted, failed: cells of the target and what became of them.
        pulses, reads, exchanges: totals so far. elapsed_s: time since this execution began, s.
    """

    board: str
    phase: Phase
    round: int
    cells: int
    accepted: int
    failed: int
    pulses: int
    reads: int
    exchanges: int
    elapsed_s: float
