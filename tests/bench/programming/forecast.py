"""Whether characterising a passive array says rightly, before it is programmed, that its cells come into band."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from tests.bench.programming.arrays import Device
from tests.bench.programming.contest import Figures, targets_of
from tests.bench.programming.ledger import Ledger
from tests.bench.programming.parts import COMMAND
from tests.bench.results import Row

from ohmloop.crossbar import Bias, Geometry
from ohmloop.procedures.characterise import Conditions, characterise
from ohmloop.programming import Campaign, Stops, policy_named
from ohmloop.programming.choice import choose

SEEDS = (1, 2, 3)
SIDES = {"mss-sdc": (8, 10, 12, 16), "vteam-soft": (8, 16, 24, 32)}
TOLERANCE, DECLARED = 0.02, 0.9
GOAL = 0.9
"""Right forecasts to aim for, as a fraction."""


def forecast() -> Iterator[Row]:
    """Every size and seed: what was said before, and whether nine cells in ten were accepted and stayed."""
    ledger, right, told = Ledger(), 0, []
    for preset, sides in SIDES.items():
        device = Device(preset, isolated=False)
        for side in sides:
            played = [
                ledger.entry(
                    f"forecast|{preset}|{side}|{seed}", lambda d=device, n=side, s=seed: _characterised(d, n, s)
                )
                for seed in SEEDS
            ]
            right += sum((figures.stress_s > 0) == (figures.declared >= 100 * DECLARED) for figures in played)
            expected = sum(figures.stress_s > 0 for figures in played)
            accepted = ", ".join(f"{figures.declared:.0f} %" for figures in played)
            told.append(f"{preset} {side}x{side}: {expected} of {len(SEEDS)} expected to, accepted {accepted}")
    total = len(SEEDS) * sum(map(len, SIDES.values()))
    yield Row(
        "passive, forecasts of convergence that came true",
        100 * right / total,
        100.0,
        "every one",
        GOAL,
        "%",
        COMMAND,
        f"{right} of {total}; converged: at least {DECLARED:.0%} of the cells accepted in the end; {'; '.join(told)}",
    )


def _characterised(device: Device, side: int, seed: int) -> Figures:
    """Figures of a campaign as `characterise` chooses it; `stress_s` is 1 if it was expected to converge, else 0."""
    geometry, profile = Geometry(side, side), device.profile
    array, lines = device.array(seed, geometry, Bias.THIRD), np.arange(side)
    measured = characterise(array, Conditions(array.setup, profile, lines, lines), {})
    choice = choose(measured, profile, Bias.THIRD, geometry, TOLERANCE)
    fresh, targets_s = device.array(seed, geometry, choice.bias), targets_of(profile, geometry, seed)
    report = Campaign(
        fresh,
        targets_s,
        policy_named(choice.policy),
        choice.acceptance,
        Stops(),
        profile=choice.profile,
        population=measured.population,
        schedule=choice.schedule,
    ).execute()
    errors = np.abs(fresh.cells.conductance_s - targets_s) / profile.span_s
    return Figures(
        float(report.pulses.mean()),
        float(np.percentile(report.pulses, 99)),
        float(report.reads.mean()),
        100 * report.declared_in_band,
        100 * float((errors <= TOLERANCE).mean()),
        stress_s=float(choice.converges),
    )
