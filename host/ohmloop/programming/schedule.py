"""In which order a campaign does its work."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from math import isfinite


class Scope(StrEnum):
    """Which cells advance together: those of the whole array, or of one row after the other."""

    ARRAY = "array"
    ROW = "row"


@dataclass(frozen=True, slots=True)
class Schedule:
    """In which order a campaign does its work.

    Attributes:
        scope: which cells advance together.
        coarse: tolerance of a pass over all cells that comes before the one to the tolerance itself, as a fraction of
            the conductance range; None for no such pass. Large pulses, which disturb the neighbours most, come first
            then.
        watch: whether accepted cells are read again after every round, and larger pulses are sent before smaller ones:
            for arrays whose pulses move unselected cells.
        settle_s: rest before the target is read again, s: relaxation shows only then.
    """

    scope: Scope = Scope.ARRAY
    coarse: float | None = None
    watch: bool = False
    settle_s: float = 0.0

    def __post_init__(self) -> None:
        if self.coarse is not None and not 0 < self.coarse < 0.5:
            raise ValueError(f"a coarse tolerance is a fraction of the range between 0 and 0.5, not {self.coarse}")
        if not (isfinite(self.settle_s) and self.settle_s >= 0):
            raise ValueError(f"a rest must be finite and not negative, not {self.settle_s} s")

    @classmethod
    def passive(cls, coarse: float = 0.05) -> Schedule:
        """For an array without selectors whose cells move at a part of the amplitude."""
        return cls(coarse=coarse, watch=True)
