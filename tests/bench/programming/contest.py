"""One campaign of one policy on one array, in figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean, stdev

import numpy as np
from tests.bench.programming.arrays import Device, Floats

from ohmloop.crossbar import Geometry
from ohmloop.programming import Acceptance, Campaign, Policy, Population, ProgrammingProfile, Stops
from ohmsim.array import SimulatedArray

STOPS = Stops(pulses=100, full_voltage_pulses=30)
T_95 = {2: 12.706, 3: 4.303, 4: 3.182, 5: 2.776}
"""Student's t for an interval of 95 %, by the number of seeds."""


@dataclass(frozen=True, slots=True)
class Figures:
    """Of one campaign: pulses and reads a cell, 99th percentile of pulses, % declared, % truly in band, stress in s.

    `sampled` are the pulses that were spent before it on getting to know the array, by cell of the array.
    """

    pulses: float
    p99: float
    reads: float
    declared: float
    true: float
    stress_s: float
    sampled: float = 0.0


def acceptance(tolerance: float, guard: float) -> Acceptance:
    """The same for all policies: at most 16 readings a decision, no second pass."""
    return Acceptance(tolerance=tolerance, guard=guard, reads_min=1, reads_max=16, passes=0)


def targets_of(profile: ProgrammingProfile, geometry: Geometry, seed: int) -> Floats:
    """Uniform over the whole range."""
    rng = np.random.default_rng(seed)
    return rng.uniform(profile.g_min_s, profile.g_max_s, (geometry.rows, geometry.cols))


def contest(
    device: Device,
    make: Callable[[], Policy],
    seed: int,
    *,
    tolerance: float,
    guard: float = 1.0,
    population: Population | None = None,
    array: SimulatedArray | None = None,
) -> Figures:
    """One campaign, judged by the truth."""
    array = device.array(seed) if array is None else array
    profile = device.profile
    targets_s = targets_of(profile, array.capabilities.geometry, seed)
    rule = acceptance(tolerance, guard)
    report = Campaign(array, targets_s, make(), rule, STOPS, profile=profile, population=population).execute()
    errors = np.abs(array.cells.conductance_s - targets_s) / profile.span_s
    healthy = ~array.cells.stuck.mask.reshape(errors.shape)
    pulses = report.pulses[healthy]
    return Figures(
        pulses=float(pulses.mean()),
        p99=float(np.percentile(pulses, 99)),
        reads=float(report.reads[healthy].mean()),
        declared=100 * float(report.accepted[healthy].mean()),
        true=100 * float((errors[healthy] <= tolerance).mean()),
        stress_s=float(report.stress_s[healthy].mean()),
    )


def interval(values: Sequence[float]) -> str:
    """Mean and half of the 95 % interval of the mean over seeds."""
    if len(values) < 2:
        return f"{values[0]:.2f}"
    return f"{mean(values):.2f} ± {T_95[len(values)] * stdev(values) / sqrt(len(values)):.2f}"
