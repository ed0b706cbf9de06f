"""What time does to a programmed conductance: laws of relaxation and drift, and the bookkeeping they share.

A programming event starts a cell's ageing anew: from then on each law gives the conductance at a later time, with one
normal draw keyed by the cell and that event. The next pulse acts on where the cell is by then. A pulse that moves a
cell by less than `restart` of its range (a half-selected or read cell) shifts it and lets its ageing go on. Cells that
were never programmed do not age. A conductance that a law takes beyond the cell's bounds stays at the bound.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from ohmsim.devices.base import Cells, Device, Floats, Ordinals
from ohmsim.noise import NoiseSource
from ohmsim.overlays.layer import Layer
from ohmsim.state import State

RESTART = 0.01
PUT = np.uint64(1 << 48)
"""States that are put are numbered in steps of this, above all pulses of a cell."""


class Law(ABC):
    """One way in which cells change with time.

    Attributes:
        name: of its stream of random numbers.
    """

    name: str

    @abstractmethod
    def aged_s(self, programmed_s: Floats, elapsed_s: Floats, draw: Floats) -> Floats:
        """Conductance `elapsed_s` seconds after programming to `programmed_s`; `draw` is standard normal."""


class Ageing(Layer):
    """A model whose cells age.

    Args:
        laws: applied one after the other.
        acceleration: how much faster than at 300 K time passes for the laws.
        now_s: seconds since the emulator's start; a chip whose emulator is off does not age.
    """

    def __init__(
        self,
        inner: Device,
        laws: Sequence[Law],
        acceleration: float,
        noise: NoiseSource,
        state: State,
        now_s: Callable[[], float],
    ) -> None:
        super().__init__(inner)
        self.timed = True
        self._laws, self._acceleration = laws, acceleration
        cells = inner.conductance_s.size
        self._streams = [noise.stream(f"ageing.{law.name}", cells) for law in laws]
        self._programmed_s: Floats = state.array("ageing.programmed", (cells,), np.float64, lambda: inner.conductance_s)
        self._since_s: Floats = state.array("ageing.since", (cells,), np.float64, lambda: np.full(cells, np.nan))
        self._event: NDArray[np.uint64] = state.array("ageing.event", (cells,), np.uint64)
        self._clock_s: Floats = state.array("ageing.clock", (1,), np.float64)
        self._offset_s = float(self._clock_s[0])
        self._now_s = now_s
        self._seen_s = np.nan
        self._aged_s = np.empty(cells)
        every = np.arange(cells)
        self._draws = [stream.normal(every, self._event) for stream in self._streams]

    @property
    def conductance_s(self) -> Floats:
        """Of every cell, now, S."""
        now_s = self._now_s() + self._offset_s
        if now_s != self._seen_s:
            self._aged_s = self._at(now_s)
            self._seen_s = self._clock_s[0] = now_s
        return self._aged_s

    def _at(self, now_s: float) -> Floats:
        elapsed_s = np.nan_to_num(now_s - self._since_s) * self._acceleration
        aged = self._programmed_s
        for law, draw in zip(self._laws, self._draws, strict=True):
            aged = law.aged_s(aged, elapsed_s, draw)
        ages = ~np.isnan(self._since_s)
        return np.where(ages, np.clip(aged, *self.inner.bounds_s), self._programmed_s)

    def apply(self, cells: Cells, volts: Floats, duration_s: float, ordinals: Ordinals) -> None:
        """The pulse acts on the aged state."""
        before = self.conductance_s.copy()
        gone = cells[before[cells] != self.inner.conductance_s[cells]]
        if gone.size:
            only = np.full(before.size, np.nan)
            only[gone] = before[gone]
            self.inner.put(only)
        self.inner.apply(cells, volts, duration_s, ordinals)
        low, high = self.inner.bounds_s
        change = self.inner.conductance_s[cells] - before[cells]
        large = np.abs(change) > RESTART * (high - low)[cells]
        shifted = cells[~large]
        self._programmed_s[shifted] += change[~large]
        self._begin(cells[large], ordinals[large])

    def put(self, conductance_s: Floats) -> None:
        """A state that is put is a programmed one."""
        self.inner.put(conductance_s)
        given = np.flatnonzero(~np.isnan(conductance_s))
        self._begin(given, self._event[given] + PUT)

    def rest(self, duration_s: float) -> None:
        """All cells age by so much at once."""
        self.inner.rest(duration_s)
        self._since_s -= duration_s
        self._seen_s = np.nan

    def chord_s(self, volts: Floats) -> Floats:
        """The model's, in proportion to the conductance."""
        return self.inner.chord_s(volts) * (self.conductance_s / self.inner.conductance_s)

    def slope_s(self, volts: Floats) -> Floats:
        """The model's, in proportion to the conductance."""
        return self.inner.slope_s(volts) * (self.conductance_s / self.inner.conductance_s)

    def _begin(self, cells: Cells, events: Ordinals) -> None:
        self._programmed_s[cells] = self.inner.conductance_s[cells]
        self._since_s[cells] = self._now_s() + self._offset_s
        self._event[cells] = events
        for stream, draw in zip(self._streams, self._draws, strict=True):
            draw[cells] = stream.normal(cells, events)
        self._seen_s = np.nan
