"""How a network is to be programmed: what a caller asks for, and what was measured of the device."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any

from ohmloop.crossbar import Setup
from ohmloop.programming import POLICIES, Acceptance, ProgrammingProfile, Schedule, Scope, Stops
from ohmloop.programming.characterisation import Characterisation
from ohmloop.programming.choice import Choice
from ohmloop.programming.population import Population
from ohmloop.service.characterising import choice_for
from ohmloop.station.device_file import DeviceFile

DEFAULT_POLICY = "bayes"
"""For a device that nobody has characterised: it begins with what the device file says and learns from every pulse."""


@dataclass(frozen=True, slots=True)
class ProgrammingPlan:
    """How a network is to be programmed.

    Attributes:
        policy: by name. acceptance, stops, schedule: see there.
        measured: what was measured of the device: bias, amplitudes and population come from it; None if nothing was.
    """

    policy: str = DEFAULT_POLICY
    acceptance: Acceptance = field(default_factory=Acceptance)
    stops: Stops = field(default_factory=Stops)
    schedule: Schedule = field(default_factory=Schedule)
    measured: Characterisation | None = None

    def __post_init__(self) -> None:
        if self.policy not in POLICIES:
            raise ValueError(f"there is no policy {self.policy!r}; there are {', '.join(POLICIES)}")

    @classmethod
    def chosen(
        cls,
        device: DeviceFile,
        measured: Characterisation | None,
        *,
        tolerance: float,
        stops: Stops,
        policy: str | None = None,
        settle_s: float = 0.0,
        rounds: int | None = None,
    ) -> ProgrammingPlan:
        """The plan that follows from what was measured of a device, with what the caller insists on.

        `rounds` is how often the target is read again at the end, each time after `settle_s`, s; None: as chosen.

        Raises ValueError for values that make no sense, CharacterisationError if another device was measured.
        """
        if measured is None:
            plan = cls(DEFAULT_POLICY if policy is None else policy, Acceptance(tolerance=tolerance), stops)
        else:
            choice = choice_for(measured, device, tolerance)
            plan = cls(choice.policy if policy is None else policy, choice.acceptance, stops, choice.schedule, measured)
        acceptance = plan.acceptance if rounds is None else replace(plan.acceptance, passes=rounds)
        return replace(plan, acceptance=acceptance, schedule=replace(plan.schedule, settle_s=settle_s))

    def choice(self, device: DeviceFile) -> Choice | None:
        """What was chosen from the measurement; None if there is none."""
        if self.measured is None:
            return None
        return choice_for(self.measured, device, self.acceptance.tolerance)

    def conditions(self, device: DeviceFile) -> tuple[ProgrammingProfile, Setup, Population | None]:
        """Amplitudes, set-up and population: from what was measured, otherwise from the device file."""
        choice = self.choice(device)
        if choice is None or self.measured is None:
            return device.profile, device.setup, None
        return choice.profile, replace(device.setup, bias=choice.bias), self.measured.population

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, without what was measured."""
        return {
            "policy": self.policy,
            "acceptance": asdict(self.acceptance),
            "stops": asdict(self.stops),
            "schedule": {**asdict(self.schedule), "scope": self.schedule.scope.value},
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any], measured: Characterisation | None) -> ProgrammingPlan:
        """From what `to_dict` gave."""
        schedule = {**kept["schedule"], "scope": Scope(kept["schedule"]["scope"])}
        return cls(
            kept["policy"], Acceptance(**kept["acceptance"]), Stops(**kept["stops"]), Schedule(**schedule), measured
        )
