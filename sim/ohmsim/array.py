"""`sim://`: an array in this process, without a board, for studies of many and large arrays.

The same devices, overlays and random numbers as behind an emulated board, reached through the `Crossbar` interface
directly: line voltages are exact, there is no wire, no firmware and no device time but a count of what was done.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from urllib.parse import parse_qsl, urlsplit

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import (
    AddressError,
    Capabilities,
    Crossbar,
    CurrentRange,
    EffectToken,
    ExchangeStatus,
    Geometry,
    LimitExceeded,
    Limits,
    LineAccuracy,
    Origin,
    PulseList,
    PulseResult,
    Readback,
    Readings,
    Setup,
    Stopped,
    Unarmed,
)
from ohmsim.board import Spec, build_cells
from ohmsim.description import Description
from ohmsim.errors import EmulatorError, ParameterError
from ohmsim.frontend import FrontEndParameters
from ohmsim.measure import Meter
from ohmsim.noise import NoiseSource
from ohmsim.parameters import checked
from ohmsim.preset import Preset
from ohmsim.pulse_list import apply_pulses
from ohmsim.state import State

MAX_PULSES = 1024
UNARMED, ABOVE_VOLTS, ABOVE_READ_VOLTS, ABOVE_WIDTH, ABOVE_RANGE, ABOVE_COUNT = 101, 102, 103, 104, 105, 106
"""Error numbers as of a board."""

BOARD = Limits(v_read=0.3, v_set=6.0, v_reset=6.0, width_max_s=1.0, pulses_max=1_000_000)
V_READ_UNARMED, PULSE_MIN_S = 0.05, 500e-9
"""What the emulated board allows, so that a study meets no surprise on it."""

PULSE_US, READ_US = 53, 30
"""Time that the board takes for a pulse (without its width) and for a row, us (board notes, section 3)."""

RANGES = (CurrentRange.L, CurrentRange.M, CurrentRange.H)


class SimulatedArray(Crossbar):
    """An array of simulated cells.

    Attributes:
        cells: the cells themselves: truth for studies, never for policies.
    """

    def __init__(self, geometry: Geometry, preset: Preset, seed: int, name: str = "b0") -> None:
        spec = Spec(name, geometry.rows, geometry.cols, seed, preset)
        noise, state = NoiseSource(seed, name), State()
        self._time_us = 0
        self.cells = build_cells(spec, noise, state, lambda: self._time_us * 1e-6)
        self._meter = Meter(self.cells, Description.load(), _converter_noise(preset), noise)
        self._setup = Setup()
        self._limits: Limits | None = None
        self._counts: NDArray[np.int64] = np.zeros((geometry.rows, geometry.cols), np.int64)
        self._epoch, self._generation, self._exchanges = os.urandom(8).hex(), 0, 0
        self._stop = threading.Event()
        self._capabilities = Capabilities(
            board=f"simulated {preset.name}",
            serial=spec.serial,
            firmware="none",
            protocol=0,
            geometry=geometry,
            max_pulses=MAX_PULSES,
            max_readings=geometry.cells,
            max_vectors=1 << 16,
            full_scale_a=dict(zip([r.value for r in RANGES], self._meter.full_scale_a.tolist(), strict=True)),
            limits=BOARD,
            v_read_unarmed=V_READ_UNARMED,
            pulse_min_s=PULSE_MIN_S,
            exchange_max_s=float(MAX_PULSES),
            accuracy=LineAccuracy(0.0, 0.0),
            calibration="none",
            features=frozenset({"simulated"}),
        )

    @property
    def capabilities(self) -> Capabilities:
        """What this array can do."""
        return self._capabilities

    @property
    def setup(self) -> Setup:
        """The set-up in force."""
        return self._setup

    @property
    def limits(self) -> Limits | None:
        """The limits in force, None while unarmed."""
        return self._limits

    def configure(self, setup: Setup) -> None:
        """Apply a set-up."""
        if setup != self._setup:
            self._setup = setup
            self._generation += 1

    def arm(self, limits: Limits, device_hash: str) -> None:
        """Load limits; pulses are counted anew."""
        self._limits = limits
        self._counts[...] = 0
        self._generation += 1

    def disarm(self) -> None:
        """Unload them."""
        self._limits = None
        self._generation += 1

    def read_cells(self, rows: NDArray[np.integer], cols: NDArray[np.integer]) -> Readings:
        """Measure listed cells; each row in the list is read once for all its cells."""
        which, place = np.unique(self._lines(rows, "row"), return_inverse=True)
        return self._readings(self._read_rows(which)[place, self._lines(cols, "column")])

    def read_array(self) -> Readings:
        """Measure every cell."""
        return self._readings(self._read_rows(np.arange(self.cells.rows)))

    def pulse(self, pulses: PulseList, readback: Readback = Readback.AFTER) -> PulseResult:
        """Apply one exchange of pulses."""
        limits = self._limits
        if limits is None:
            raise Unarmed(f"{self._capabilities.serial} is not armed: arm a device first", UNARMED)
        rows, cols = self._lines(pulses.rows, "row"), self._lines(pulses.cols, "column")
        if not 1 <= len(pulses) <= MAX_PULSES:
            raise ValueError(f"an exchange has 1 to {MAX_PULSES} pulses, not {len(pulses)}")
        self._check(pulses, rows, cols, limits)
        self._exchanges += 1
        entry = None
        if self.log is not None:
            token = EffectToken(self._epoch, self._generation, self._exchanges, "", 0)
            entry = self.log.intend(token, pulses, readback, self._setup)
        result = self._run(pulses, rows, cols, readback, limits)
        status = ExchangeStatus.DONE if result.applied == len(pulses) else ExchangeStatus.PARTIAL
        if self.log is not None and entry is not None:
            self.log.settle(entry, status, result)
        if status is ExchangeStatus.PARTIAL:
            raise Stopped(f"stopped after {result.applied} of {len(pulses)} pulses", result.applied)
        return result

    def multiply(self, volts: NDArray[np.float64]) -> Readings:
        """Drive rows with input vectors."""
        if volts.ndim != 2 or volts.shape[0] < 1 or volts.shape[1] != self.cells.rows:
            raise ValueError(f"input vectors have the shape (vectors, {self.cells.rows}), not {volts.shape}")
        if not np.isfinite(volts).all():
            raise ValueError("input voltages must be finite")
        self._check_reading(float(np.abs(volts).max()))
        self._time_us += READ_US * len(volts)
        return self._readings(self._meter.vectors(volts, self._setup.read))

    def stop(self) -> None:
        """Emergency stop: the exchange under way ends before its next pulse."""
        self._stop.set()

    def clear(self) -> None:
        """Nothing latches here."""

    def close(self) -> None:
        """Nothing to give back."""

    def _run(self, pulses: PulseList, rows: Lines, cols: Lines, readback: Readback, limits: Limits) -> PulseResult:
        self._stop.clear()
        volts, widths = pulses.volts * limits.set_polarity, pulses.widths_s
        readings = np.full(len(pulses), np.nan)
        # Only cells that are read between pulses need them one by one.
        step = 1 if readback is Readback.EACH else len(pulses)
        applied = 0
        while applied < len(pulses) and not self._stop.is_set():
            part = slice(applied, applied + step)
            apply_pulses(self.cells, self._setup.bias, rows[part], cols[part], volts[part], widths[part])
            self._counts += np.bincount(rows[part] * self.cells.cols + cols[part], minlength=self._counts.size).reshape(
                self._counts.shape
            )
            applied += step
            self._time_us += PULSE_US * step + round(float(widths[part].sum()) * 1e6)
            if readback is not Readback.NONE:
                which, place = np.unique(rows[part], return_inverse=True)
                readings[part] = self._read_rows(which)[place, cols[part]]
        return PulseResult(applied, None if readback is Readback.NONE else self._readings(readings))

    def _check(self, pulses: PulseList, rows: Lines, cols: Lines, limits: Limits) -> None:
        """Refuse what is above the limits of array or device; nothing moves then."""
        lowest, highest = -min(limits.v_reset, BOARD.v_reset), min(limits.v_set, BOARD.v_set)
        longest = min(limits.width_max_s, BOARD.width_max_s)
        for name, values, low, high, unit, code in (
            ("Voltage", pulses.volts, lowest, highest, "V", ABOVE_VOLTS),
            ("Width", pulses.widths_s, PULSE_MIN_S, longest, "s", ABOVE_WIDTH),
        ):
            outside = np.flatnonzero((values < low) | (values > high))
            if outside.size:
                first = outside[0]
                where = f"cell {rows[first]},{cols[first]} asked {values[first]:g} {unit}"
                raise LimitExceeded(f"{name} outside limits; {where}, allowed {low:g} to {high:g} {unit}", code)
        if RANGES.index(self._setup.pulse_range) > RANGES.index(limits.range_max):
            raise LimitExceeded(f"Current range {self._setup.pulse_range} above limit {limits.range_max}", ABOVE_RANGE)
        counts = self._counts.copy()
        np.add.at(counts, (rows, cols), 1)
        if counts.max() > limits.pulses_max:
            row, col = np.unravel_index(int(counts.argmax()), counts.shape)
            raise LimitExceeded(f"Pulse count above limit; cell {row},{col}, limit {limits.pulses_max}", ABOVE_COUNT)

    def _check_reading(self, volts: float) -> None:
        limit = V_READ_UNARMED if self._limits is None else min(self._limits.v_read, BOARD.v_read)
        if volts > limit:
            raise LimitExceeded(f"Read voltage above limit; asked {volts:g} V, limit {limit:g} V", ABOVE_READ_VOLTS)

    def _read_rows(self, rows: Lines) -> NDArray[np.float64]:
        self._check_reading(self._setup.read.volts)
        self._time_us += READ_US * len(rows)
        return self._meter.rows(rows, self._setup.read)

    def _readings(self, currents_a: NDArray[np.float64]) -> Readings:
        origin = Origin(self._capabilities.serial, self._epoch, self._generation, "none")
        return Readings(currents_a, self._setup.read, self._time_us, origin)

    def _lines(self, lines: NDArray[np.integer], name: str) -> Lines:
        count = self.cells.rows if name == "row" else self.cells.cols
        found = np.asarray(lines)
        if found.ndim != 1 or found.size == 0 or found.min() < 0 or found.max() >= count:
            raise ValueError(f"{name}s must be a vector of numbers from 0 to {count - 1}")
        return found.astype(np.intp)


Lines = NDArray[np.intp]


def _converter_noise(preset: Preset) -> float:
    """Relative to the board's. Raises ParameterError for any other deviation of the front end: there is none here."""
    asked = checked(FrontEndParameters, preset.parameters["front_end"], "front_end.")
    nominal = asdict(replace(FrontEndParameters(), adc_noise=asked.adc_noise))
    for name, value in asdict(asked).items():
        if value != nominal[name]:
            raise ParameterError(f"front_end.{name}", value, "left out in sim://, whose front end is exact: use emu://")
    return asked.adc_noise


def open_array(url: str, timeout_s: float | None = None) -> SimulatedArray:
    """Open `sim://64x64?device=vteam&seed=7&device.v_set=0.8`: preset, seed, and parameters by section and name.

    Raises AddressError. `timeout_s` has nothing to wait for.
    """
    parts = urlsplit(url)
    options: Sequence[tuple[str, str]] = parse_qsl(parts.query, keep_blank_values=True)
    named = dict(options)
    try:
        seed = int(named.pop("seed", "0"))
        preset = Preset.load(named.pop("device", "vteam")).changed(named)
        return SimulatedArray(Geometry.parse(parts.netloc), preset, seed)
    except (ValueError, EmulatorError) as error:
        raise AddressError(f"{url} cannot be opened: {error}") from error
