"""From what was measured of a device to how it is programmed."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from ohmloop.crossbar import Bias, Geometry
from ohmloop.programming.acceptance import Acceptance
from ohmloop.programming.characterisation import Characterisation, Kind
from ohmloop.programming.disturbance import Outlook, outlook
from ohmloop.programming.population import RatePopulation, StepCurve
from ohmloop.programming.profile import Drive, ProgrammingProfile
from ohmloop.programming.schedule import Schedule

CONVERGES_BELOW = {Bias.GND: 0.25, Bias.HALF: 0.25, Bias.THIRD: 0.4}
"""Error of a typical cell after a pass over its error before, by scheme, up to which an array counts as programmable:
what leaks to the weakest tenth of the cells is up to four times as much. Under V/3 all cells have been looked at; under
V/2 only those on the lines of one, by which the figure is off by a half now and then."""

ALIKE = 0.15
"""Difference of two fractions of held cells that decides nothing: slow cells get larger pulses than the test gives, and
under V/3 the whole array sees them."""

SOFT = 0.02
"""Contraction above which pulses on other cells matter."""

ENOUGH_RATE = 0.5
"""Rate of a slow cell at the largest amplitude on a soft array: more would save it pulses and cost all others more."""

COARSE = 0.05
SLOWEST_NOISE = 0.004
"""Slow noise that is assumed at least: what a minute of reading does not show."""

QUIETEST_NOISE = 0.001
GUARDS = (0.5, 0.8)
GUARD_PER_DOUBT = 1.5

POLICIES = {Kind.RATE: "bayes", Kind.LEVEL: "level"}


@dataclass(frozen=True, slots=True)
class Choice:
    """How a characterised device is programmed.

    Attributes:
        policy: name of the policy. bias: what unselected lines do.
        profile: range, width and amplitudes. acceptance, schedule: see there.
        outlooks: how it will go, by bias scheme; empty if the cells are isolated.
        converges: whether nine cells in ten are expected to come into band and to stay there.
        reasons: why, for people.
    """

    policy: str
    bias: Bias
    profile: ProgrammingProfile
    acceptance: Acceptance
    schedule: Schedule
    outlooks: tuple[Outlook, ...]
    converges: bool
    reasons: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "policy": self.policy,
            "bias": self.bias.value,
            "profile": asdict(self.profile),
            "acceptance": asdict(self.acceptance),
            "schedule": {**asdict(self.schedule), "scope": self.schedule.scope.value},
            "outlooks": [{**asdict(each), "bias": each.bias.value} for each in self.outlooks],
            "converges": self.converges,
            "reasons": list(self.reasons),
        }


def choose(
    measured: Characterisation, profile: ProgrammingProfile, bias: Bias, geometry: Geometry, tolerance: float
) -> Choice:
    """Decide how to program an array of this size to a tolerance, as a fraction of the range.

    `profile` and `bias` are those of the device file; amplitudes are only ever lowered from there, and pulses are only
    ever shorter than its `width_s` where cells are isolated. Raises ValueError for a tolerance that is none.
    """
    reasons = [_kind_reason(measured)]
    if measured.disturbances:
        profile = replace(profile, shortest_s=None)  # large amplitudes would reach cells that are not meant
    outlooks = tuple(
        found for scheme in Bias if (found := outlook(measured.disturbances, scheme, geometry)) is not None
    )
    expected = _best(outlooks)
    soft = expected is not None and expected.contraction > SOFT
    passes = Acceptance(tolerance=tolerance).passes
    if expected is None:
        reasons.append("cells are isolated: pulses reach no other cell")
    elif not soft:
        bias = bias if _outlook_of(outlooks, bias, expected).contraction <= SOFT else expected.bias
        reasons.append(f"pulses on one cell move no other under {_scheme(bias)}: selected or steep")
    else:
        bias = expected.bias
        passes = max(passes, expected.passes(tolerance))
        reasons.append(
            f"pulses on one cell move others: {_scheme(bias)} and {passes} passes, each of which leaves "
            f"{expected.contraction:.0%} of the error of a typical cell"
        )
    converges = not outlooks or any(each.contraction <= CONVERGES_BELOW[each.bias] for each in outlooks)
    if soft and isinstance(measured.population, RatePopulation):
        profile = _gentle(profile, measured.population)
    slow = max(measured.read_slow, SLOWEST_NOISE)
    middle_s = (profile.g_min_s + profile.g_max_s) / 2
    doubt = slow * middle_s / (tolerance * profile.span_s)
    acceptance = Acceptance(
        tolerance=tolerance,
        guard=float(np.clip(1 - GUARD_PER_DOUBT * doubt, *GUARDS)),
        noise=max(measured.read_white, QUIETEST_NOISE),
        slow_noise=slow,
        passes=passes,
    )
    schedule = Schedule.passive(max(COARSE, tolerance)) if soft else Schedule()
    return Choice(POLICIES[measured.kind], bias, profile, acceptance, schedule, outlooks, converges, tuple(reasons))


def _kind_reason(measured: Characterisation) -> str:
    if measured.kind is Kind.LEVEL:
        return (
            f"repeating a RESET pulse changes {measured.repeated:.0%} of what the first did: the state follows a level"
        )
    return f"repeating a RESET pulse changes {measured.repeated:.0%} of what the first did: every pulse counts"


def _best(outlooks: tuple[Outlook, ...]) -> Outlook | None:
    """V/2, unless clearly more cells hold under V/3.

    Under V/3 a cell that needs many pulses disturbs the whole array, and not only its lines. A scheme that was not
    measured, because the other one moved nothing, is as good as that.
    """
    schemes = {each.bias: each for each in outlooks}
    if len(schemes) < 2:
        return next(iter(schemes.values()), None)
    half, third = schemes[Bias.HALF], schemes[Bias.THIRD]
    return third if third.held - half.held > ALIKE else half


def _outlook_of(outlooks: tuple[Outlook, ...], bias: Bias, otherwise: Outlook) -> Outlook:
    return next((each for each in outlooks if each.bias is bias), otherwise)


def _gentle(profile: ProgrammingProfile, population: RatePopulation) -> ProgrammingProfile:
    """Amplitudes no larger than nearly every cell needs: selectivity falls with the amplitude."""

    def capped(drive: Drive, curve: StepCurve) -> Drive:
        slow_v = curve.threshold_v + curve.threshold_spread_v
        enough_v = float(curve.volts_for(np.log(ENOUGH_RATE), np.array(slow_v)))
        return replace(drive, max_v=max(min(drive.max_v, enough_v), drive.start_v))

    return replace(
        profile,
        set_drive=capped(profile.set_drive, population.set),
        reset_drive=capped(profile.reset_drive, population.reset),
    )


def _scheme(bias: Bias) -> str:
    return {Bias.GND: "grounded lines", Bias.HALF: "V/2", Bias.THIRD: "V/3"}[bias]
