"""Every policy's parameters, tuned alike on seeds that no table uses.

python -m tests.bench.programming.tuning [device policy ...]      some minutes; docs/results/programming-tuning.json

For each device and policy: DRAWN settings spread over the ranges (Sobol's sequence), then NEARER around the best of
them, on one array of 256 cells; the BEST of all again on two arrays of 1,024; all at 2 % of the range. What counts is
the mean of the pulses a cell; a cell that is not declared has used up its 100. Policies whose pulses all have one width
have this width tuned as well; those that choose it have the device file's range.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import mean
from typing import Any

import numpy as np
from scipy.stats import qmc
from tests.bench.programming.arrays import Device, learned
from tests.bench.programming.contest import contest

from ohmloop.crossbar import Geometry
from ohmloop.programming import (
    Alibart,
    Bayes,
    Ekf,
    EkfSettings,
    FilterSettings,
    Ispp,
    IsppSteps,
    Level,
    LevelAims,
    Openmena,
    OpenmenaLaw,
    Policy,
    Vipi,
    VipiGains,
)

RESULT = Path(__file__).parents[3] / "docs" / "results" / "programming-tuning.json"
DEVICES = ("vteam", "mss-sdc", "synaptogen")
SEEDS, SMALL = (501, 502), Geometry(16, 16)
DRAWN, NEARER, BEST = 64, 32, 4
NEAR = 0.2
"""How far around the best the nearer settings lie, as a fraction of each range to either side."""
TOLERANCE = 0.02

Settings = dict[str, Any]

MAKERS: dict[str, Callable[..., Policy]] = {
    "vipi": lambda **settings: Vipi(VipiGains(**settings)),
    "ispp": lambda **settings: Ispp(IsppSteps(**settings)),
    "alibart": Alibart,
    "openmena": lambda **settings: Openmena(OpenmenaLaw(**settings)),
    "ekf": lambda **settings: Ekf(EkfSettings(**settings)),
    "bayes": lambda **settings: Bayes(FilterSettings(**settings)),
    "level": lambda **settings: Level(LevelAims(**settings)),
}
MAKERS["vipi (the file's width)"] = MAKERS["vipi"]

Range = tuple[float, float]


def ranges(name: str, nominal_v: float) -> dict[str, Range]:
    """The range of every parameter of a policy, all above 0 and searched by their logarithms.

    `width` is that of all pulses, as a part of the preset's. A `memory` of 1 or more counts as having one.
    """
    vipi = {"proportional": (0.1, 8.0), "integral": (0.05, 6.0), "creep": (0.002, 0.3), "shrink": (0.3, 1.0)}
    width = {"width": (0.05, 1.0)}
    return {
        "vipi": {**vipi, **width},
        "vipi (the file's width)": vipi,
        "ispp": {
            "step_v": (0.01 * nominal_v, 1.0 * nominal_v),
            "memory": (0.5, 4.0),
            "back": (0.1, 4.0),
            "shrink": (0.3, 1.0),
            **width,
        },
        "alibart": {"step_v": (0.01 * nominal_v, 1.0 * nominal_v), **width},
        "openmena": {
            "proportional": (0.02, 60.0),
            "integral": (0.001, 10.0),
            "clamp": (3.0, 3000.0),
            "unit": (0.05, 3.0),
        },
        "ekf": {"drift": (0.01, 0.5), "caution": (0.1, 3.0), "jump": (0.03, 1.0)},
        "bayes": {"drift": (0.01, 0.4), "escape": (0.01, 0.3), "turning": (0.03, 1.5)},
        "level": {"overshoot": (1.2, 6.0), "caution": (0.3, 3.0)},
    }[name]


def spread(within: dict[str, Range], count: int, seed: int) -> list[Settings]:
    """Settings spread evenly over the ranges."""
    points = qmc.Sobol(len(within), seed=seed).random(count)
    logs = np.log(np.array(list(within.values())))
    values = np.exp(logs[:, 0] + points * (logs[:, 1] - logs[:, 0]))
    return [dict(zip(within, (float(f"{value:.4g}") for value in one), strict=True)) for one in values]


def around(within: dict[str, Range], best: Settings) -> dict[str, Range]:
    """The part of the ranges that lies near a setting."""
    reach = {name: (high / low) ** NEAR for name, (low, high) in within.items()}
    return {
        name: (max(low, best[name] / reach[name]), min(high, best[name] * reach[name]))
        for name, (low, high) in within.items()
    }


def tuned(name: str, device: Device) -> Settings:
    """The best settings and what they need."""

    def pulses(settings: Settings, seed: int, *, small: bool) -> float:
        played, make = made(name, device, settings)
        array = played.array(seed, SMALL) if small else None
        return contest(played, make, seed, tolerance=TOLERANCE, population=learned(device), array=array).pulses

    def ranked(settings: list[Settings]) -> list[tuple[float, int, Settings]]:
        return [(pulses(one, SEEDS[0], small=True), number, one) for number, one in enumerate(settings)]

    within = ranges(name, device.profile.set_drive.nominal_v)
    first = sorted(ranked(spread(within, DRAWN, seed=1)))
    second = ranked(spread(around(within, first[0][2]), NEARER, seed=2))
    finalists = [settings for _, _, settings in sorted([*first, *second], key=lambda one: one[0])[:BEST]]
    scores = [mean(pulses(settings, seed, small=False) for seed in SEEDS) for settings in finalists]
    best = scores.index(min(scores))
    return {"settings": finalists[best], "pulses": round(scores[best], 3), "tried": DRAWN + NEARER}


def made(name: str, device: Device, settings: Settings) -> tuple[Device, Callable[[], Policy]]:
    """A device with the width of these settings, and what makes their policy."""
    given = dict(settings)
    device = replace(device, width=given.pop("width", 1.0))
    if "memory" in given:
        given["memory"] = given["memory"] >= 1
    return device, lambda: MAKERS[name](**given)


def fits(name: str, device: Device) -> bool:
    """Whether a policy can use the population of a device at all."""
    return not ((name == "level" and not device.level_type) or (name in ("ekf", "bayes") and device.level_type))


def chosen(name: str, device: Device) -> tuple[Device, Callable[[], Policy]]:
    """What `made` gives for the settings that the committed tuning found, or for the defaults if there are none."""
    found = json.loads(RESULT.read_text())[device.preset].get(name, {"settings": {}})
    return made(name, device, found["settings"])


def main() -> None:
    """Tune what the command line names (devices, policies), or everything."""
    result = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    named = sys.argv[1:]
    for preset in [name for name in DEVICES if name in named] or DEVICES:
        device = Device(preset)
        for name in [name for name in MAKERS if name in named] or MAKERS:
            if not fits(name, device):
                continue
            found = tuned(name, device)
            result.setdefault(preset, {})[name] = found
            sys.stdout.write(f"{preset} {name}: {json.dumps(found)}\n")
            sys.stdout.flush()
            RESULT.write_text(json.dumps(result, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
