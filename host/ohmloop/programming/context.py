"""What a policy is told."""

from __future__ import annotations

from dataclasses import dataclass

from ohmloop.programming.population import Population
from ohmloop.programming.profile import ProgrammingProfile


@dataclass(frozen=True, slots=True)
class PolicyContext:
    """The device as a policy sees it.

    Attributes:
        profile: conductance range, width and amplitudes; `max_v` is what this board accepts.
        tolerance: half-width of the tolerance band as a fraction of the conductance range.
        population: what is known of all cells together; None if nothing was measured, in which case a policy that needs
            one assumes what `generic` of its type of population gives for the profile.
        guard: part of the tolerance band within which a cell is accepted, above 0 to 1.
    """

    profile: ProgrammingProfile
    tolerance: float
    population: Population | None = None
    guard: float = 1.0
