"""Rate-type devices: every pulse moves the cell by a part of the way that is left."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Self

from ohmloop.programming.errors import PolicyError
from ohmloop.programming.population.curve import StepCurve
from ohmloop.programming.population.fields import count, finite, require, taken
from ohmloop.programming.profile import Drive, ProgrammingProfile

READ_NOISE, READ_FLOOR = 0.006, 3e-4
"""Scatter that is assumed of one reading: fraction of the conductance, fraction of the conductance range."""


@dataclass(frozen=True, slots=True)
class RatePopulation:
    """A population of rate-type cells.

    Attributes:
        set, reset: step curves of the polarities; the bound of SET lies above that of RESET.
        width_s: width of the pulses that the curves are of, s; R goes with the width.
        read_noise: standard deviation of one reading as a fraction of the conductance.
        read_floor_s: the part that does not depend on the conductance, S.
        cells: number of cells it was learned from, 0 if it was assumed.

    Raises PopulationError for values that make no sense.
    """

    set: StepCurve
    reset: StepCurve
    width_s: float
    read_noise: float
    read_floor_s: float
    cells: int

    def __post_init__(self) -> None:
        require(
            self.set.bound_s > self.reset.bound_s,
            f"SET must lead to more than RESET, not to {self.set.bound_s} S against {self.reset.bound_s} S",
        )
        require(finite("width_s", self.width_s) > 0, f"width_s must be above 0 s, not {self.width_s}")
        scatter = (finite("read_noise", self.read_noise), finite("read_floor_s", self.read_floor_s))
        require(
            min(scatter) >= 0 and sum(scatter) > 0,
            f"readings must have some scatter, and none of it negative, not {scatter}",
        )
        count("cells", self.cells)

    @classmethod
    def generic(cls, profile: ProgrammingProfile) -> Self:
        """What can be assumed of a device of which only the device file is known.

        The threshold lies where the file says that a typical cell begins to move, with a spread wide enough for the
        26 % of a passive array (Kim et al., Nature Communications 12:5198, 2021); the curve is moderately soft.
        """
        span_s = profile.span_s
        return cls(
            set=_assumed(profile.set_drive, profile.g_max_s + 0.3 * span_s),
            reset=_assumed(profile.reset_drive, max(profile.g_min_s - 0.1 * span_s, 0.0)),
            width_s=profile.width_s,
            read_noise=READ_NOISE,
            read_floor_s=READ_FLOOR * span_s,
            cells=0,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "type": "rate",
            "set": self.set.to_dict(),
            "reset": self.reset.to_dict(),
            "width_s": self.width_s,
            "read_noise": self.read_noise,
            "read_floor_s": self.read_floor_s,
            "cells": self.cells,
        }

    @classmethod
    def from_dict(cls, values: Any) -> Self:
        """From what `to_dict` gives, without its type. Raises PopulationError."""
        given = taken(cls, values)
        return cls(
            set=StepCurve.from_dict(given["set"]),
            reset=StepCurve.from_dict(given["reset"]),
            width_s=finite("width_s", given["width_s"]),
            read_noise=finite("read_noise", given["read_noise"]),
            read_floor_s=finite("read_floor_s", given["read_floor_s"]),
            cells=given["cells"],
        )


def rate_population(
    population: object, profile: ProgrammingProfile, policy: str
) -> tuple[RatePopulation, ProgrammingProfile]:
    """What a policy that needs a population of rate type starts from.

    If it is None, what can be assumed; all pulses have one width then, for of large amplitudes nothing is known.
    Raises PolicyError for one of another type.
    """
    if population is None:
        return RatePopulation.generic(profile), replace(profile, shortest_s=None)
    if not isinstance(population, RatePopulation):
        raise PolicyError(f"policy {policy} needs a population of rate type: choose level for a level-type device")
    return population, profile


def _assumed(drive: Drive, bound_s: float) -> StepCurve:
    return StepCurve(
        threshold_v=drive.nominal_v,
        threshold_spread_v=0.2 * drive.nominal_v,
        softness_v=0.15 * drive.nominal_v,
        exponent=2.0,
        ln_rate=-2.5,
        rate_spread=0.5,
        cycle_noise=0.4,
        bound_s=bound_s,
    )
