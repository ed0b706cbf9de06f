"""Characterising a device: a few cells, a few hundred pulses, and what they say of all the others."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import Bias, Crossbar, Setup
from ohmloop.procedures.errors import ProcedureError
from ohmloop.procedures.half_select import Hammer, measure_disturbance
from ohmloop.procedures.probe import Floats, Place, Probe, Record, spread
from ohmloop.procedures.read_noise import measure_read_noise
from ohmloop.procedures.staircase import Climbed, Staircase, climb
from ohmloop.programming.characterisation import Characterisation
from ohmloop.programming.disturbance import Disturbance
from ohmloop.programming.population import LevelPopulation, Population, RatePopulation, fit_level, fit_rate
from ohmloop.programming.profile import ProgrammingProfile
from ohmloop.programming.safe_points import SafePoints
from ohmloop.store import Run

CELLS = 8
PULSES_MAX = 2000

COARSE_STEP, LEVEL_STEP = 0.15, 0.0375
"""Steps of the staircases, as fractions of the nominal amplitude."""

RUNGS = 8
"""Steps of amplitude where pulses may be shorter than the longest: longer ones go on from there."""

MARGIN = 0.1
"""A staircase ends so far before the end of the range, as a fraction of it: there the window is still open."""

REPEAT_ABOVE = 0.1
"""A change by this fraction of the range is worth repeating its pulse."""

LEVEL_BELOW = 0.2
"""Change by a second equal pulse over that by the first, below which the device is level-type."""

LEVEL_CYCLES = 2
TYPICAL_RATE = 0.4
"""The half-select test pulses at the amplitude at which a typical cell has this rate: a third of its way."""


@dataclass(frozen=True, slots=True)
class Conditions:
    """What an experiment needs to know of a device: how it is read and biased, its range and amplitudes, usable lines.

    `rows` and `cols` are the lines that may be used.
    """

    setup: Setup
    profile: ProgrammingProfile
    rows: NDArray[np.intp]
    cols: NDArray[np.intp]


def characterise(
    crossbar: Crossbar,
    conditions: Conditions,
    origin: Mapping[str, Any],
    *,
    run: Run | None = None,
    cells: int = CELLS,
    pulses_max: int = PULSES_MAX,
    safe_points: SafePoints | None = None,
    tell: Callable[[str, int], None] | None = None,
) -> Characterisation:
    """Measure a few cells and, unless they are isolated, what pulses on one do to the others. They end where they end.

    Args:
        crossbar: armed.
        conditions: of the device.
        origin: kept with the result.
        run: journals every pulse and reading.
        cells: how many are measured, spread over the array.
        pulses_max: pulses that may be sent in all.
        safe_points: where it may be ended or held.
        tell: called with what is being done and the pulses so far.

    Raises ProcedureError if the cells do not answer, PulsesSpent, PopulationError if they do not move enough for a
    model, SafePoint if it was ended, CrossbarErrors. It can be begun again after any of these.
    """
    usable = conditions.profile.within(crossbar)
    if conditions.setup.bias is not Bias.GND:
        # Large amplitudes would reach cells that are not meant.
        usable = replace(usable, shortest_s=None)
    place = spread(conditions.rows, conditions.cols, cells)
    with Probe(crossbar, conditions.setup, run, safe_points or SafePoints(), pulses_max=pulses_max) as probe:
        work = _Work(probe, place, conditions.setup, usable, tell or (lambda stage, pulses: None))
        population, climbed = work.population()
        disturbances = work.disturbances(population)
        work.say("done")
        return Characterisation(
            origin=origin,
            population=population,
            repeated=work.repeated,
            read_white=work.noise.white,
            read_slow=work.noise.slow,
            disturbances=tuple(disturbances),
            places=tuple(zip(place.rows.tolist(), place.cols.tolist(), strict=True)),
            pulses=probe.pulses,
            unmoved=int(np.isnan(climbed).sum()),
            records=work.record.steps,
        )


class _Work:
    """The steps of a characterisation, in order."""

    def __init__(
        self, probe: Probe, place: Place, setup: Setup, profile: ProgrammingProfile, tell: Callable[[str, int], None]
    ) -> None:
        self._probe = probe
        self._place = place
        self._setup = setup
        self._profile = profile
        self._tell = tell
        self.record = Record()
        self.say("read noise")
        self.noise = measure_read_noise(probe, place)

    def population(self) -> tuple[Population, Floats]:
        """The population, and the amplitude at which each cell first moved, V; NaN for those that never did."""
        self.say("staircases")
        profile = self._profile
        raised = self._climb(self._staircase(1))
        lowered = self._climb(self._staircase(-1), repeat_above_s=REPEAT_ABOVE * profile.span_s)
        moved_v = np.fmin(raised.moved_v, lowered.moved_v)
        if np.isnan(moved_v).all():
            raise ProcedureError(
                f"no pulse up to {profile.set_drive.max_v:.3f} V (SET) or {profile.reset_drive.max_v:.3f} V (RESET) "
                f"moved any of {len(self._place)} cells: look at set_polarity and max_v in the device file, and "
                "whether the device has been formed"
            )
        tried = lowered.repeated[np.isfinite(lowered.repeated)]
        self.repeated = float(np.median(tried)) if tried.size else float("nan")
        if self.repeated < LEVEL_BELOW:
            return self._level(raised, lowered), moved_v
        self.say("fit")
        return fit_rate(self.record.steps, profile, read_noise=max(self.noise.white, self.noise.slow)), moved_v

    def _level(self, raised: Climbed, lowered: Climbed) -> LevelPopulation:
        """Cycles of a complete SET and a RESET staircase."""
        drive, reset = self._profile.set_drive, self._profile.reset_drive
        known_v = raised.moved_v[np.isfinite(raised.moved_v)]
        set_v = drive.max_v
        if known_v.size > 1:
            set_v = min(set_v, float(known_v.mean() + 4 * known_v.std(ddof=1)) + COARSE_STEP * drive.nominal_v)
        self.record = Record()
        width_s = self._profile.width_s
        step_v = LEVEL_STEP * reset.nominal_v
        staircase = Staircase.of(-1, reset, step_v, (width_s, width_s), self._profile.g_min_s)
        for _ in range(LEVEL_CYCLES):
            everyone = np.arange(len(self._place))
            before_s = self._probe.read(self._place)[0]
            volts, widths_s = np.full(len(self._place), set_v), np.full(len(self._place), width_s)
            after_s = self._probe.pulse(self._place, volts, widths_s)
            self.record.add(everyone, volts, widths_s, before_s, after_s)
            self._climb(staircase, start_v=lowered.moved_v - COARSE_STEP * reset.nominal_v)
        self.say("fit")
        return fit_level(self.record.steps, self._profile, read_noise=max(self.noise.white, self.noise.slow))

    def disturbances(self, population: Population) -> list[Disturbance]:
        """The half-select test, on the first of the cells."""
        if self._setup.bias is Bias.GND:
            return []
        self.say("half-select test")
        hammers, bounds_s = _hammers(population, self._profile)
        cell = (int(self._place.rows[0]), int(self._place.cols[0]))
        return measure_disturbance(
            self._probe,
            self._setup,
            hammers,
            bounds_s,
            width_s=self._profile.width_s,
            read_noise=max(self.noise.white, self.noise.slow, 1e-4),
            cell=cell,
        )

    def _staircase(self, way: int) -> Staircase:
        profile = self._profile
        drive = profile.set_drive if way > 0 else profile.reset_drive
        end_s = profile.g_max_s if way > 0 else profile.g_min_s
        step_v = COARSE_STEP * drive.nominal_v
        if profile.shortest_s is not None:
            step_v = max(step_v, (drive.max_v - drive.start_v) / RUNGS)
        return Staircase.of(way, drive, step_v, profile.widths_s, end_s - way * MARGIN * profile.span_s)

    def _climb(
        self, staircase: Staircase, *, start_v: Floats | None = None, repeat_above_s: float | None = None
    ) -> Climbed:
        return climb(
            self._probe,
            self._place,
            staircase,
            self.record,
            noise=max(self.noise.white, self.noise.slow),
            start_v=start_v,
            repeat_above_s=repeat_above_s,
        )

    def say(self, stage: str) -> None:
        """Tell what is being done."""
        self._tell(stage, self._probe.pulses)


def _hammers(population: Population, profile: ProgrammingProfile) -> tuple[list[Hammer], tuple[float, float]]:
    """Pulses that take a typical cell a third of its way, and the bounds that they drive to, S."""
    if isinstance(population, RatePopulation):
        hammers = []
        for way, curve, drive in (
            (1, population.set, profile.set_drive),
            (-1, population.reset, profile.reset_drive),
        ):
            typical_v = np.array(curve.threshold_v)
            volts = min(float(curve.volts_for(np.log(TYPICAL_RATE), typical_v)), drive.max_v)
            hammers.append(Hammer(way, volts, float(np.exp(curve.log_rate(np.array(volts), typical_v)))))
        return hammers, (population.reset.bound_s, population.set.bound_s)
    half_way_v = float(np.interp(0.5, population.depths, population.volts))
    return [
        Hammer(1, population.set_v, 1.0),
        Hammer(-1, min(half_way_v, profile.reset_drive.max_v), float(np.log(2))),
    ], (population.floor_s, population.low_s)
