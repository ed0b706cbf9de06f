"""Level-type devices: SET is complete at once, and the state follows the highest RESET voltage since."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np

from ohmloop.programming.population.fields import count, finite, require, taken
from ohmloop.programming.profile import ProgrammingProfile

CURVES = ("depths", "volts", "response")
"""Fields that are lists of numbers."""


@dataclass(frozen=True, slots=True)
class LevelPopulation:
    """A population of level-type cells.

    The depth y of a RESET is (G_low - G) / (G_low - floor_s), G_low being the conductance that the last SET left. A
    cell that has seen at most the RESET amplitude V since then is at the depth y of V = volts(y) + shift response(y):
    one curve for all, with a shift that is drawn for each cell and again for each cycle of SET and RESET.

    Attributes:
        set_v: SET amplitude at which nearly every cell is set completely, V.
        low_s, low_spread_s: conductance of the low-resistance state after a SET, mean and standard deviation, S.
        floor_s: conductance of the complete RESET, S.
        depths, volts: the mean curve: RESET amplitude (magnitude, V) that reaches each depth; both rise.
        response: how much of a shift is left at each depth; 1 on average.
        shape_error: how well the curve is known from one of its points on, as a fraction of the volts to the next.
        device_spread_v, cycle_spread_v: standard deviations of the two shifts, V.
        read_noise, read_floor_s: scatter of one reading, as of RatePopulation.
        cells: number of cells it was learned from, 0 if it was assumed.

    Raises PopulationError for values that make no sense.
    """

    set_v: float
    low_s: float
    low_spread_s: float
    floor_s: float
    depths: tuple[float, ...]
    volts: tuple[float, ...]
    response: tuple[float, ...]
    shape_error: float
    device_spread_v: float
    cycle_spread_v: float
    read_noise: float
    read_floor_s: float
    cells: int

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            for one in value if isinstance(value, list | tuple) else (value,):
                finite(name, one)
        require(self.set_v > 0, f"set_v must be above 0 V, not {self.set_v}")
        require(
            0 <= self.floor_s < self.low_s,
            f"a SET must lead to more than the floor, not to {self.low_s} S against {self.floor_s} S",
        )
        require(
            len(self.depths) == len(self.volts) == len(self.response) >= 2,
            "depths, volts and response must be two or more, as many of each",
        )
        require(bool((np.diff(self.depths) > 0).all()), "depths must rise")
        require(bool((np.diff(self.volts) > 0).all()) and self.volts[0] > 0, "volts must be above 0 and rise")
        require(self.depths[0] >= 0 and self.depths[-1] <= 1, "depths lie between 0 and 1")
        for name in ("low_spread_s", "shape_error", "device_spread_v", "cycle_spread_v"):
            require(getattr(self, name) >= 0, f"{name} must not be negative, not {getattr(self, name)}")
        require(
            min(self.read_noise, self.read_floor_s) >= 0 and self.read_noise + self.read_floor_s > 0,
            "readings must have some scatter, and none of it negative",
        )
        count("cells", self.cells)

    @classmethod
    def generic(cls, profile: ProgrammingProfile) -> Self:
        """What can be assumed of a device of which only the device file is known: a straight curve, wide shifts."""
        span_s, drive = profile.span_s, profile.reset_drive
        depths = np.linspace(0.02, 0.98, 25)
        volts = drive.nominal_v + depths * (drive.max_v - drive.nominal_v)
        return cls(
            set_v=profile.set_drive.max_v,
            low_s=profile.g_max_s + 0.2 * span_s,
            low_spread_s=0.1 * span_s,
            floor_s=max(profile.g_min_s - 0.3 * span_s, 0.0),
            depths=tuple(depths.tolist()),
            volts=tuple(volts.tolist()),
            response=(1.0,) * depths.size,
            shape_error=0.2,
            device_spread_v=0.06 * drive.nominal_v,
            cycle_spread_v=0.05 * drive.nominal_v,
            read_noise=0.006,
            read_floor_s=3e-4 * span_s,
            cells=0,
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        values = asdict(self)
        return {"type": "level", **values, **{name: list(values[name]) for name in CURVES}}

    @classmethod
    def from_dict(cls, values: Any) -> Self:
        """From what `to_dict` gives, without its type. Raises PopulationError."""
        given = taken(cls, values)
        for name, value in given.items():
            if name in CURVES:
                require(isinstance(value, list | tuple), f"{name} must be a list of numbers, not {value!r}")
                given[name] = tuple(finite(name, one) for one in value)
            elif name != "cells":
                given[name] = finite(name, value)
        return cls(**given)
