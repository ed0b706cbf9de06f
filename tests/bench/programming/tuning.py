"""Every policy's parameters, tuned alike on seeds that no table uses.

python -m tests.bench.programming.tuning [device policy ...]      writes docs/results/programming-tuning.json

For each device and policy: DRAWN settings spread over the ranges (Sobol's sequence), then as many as NEARER says around
the best of all so far, in smaller and smaller parts of the ranges, on one array of 256 cells; the BEST of all again,
and what was found last time, on two arrays of 1,024; all at 2 % of the range. What counts is the mean of the pulses a
cell; a cell that is not declared has used up its 100. Policies whose pulses all have one width have this width tuned as
well, up to five times the device file's; those that choose it have the device file's range.
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
    Population,
    Vipi,
    VipiGains,
)

RESULT = Path(__file__).parents[3] / "docs" / "results" / "programming-tuning.json"
DEVICES = ("vteam", "mss-sdc", "synaptogen")
SEEDS, SMALL = (501, 502), Geometry(16, 16)
DRAWN, NEARER, BEST = 64, ((32, 0.15), (32, 0.08)), 4
"""Settings of each stage; of the nearer ones also how far they lie to either side, as a fraction of each range."""
END = 0.03
"""A parameter is at an end of its range if it is nearer to it than this fraction of the range."""
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


def ranges(name: str, device: Device) -> dict[str, Range]:
    """The range of every parameter of a policy, all above 0 and searched by their logarithms.

    `width` is that of all pulses, as a part of the preset's, from the board's shortest on. A `memory` of 1 or more
    counts as having one.
    """
    nominal_v = device.profile.set_drive.nominal_v
    width = {"width": (device.array(SEEDS[0], SMALL).capabilities.pulse_min_s / device.profile.width_s, 5.0)}
    vipi = {"proportional": (0.02, 20.0), "integral": (0.001, 10.0), "creep": (0.001, 1.0), "shrink": (0.1, 1.0)}
    steps = {"step_v": (0.02 * nominal_v, 10.0 * nominal_v)}
    return {
        "vipi": {**vipi, **width},
        "vipi (the file's width)": vipi,
        "ispp": {**steps, "memory": (0.25, 4.0), "back": (0.05, 8.0), "shrink": (0.1, 1.0), **width},
        "alibart": {**steps, **width},
        "openmena": {
            "proportional": (0.01, 100.0),
            "integral": (0.001, 10.0),
            "clamp": (1.0, 3000.0),
            "unit": width["width"],
        },
        "ekf": {"drift": (0.003, 1.0), "caution": (0.03, 5.0), "most_short": (0.1, 5.0), "jump": (0.01, 3.0)},
        "bayes": {"drift": (0.003, 1.0), "escape": (0.003, 0.5), "turning": (0.01, 5.0)},
        "level": {"overshoot": (1.05, 20.0), "caution": (0.1, 5.0), "climb": (0.005, 0.5)},
    }[name]


def spread(within: dict[str, Range], count: int, seed: int) -> list[Settings]:
    """Settings spread evenly over the ranges."""
    points = qmc.Sobol(len(within), seed=seed).random(count)
    logs = np.log(np.array(list(within.values())))
    values = np.exp(logs[:, 0] + points * (logs[:, 1] - logs[:, 0]))
    return [dict(zip(within, (float(f"{value:.4g}") for value in one), strict=True)) for one in values]


def around(within: dict[str, Range], best: Settings, part: float) -> dict[str, Range]:
    """The part of the ranges that lies near a setting."""
    reach = {name: (high / low) ** part for name, (low, high) in within.items()}
    return {
        name: (max(low, best[name] / reach[name]), min(high, best[name] * reach[name]))
        for name, (low, high) in within.items()
    }


def at_end(within: dict[str, Range], settings: Settings) -> list[str]:
    """Parameters that might have become better beyond their range; a `memory` has but two values."""
    places = {
        name: np.log(value / within[name][0]) / np.log(within[name][1] / within[name][0])
        for name, value in settings.items()
    }
    return [name for name, place in places.items() if name != "memory" and not END <= place <= 1 - END]


def tuned(name: str, device: Device, before: Settings | None) -> Settings:
    """The best settings and what they need; `before` are those that were found last time."""

    def pulses(settings: Settings, seed: int, *, small: bool) -> float:
        played, make = made(name, device, settings)
        array = played.array(seed, SMALL) if small else None
        return contest(played, make, seed, tolerance=TOLERANCE, population=known_to(name, device), array=array).pulses

    def ranked(settings: list[Settings]) -> list[tuple[float, Settings]]:
        return [(pulses(one, SEEDS[0], small=True), one) for one in settings]

    within = ranges(name, device)
    tried = ranked(spread(within, DRAWN, seed=1))
    for stage, (count, part) in enumerate(NEARER):
        best = min(tried, key=lambda one: one[0])[1]
        tried += ranked(spread(around(within, best, part), count, seed=2 + stage))
    finalists = [settings for _, settings in sorted(tried, key=lambda one: one[0])[:BEST]]
    finalists += [before] if before is not None else []
    scores = [mean(pulses(settings, seed, small=False) for seed in SEEDS) for settings in finalists]
    best = finalists[scores.index(min(scores))]
    return {"settings": best, "pulses": round(min(scores), 3), "tried": len(tried), "at_end": at_end(within, best)}


def made(name: str, device: Device, settings: Settings) -> tuple[Device, Callable[[], Policy]]:
    """A device with the width of these settings, and what makes their policy."""
    given = dict(settings)
    device = replace(device, width=given.pop("width", 1.0))
    if "memory" in given:
        given["memory"] = given["memory"] >= 1
    return device, lambda: MAKERS[name](**given)


def known_to(name: str, device: Device) -> Population | None:
    """The population of a device, or None for a policy that is for devices of the other type."""
    strange = name in ("ekf", "bayes") if device.level_type else name == "level"
    return None if strange else learned(device)


def chosen(name: str, device: Device) -> tuple[Device, Callable[[], Policy]]:
    """What `made` gives for the settings that the committed tuning found."""
    return made(name, device, json.loads(RESULT.read_text())[device.preset][name]["settings"])


def main() -> None:
    """Tune what the command line names (devices, policies), or everything."""
    result = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    named = sys.argv[1:]
    for preset in [name for name in DEVICES if name in named] or DEVICES:
        device = Device(preset)
        for name in [name for name in MAKERS if name in named] or MAKERS:
            known = result.setdefault(preset, {})
            found = known[name] = tuned(name, device, known.get(name, {}).get("settings"))
            sys.stdout.write(f"{preset} {name}: {json.dumps(found)}\n")
            sys.stdout.flush()
            RESULT.write_text(json.dumps(result, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
