"""Noise of a cell's conductance while it is read, relative to the conductance.

Three parts, each keyed by the cell and its conversion ordinal (conversions with its row on):
- white noise, of which a conversion averages 2^k internal samples;
- slow noise that averaging does not remove: four Ornstein-Uhlenbeck processes with correlation times a decade apart,
  counted in conversions, which together fall roughly as 1/f between them;
- random telegraph noise in a part of the cells: two levels, left with a fixed probability at each conversion.

The slow parts have memory. They are advanced in blocks of BLOCK conversions that begin at multiples of BLOCK, row by
row, so a cell sees the same sequence however conversions are grouped into requests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmsim.noise import NoiseSource
from ohmsim.parameters import bounded
from ohmsim.state import State

Floats = NDArray[np.float64]
Lines = NDArray[np.intp]

BLOCK = 32
TIMES = (1.0, 10.0, 100.0, 1000.0)
"""Correlation times of the slow processes, conversions."""


@dataclass(frozen=True, slots=True)
class ReadNoiseParameters:
    """Relative to the conductance. The defaults give 0.9 % rms at one sample, 2 % in the worst percent of cells."""

    white: float = bounded(0.007, 0, 0.5)  # rms of one internal sample
    slow: float = bounded(0.005, 0, 0.5)  # rms of the four processes together
    telegraph_cells: float = bounded(0.2, 0, 1)  # fraction of cells
    telegraph: float = bounded(0.01, 0, 0.5)  # median distance of the two levels
    telegraph_spread: float = bounded(0.6, 0, 2)  # standard deviation of its logarithm
    telegraph_dwell: float = bounded(30, 1, 1e9, "conversions")


class ReadNoise:
    """Read noise of an array of rows x cols cells."""

    def __init__(self, parameters: ReadNoiseParameters, rows: int, cols: int, noise: NoiseSource, state: State) -> None:
        self.parameters = p = parameters
        cells, every, first = rows * cols, np.arange(rows * cols), np.zeros(1, np.uint64)
        times = np.array(TIMES)
        self._keep = np.exp(-1 / times)[:, None]
        self._renew = np.sqrt(1 - self._keep**2)
        self._cols = cols
        self._pairs = [noise.stream(f"read.slow.{k}", cells) for k in range(len(TIMES) // 2)]
        self._white_stream = noise.stream("read.white", cells)
        self._flips = noise.stream("read.telegraph", cells)

        def levels() -> Floats:
            start = [noise.stream(f"read.start.{k}", cells).normal(every, first) for k in range(len(TIMES))]
            return np.stack(start).reshape(len(TIMES), rows, cols).swapaxes(0, 1)

        def states() -> NDArray[np.bool_]:
            return (noise.stream("read.telegraph.start", cells).uniform(every, first) < 0.5).reshape(rows, cols)

        has = noise.stream("read.telegraph.cells", cells).uniform(every, first) < p.telegraph_cells
        size = p.telegraph * np.exp(
            p.telegraph_spread * noise.stream("read.telegraph.size", cells).normal(every, first)
        )
        self._telegraph = np.where(has, size, 0.0).reshape(rows, cols)

        # What the rows have lived through: conversions so far, and the slow parts where their present block began.
        self.conversions: NDArray[np.uint64] = state.array("read.conversions", (rows,), np.uint64)
        self._level: Floats = state.array("read.level", (rows, len(TIMES), cols), np.float64, levels)
        self._state: NDArray[np.bool_] = state.array("read.state", (rows, cols), np.bool_, states)
        self._block: NDArray[np.int64] = state.array("read.block", (rows,), np.int64)
        # The present block of each row, made when it is first needed.
        self._white = np.empty((rows, BLOCK, cols))
        self._slow = np.empty((rows, BLOCK, cols))
        self._next_level = np.empty((rows, len(TIMES), cols))
        self._next_state = np.empty((rows, cols), np.bool_)
        self._made = np.full(rows, -1, np.int64)

    def draw(self, rows: Lines, samples: int) -> Floats:
        """One conversion with `rows` on: the relative deviation of their cells, shape (rows, cols).

        `samples` internal samples are averaged. Advances the rows' conversion ordinals.
        """
        ordinals = self.conversions[rows]
        blocks = (ordinals // np.uint64(BLOCK)).astype(np.int64)
        stale = blocks != self._made[rows]
        if stale.any():
            self._make(rows[stale], blocks[stale])
        place = (ordinals % np.uint64(BLOCK)).astype(np.intp)
        deviation = self._white[rows, place]
        deviation *= samples**-0.5
        deviation += self._slow[rows, place]
        self.conversions[rows] = ordinals + np.uint64(1)
        return deviation

    def _make(self, rows: Lines, blocks: NDArray[np.int64]) -> None:
        """Work out the blocks of `rows`: all draws at once, then the slow parts step by step."""
        p = self.parameters
        behind = self._block[rows] < blocks
        unmade = behind & (self._made[rows] != blocks - 1)
        if unmade.any():  # only after a restart between two blocks
            self._make(rows[unmade], blocks[unmade] - 1)
        onward = rows[behind]
        self._level[onward] = self._next_level[onward]
        self._state[onward] = self._next_state[onward]
        self._block[onward] = blocks[behind]

        cells = (rows[:, None] * self._cols + np.arange(self._cols))[:, None, :]
        ordinals = (blocks[:, None] * BLOCK + np.arange(BLOCK)).astype(np.uint64)[:, :, None]
        self._white[rows] = p.white * self._white_stream.normal(cells, ordinals)
        draws = np.stack([each for pair in self._pairs for each in pair.normal_pair(cells, ordinals)], axis=2)
        draws *= self._renew
        flips = self._flips.uniform(cells, ordinals) < 1 / p.telegraph_dwell

        level, up = self._level[rows], self._state[rows]
        slow = np.empty((len(rows), BLOCK, self._cols))
        share = p.slow / np.sqrt(len(TIMES))
        for step in range(BLOCK):
            level = level * self._keep + draws[:, step]
            up = up ^ flips[:, step]
            slow[:, step] = share * level.sum(axis=1) + self._telegraph[rows] * (up - 0.5)
        self._slow[rows] = slow
        self._next_level[rows], self._next_state[rows] = level, up
        self._made[rows] = blocks
