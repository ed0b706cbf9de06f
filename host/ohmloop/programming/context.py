"""What a policy is told."""

from __future__ import annotations

from dataclasses import dataclass

from ohmloop.programming.profile import ProgrammingProfile


@dataclass(frozen=True, slots=True)
class PolicyContext:
    """The device as a policy sees it.

    Attributes:
        profile: conductance range, width and amplitudes; `max_v` is what this board accepts.
        tolerance: half-width of the tolerance band as a fraction of the conductance range.
    """

    profile: ProgrammingProfile
    tolerance: float
