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
Singles = NDArray[np.float32]
Lines = NDArray[np.intp]

BLOCK = 32
_BLOCK_BITS, _BLOCK_MASK, _ONE = np.array(BLOCK.bit_length() - 1), np.array(BLOCK - 1), np.array(1)
TIMES = (1.0, 10.0, 100.0, 1000.0)
"""Correlation times of the slow processes, conversions."""


@dataclass(frozen=True, slots=True)
class ReadNoiseParameters:
    """Relative to the conductance. The defaults give 0.8 % rms at one sample, 1.7 % in the worst percent of cells."""

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
        self._advance = _advance(p.slow)
        self._cells = every.reshape(rows, cols)
        self._slow_stream = noise.stream("read.slow", cells)
        self._white_stream = noise.stream("read.white", cells)
        self._flip_stream = noise.stream("read.telegraph", cells)

        def levels() -> Floats:
            start = [noise.stream(f"read.start.{k}", cells).normal(every, first) for k in range(len(TIMES))]
            return np.stack(start).reshape(len(TIMES), rows, cols).swapaxes(0, 1)

        def states() -> NDArray[np.bool_]:
            return (noise.stream("read.telegraph.start", cells).uniform(every, first) < 0.5).reshape(rows, cols)

        has = noise.stream("read.telegraph.cells", cells).uniform(every, first) < p.telegraph_cells
        size = p.telegraph * np.exp(
            p.telegraph_spread * noise.stream("read.telegraph.size", cells).normal(every, first)
        )
        self._telegraph = np.where(has, size, 0.0).reshape(rows, cols).astype(np.float32)

        # What the rows have lived through: conversions so far, and the slow parts where their present block began.
        self.conversions: NDArray[np.uint64] = state.array("read.conversions", (rows,), np.uint64)
        self._level: Singles = state.array("read.level", (rows, len(TIMES), cols), np.float32, levels)
        self._state: NDArray[np.bool_] = state.array("read.state", (rows, cols), np.bool_, states)
        self._block: NDArray[np.int64] = state.array("read.block", (rows,), np.int64)
        # The present block of each row, made when it is first needed.
        self._white = np.empty((rows, BLOCK, cols), np.float32)
        self._slow = np.empty((rows, BLOCK, cols), np.float32)
        self._next_level = np.empty_like(self._level)
        self._next_state = self._state.copy()
        self._made = np.full(rows, -1, np.int64)
        self._averaged = {1 << k: np.array(2 ** (-k / 2), np.float32) for k in range(9)}

    def draw(self, rows: Lines, samples: int) -> Singles:
        """One conversion with `rows` on: the relative deviation of their cells, shape (rows, cols).

        `samples` internal samples (a power of two up to 256) are averaged. Advances the rows' conversion ordinals.
        """
        if rows.size == 1:
            return self._draw_row(int(rows[0]), self._averaged[samples])
        ordinals = self.conversions[rows].view(np.int64)
        blocks, place = ordinals >> _BLOCK_BITS, ordinals & _BLOCK_MASK
        if (blocks != self._made[rows]).any():
            stale = blocks != self._made[rows]
            self._make(rows[stale], blocks[stale])
        self.conversions[rows] = ordinals + _ONE
        deviation: Singles = self._white[rows, place]
        deviation *= self._averaged[samples]
        deviation += self._slow[rows, place]
        return deviation

    def _draw_row(self, row: int, averaged: Singles) -> Singles:
        """The same for one row, which is what a read is: numbers instead of arrays of one."""
        ordinal = int(self.conversions[row])
        block, place = divmod(ordinal, BLOCK)
        if block != self._made[row]:
            self._make(np.array([row]), np.array([block]))
        self.conversions[row] = ordinal + 1
        deviation: Singles = self._white[row, place] * averaged
        deviation += self._slow[row, place]
        return deviation[None, :]

    def _make(self, rows: Lines, blocks: NDArray[np.int64]) -> None:
        """Work out the blocks of `rows`."""
        p = self.parameters
        behind = self._block[rows] < blocks
        unmade = behind & (self._made[rows] != blocks - 1)
        if unmade.any():  # only after a restart between two blocks
            self._make(rows[unmade], blocks[unmade] - 1)
        onward = rows[behind]
        self._level[onward] = self._next_level[onward]
        self._state[onward] = self._next_state[onward]
        self._block[onward] = blocks[behind]

        cells = self._cells[rows][:, None, :]
        ordinals = (blocks[:, None] * BLOCK + np.arange(BLOCK)).astype(np.uint64)[:, :, None]
        # One word serves four conversions: every fourth ordinal of this stream is used.
        white = np.concatenate(self._white_stream.coarse_normals(cells, ordinals[:, ::4]), axis=1)
        white *= np.float32(p.white)
        self._white[rows] = white

        fresh = self._slow_stream.coarse_normals(cells, ordinals)
        slow = np.matmul(self._advance, np.concatenate((self._level[rows], *fresh), axis=1))
        self._next_level[rows] = slow[:, BLOCK:]
        self._add_telegraph(rows, ordinals, slow)
        self._slow[rows] = slow[:, :BLOCK]
        self._made[rows] = blocks

    def _add_telegraph(self, rows: Lines, ordinals: NDArray[np.uint64], slow: Singles) -> None:
        """Add telegraph noise to what the slow processes gave; only cells that have it are drawn."""
        row, col = np.nonzero(self._telegraph[rows])
        cells = self._cells[rows[row], col][:, None]
        flips = self._flip_stream.uniform(cells, ordinals[row, :, 0]) < 1 / self.parameters.telegraph_dwell
        up = np.logical_xor.accumulate(flips, axis=1)
        up ^= self._state[rows[row], col][:, None]
        slow[row, :BLOCK, col] += self._telegraph[rows[row], col][:, None] * (up - np.float32(0.5))
        self._next_state[rows[row], col] = up[:, -1]


def _advance(slow: float) -> Singles:
    """The matrix that takes the slow processes through one block.

    It acts on their levels at the start and BLOCK fresh normal draws of each; it gives their sum at each conversion,
    with `slow` as rms, and their levels at the end.
    """
    keep = np.exp(-1 / np.array(TIMES))[:, None, None]
    step, draw = np.arange(BLOCK)[:, None], np.arange(BLOCK)
    level = keep ** (step + 1)
    fresh = np.where(step >= draw, np.sqrt(1 - keep**2) * keep ** np.maximum(step - draw, 0), 0)
    count = len(TIMES)
    matrix = np.zeros((BLOCK + count, count + count * BLOCK))
    for process in range(count):
        columns = slice(count + process * BLOCK, count + (process + 1) * BLOCK)
        matrix[:BLOCK, process] = level[process, :, 0]
        matrix[:BLOCK, columns] = fresh[process]
        matrix[BLOCK + process, process] = level[process, -1, 0]
        matrix[BLOCK + process, columns] = fresh[process, -1]
    matrix[:BLOCK] *= slow / count**0.5
    return matrix.astype(np.float32)
