"""Arrays for the league table, and what `ohmloop characterise` learns of their kind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import Bias, CurrentRange, Geometry, Limits, ReadConditions, Setup
from ohmloop.procedures.characterise import Conditions, characterise
from ohmloop.programming import Drive, Population, ProgrammingProfile
from ohmloop.programming.characterisation import Characterisation
from ohmsim.array import SimulatedArray
from ohmsim.preset import Preset

Floats = NDArray[np.float64]

GEOMETRY = Geometry(32, 32)
SAMPLE_SEED = 900
PASSIVE_SAMPLE = Geometry(8, 8)
AVERAGES = 16
LEVEL_TYPE = {"synaptogen"}


@dataclass(frozen=True, slots=True)
class Device:
    """A preset with changed parameters (`device.c2c_rate`, ...).

    Of an isolated one each cell is behind a transistor: only selected cells see a pulse, and pulses may be shorter than
    the preset's. `width` is the longest pulse, as a part of the preset's.
    """

    preset: str
    changes: tuple[tuple[str, float], ...] = ()
    isolated: bool = True
    width: float = 1.0

    @property
    def level_type(self) -> bool:
        """Whether its state follows the highest RESET amplitude."""
        return self.preset in LEVEL_TYPE

    def loaded(self) -> Preset:
        """The preset, changed."""
        return Preset.load(self.preset).changed(dict(self.changes))

    @property
    def profile(self) -> ProgrammingProfile:
        """As its device file would have it."""
        preset = self.loaded()
        p = preset.programming
        drives = [
            Drive(p[f"start_{way}_v"], p[f"nominal_{way}_v"], p[f"largest_{way}_v"])  # type: ignore[arg-type]
            for way in ("set", "reset")
        ]
        width_s, shortest_s = self.width * float(p["width_s"]), float(p.get("shortest_s", p["width_s"]))
        return ProgrammingProfile(
            *(preset.low_s, preset.high_s, *drives, width_s),
            shortest_s=min(shortest_s, width_s) if self.isolated else None,
        )

    def array(self, seed: int, geometry: Geometry = GEOMETRY, bias: Bias = Bias.GND) -> SimulatedArray:
        """An armed array; `bias` is for one that is not isolated."""
        preset = self.loaded()
        array = SimulatedArray(geometry, preset, seed)
        limits = {name: value for name, value in preset.limits.items() if name not in ("range_max", "pulses_max")}
        armed = Limits(**limits, pulses_max=1_000_000, set_polarity=preset.set_polarity)  # type: ignore[arg-type]
        array.arm(armed, "ab12")
        read = ReadConditions(preset.programming["read_volts"], AVERAGES, CurrentRange.AUTO)  # type: ignore[arg-type]
        array.configure(Setup(read, bias))
        if self.isolated:
            array.cells.quiet_v = np.inf
        return array


def characterised(array: SimulatedArray, profile: ProgrammingProfile) -> Characterisation:
    """What `ohmloop characterise` finds on an array: a few of its cells have been pulsed then."""
    geometry = array.capabilities.geometry
    lines = np.arange(geometry.rows), np.arange(geometry.cols)
    return characterise(array, Conditions(array.setup, profile, *lines), {})


@lru_cache
def sample(device: Device) -> Characterisation:
    """What characterising an array that no campaign uses says of a device."""
    array = device.array(SAMPLE_SEED) if device.isolated else device.array(SAMPLE_SEED, PASSIVE_SAMPLE, Bias.THIRD)
    return characterised(array, device.profile)


def learned(device: Device) -> Population:
    """The population that the sample shows."""
    return sample(device).population
