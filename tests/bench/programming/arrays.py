"""Arrays for the league table, and what is learned of their kind from a few cells before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import Bias, CurrentRange, Geometry, Limits, PulseList, ReadConditions, Setup
from ohmloop.programming import (
    Drive,
    Population,
    ProgrammingProfile,
    StepRecords,
    fit_level,
    fit_rate,
)
from ohmsim.array import SimulatedArray
from ohmsim.preset import Preset

Floats = NDArray[np.float64]

GEOMETRY = Geometry(32, 32)
SAMPLE = Geometry(1, 16)
"""Cells that the population is learned from: an array of its own, with a seed that no campaign uses."""
SAMPLE_SEED = 900
AVERAGES = 16
STEP, CYCLE_STEP_V = 0.1, 0.02
"""Staircases rise by so much: fraction of the nominal amplitude for rate-type devices, V for level-type ones."""
LEVEL_TYPE = {"synaptogen"}


@dataclass(frozen=True, slots=True)
class Device:
    """A preset with changed parameters (`device.c2c_rate`, ...); `read` scales its read noise."""

    preset: str
    changes: tuple[tuple[str, float], ...] = ()

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
        return ProgrammingProfile(preset.low_s, preset.high_s, *drives, width_s=p["width_s"])  # type: ignore[arg-type]

    def array(self, seed: int, geometry: Geometry = GEOMETRY, bias: Bias | None = None) -> SimulatedArray:
        """An armed array. Without `bias` every cell is behind a transistor: only selected cells see a pulse."""
        preset = self.loaded()
        array = SimulatedArray(geometry, preset, seed)
        limits = {name: value for name, value in preset.limits.items() if name not in ("range_max", "pulses_max")}
        armed = Limits(**limits, pulses_max=1_000_000, set_polarity=preset.set_polarity)  # type: ignore[arg-type]
        array.arm(armed, "ab12")
        read = ReadConditions(preset.programming["read_volts"], AVERAGES, CurrentRange.AUTO)  # type: ignore[arg-type]
        array.configure(Setup(read, bias or Bias.HALF))
        if bias is None:
            array.cells.quiet_v = np.inf
        return array


@lru_cache
def learned(device: Device) -> tuple[Population, int]:
    """The population of a device from SAMPLE cells, and the pulses that it took."""
    sample, profile = _Sample(device), device.profile
    if device.level_type:
        for _ in range(2):
            sample.apply(sample.every, np.full(SAMPLE.cells, profile.set_drive.max_v))
            for volts in np.arange(profile.reset_drive.start_v, profile.reset_drive.max_v, CYCLE_STEP_V):
                sample.apply(sample.every, np.full(SAMPLE.cells, -volts))
        return fit_level(sample.records, profile), len(sample.records)
    for way, drive in ((1, profile.set_drive), (-1, profile.reset_drive)) * 2:
        volts, cells = drive.start_v, sample.every
        end_s = profile.g_max_s if way > 0 else profile.g_min_s
        while cells.size and volts < drive.max_v:
            sample.apply(cells, np.full(cells.size, way * volts))
            cells = cells[way * (end_s - sample.now_s[cells]) > 0.1 * profile.span_s]
            volts += STEP * drive.nominal_v
    return fit_rate(sample.records, profile), len(sample.records)


class _Sample:
    """The cells of a sample, and what they have done."""

    def __init__(self, device: Device) -> None:
        self._array = device.array(SAMPLE_SEED, SAMPLE)
        self._width_s = device.profile.width_s
        self._parts: list[StepRecords] = []
        self.every: NDArray[np.intp] = np.arange(SAMPLE.cells)
        self.now_s = self._array.read_array().conductances_s.ravel()

    def apply(self, cells: NDArray[np.intp], volts: Floats) -> None:
        """One pulse on each of these cells."""
        rows, cols = np.zeros(cells.size, np.int32), cells.astype(np.int32)
        result = self._array.pulse(PulseList(rows, cols, volts, np.full(cells.size, self._width_s)))
        assert result.readings is not None
        after_s = result.readings.conductances_s
        self._parts.append(StepRecords(cells, volts, self.now_s[cells], after_s))
        self.now_s[cells] = after_s

    @property
    def records(self) -> StepRecords:
        """Everything so far."""
        return StepRecords.joined(self._parts)
