"""Passive arrays: every pulse is seen, in part, by cells that were not meant."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import mean

import numpy as np
from tests.bench.programming.arrays import Device, sample
from tests.bench.programming.contest import STOPS, Figures, interval, targets_of
from tests.bench.programming.ledger import Ledger
from tests.bench.programming.parts import COMMAND
from tests.bench.programming.players import Played
from tests.bench.results import Row

from ohmloop.crossbar import Bias, Geometry
from ohmloop.programming import Acceptance, Bayes, Campaign, Schedule
from ohmloop.programming.choice import choose

SEEDS = (1, 2, 3)
TOLERANCE, GUARD, PASSES = 0.02, 0.7, 4
SIDES = {"mss-sdc": (8, 16), "vteam-soft": (8, 16, 32)}
GOALS = {("mss-sdc", 8, Bias.THIRD): 80.0}


def passive() -> Iterator[Row]:
    """Bayes with feedback: coarse pass, accepted cells watched, at most four passes more.

    Population and largest amplitudes are those that `ohmloop characterise` finds and chooses on an 8x8 array.
    """
    ledger = Ledger()
    for preset, sides in SIDES.items():
        device = Device(preset, isolated=False)
        for side in sides:
            for bias in (Bias.HALF, Bias.THIRD):
                figures = tuple(
                    ledger.entry(
                        f"passive|{preset}|{side}|{bias}|{seed}",
                        lambda d=device, n=side, b=bias, s=seed: _campaign(d, n, b, s),
                    )
                    for seed in SEEDS
                )
                played = Played("bayes", figures)
                once = mean(f.stress_s for f in figures)
                note = (
                    f"{played.note}; guard {GUARD}, coarse pass to 5 %, accepted cells watched, {PASSES} passes more; "
                    f"true of one pass without any feedback to accepted cells: {once:.1f} %; "
                    f"true {interval([f.true for f in figures])}"
                )
                goal = GOALS.get((preset, side, bias))
                case = f"passive, {preset} {side}x{side} V/{2 if bias is Bias.HALF else 3}, 2 %: truly in band"
                peer, name = (goal, "required") if goal else (once, "one pass")
                yield Row(case, played.true, peer, name, 1.0, "%", COMMAND, note)


def _campaign(device: Device, side: int, bias: Bias, seed: int) -> Figures:
    """Figures of the campaign with feedback; `stress_s` holds what one pass without it reaches, %."""
    geometry, measured = Geometry(side, side), sample(device)
    profile = choose(measured, device.profile, bias, geometry, TOLERANCE).profile
    targets_s = targets_of(profile, geometry, seed)
    true = {}
    for feedback in (True, False):
        array = device.array(seed, geometry, bias)
        rule = Acceptance(tolerance=TOLERANCE, guard=GUARD, passes=PASSES if feedback else 0)
        report = Campaign(
            array,
            targets_s,
            Bayes(),
            rule,
            STOPS,
            profile=profile,
            population=measured.population,
            schedule=Schedule.passive() if feedback else None,
        ).execute()
        errors = np.abs(array.cells.conductance_s - targets_s) / profile.span_s
        true[feedback] = 100 * float((errors <= TOLERANCE).mean())
        if feedback:
            pulses, reads = report.pulses, float(report.reads.mean())
            declared = 100 * report.declared_in_band
    return Figures(
        float(pulses.mean()), float(np.percentile(pulses, 99)), reads, declared, true[True], stress_s=true[False]
    )
