"""Thermal and shot noise of the current through each cell.

    variance = (4 k T G + 2 q |I|) B

B is the noise bandwidth of one internal sample of the current converter; n averaged samples divide it by n. Keyed by
the cell and its conversion ordinal, as the rest of its read noise.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmsim.noise import NoiseSource
from ohmsim.parameters import bounded

Floats = NDArray[np.float64]

BOLTZMANN_J, ELEMENTARY_C = 1.380649e-23, 1.602176634e-19
"""J/K and C (2019 SI)."""


@dataclass(frozen=True, slots=True)
class CurrentNoiseParameters:
    """`bandwidth` 0 switches it off; that of the board's converter is 220 kHz."""

    bandwidth: float = bounded(0, 0, 1e9, "Hz")


class CurrentNoise:
    """Of an array of rows x cols cells at `kelvin`."""

    def __init__(
        self, parameters: CurrentNoiseParameters, kelvin: float, rows: int, cols: int, noise: NoiseSource
    ) -> None:
        self.parameters, self._kelvin = parameters, kelvin
        self._cells = np.arange(rows * cols).reshape(rows, cols)
        self._stream = noise.stream("read.current", rows * cols)

    def spread_a(self, conductance_s: Floats, volts: Floats, samples: int) -> Floats:
        """Standard deviation of cells' currents, A."""
        thermal = 4 * BOLTZMANN_J * self._kelvin * conductance_s
        shot = 2 * ELEMENTARY_C * np.abs(conductance_s * volts)
        spread: Floats = np.sqrt((thermal + shot) * (self.parameters.bandwidth / samples))
        return spread

    def draw(
        self,
        rows: NDArray[np.intp],
        conversions: NDArray[np.uint64],
        conductance_s: Floats,
        volts: Floats,
        samples: int,
    ) -> Floats:
        """Noise currents of the cells of `rows` in one conversion, A, shape (rows, cols).

        `conversions` number the conversion for each row; conductance and voltage are of shape (rows, cols) or
        broadcast to it.
        """
        drawn = self._stream.normal(self._cells[rows], conversions[:, None])
        return drawn * self.spread_a(conductance_s, volts, samples)
