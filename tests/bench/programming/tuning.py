"""Every policy's parameters, tuned alike on seeds that no table uses.

python -m tests.bench.programming.tuning         some minutes; writes docs/results/programming-tuning.json

For each device: a grid of at most 216 settings on one array of 256 cells, the best six again on two arrays of 1,024,
all at 2 % of the range. What counts is the mean of the pulses a cell; a cell that is not declared has used up its 100.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from itertools import product
from pathlib import Path
from statistics import mean
from typing import Any

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
BEST = 6
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


def grid(name: str, nominal_v: float) -> Iterator[Settings]:
    """The settings of a policy that are tried."""
    axes: dict[str, dict[str, tuple[Any, ...]]] = {
        "vipi": {
            "proportional": (0.15, 0.3, 0.6, 1.2, 1.6, 2.2),
            "integral": (0.1, 0.3, 0.6, 0.9, 1.4, 2.0),
            "creep": (0.005, 0.02, 0.04),
            "shrink": (0.7, 0.85),
        },
        "ispp": {
            "step_v": tuple(part * nominal_v for part in (0.02, 0.04, 0.07, 0.1, 0.14, 0.2, 0.28, 0.36)),
            "memory": (True, False),
            "back": (0.0, 0.5, 1.0, 2.0),
            "shrink": (0.5, 0.7, 1.0),
        },
        "alibart": {"step_v": tuple(part * nominal_v for part in (0.03, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.6))},
        "openmena": {
            "proportional": (0.7, 7.0),
            "integral": (0.03, 3.0),
            "clamp": (30.0, 3000.0),
            "unit": (0.06, 0.6),
        },
        "ekf": {"drift": (0.03, 0.1, 0.2), "caution": (0.5, 1.0, 1.5), "jump": (0.1, 0.3)},
        "bayes": {"drift": (0.02, 0.05, 0.15), "escape": (0.04, 0.1), "turning": (0.0, 0.15, 0.3, 0.5)},
        "level": {"overshoot": (1.5, 2.0, 2.5, 3.5), "caution": (0.7, 1.0, 1.3, 1.7)},
    }
    names, values = zip(*axes[name].items(), strict=True)
    yield from (dict(zip(names, chosen, strict=True)) for chosen in product(*values))


def tuned(name: str, device: Device) -> Settings:
    """The best settings and what they need."""
    population = learned(device)[0]

    def pulses(settings: Settings, seed: int, *, small: bool) -> float:
        array = device.array(seed, SMALL) if small else None
        make = MAKERS[name]
        played = contest(
            device, lambda: make(**settings), seed, tolerance=TOLERANCE, population=population, array=array
        )
        return played.pulses

    tried = list(grid(name, device.profile.set_drive.nominal_v))
    first = sorted(tried, key=lambda settings: pulses(settings, SEEDS[0], small=True))[:BEST]
    scores = [mean(pulses(settings, seed, small=False) for seed in SEEDS) for settings in first]
    best = scores.index(min(scores))
    return {"settings": first[best], "pulses": round(scores[best], 3), "tried": len(tried)}


def fits(name: str, device: Device) -> bool:
    """Whether a policy can use the population of a device at all."""
    return not ((name == "level" and not device.level_type) or (name in ("ekf", "bayes") and device.level_type))


def chosen(name: str, preset: str) -> Policy:
    """A policy with the settings that the committed tuning found for a device, or its defaults if it was not tuned."""
    found = json.loads(RESULT.read_text())[preset].get(name, {"settings": {}})
    return MAKERS[name](**found["settings"])


def main() -> None:
    """Tune what the command line names (policies), or everything."""
    result = json.loads(RESULT.read_text()) if RESULT.exists() else {}
    for preset in DEVICES:
        device = Device(preset)
        for name in sys.argv[1:] or MAKERS:
            if not fits(name, device):
                continue
            found = tuned(name, device)
            result.setdefault(preset, {})[name] = found
            sys.stdout.write(f"{preset} {name}: {json.dumps(found)}\n")
            sys.stdout.flush()
            RESULT.write_text(json.dumps(result, indent=2, sort_keys=True) + "\n")


if __name__ == "__main__":
    main()
