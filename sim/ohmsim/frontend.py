"""The analogue front end: line drivers, transimpedance amplifiers, current converter and trip comparators.

I > 0 flows from the cells into the column: output = column voltage - I Rf.
Simulated: code steps of the line drivers, their errors within the stated tolerance (off by default), the
amplifiers' ranges, noise, steps and span of the current converter, the trip level.
Not simulated: settling, amplifier offset and saturation, switch resistance, current limits of the drivers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmsim.description import Description
from ohmsim.noise import NoiseSource
from ohmsim.parameters import bounded
from ohmsim.state import State

Floats = NDArray[np.float64]

NOISE_BLOCK = 64
CODES = 32768
# Without a dimension: numpy takes six times as long for an operation with a scalar on few columns.
_LOWEST, _HIGHEST = np.array(-CODES), np.array(CODES - 1)


@dataclass(frozen=True, slots=True)
class FrontEndParameters:
    """How far the front end is from its nominal self."""

    line_error: float = bounded(0, 0, 1)  # lines are off by up to this part of the stated tolerance, uniformly
    adc_noise: float = bounded(1, 0, 100)  # converter noise relative to the board's description


class FrontEnd:
    """Front end of a rows x cols board."""

    def __init__(
        self,
        board: Description,
        rows: int,
        cols: int,
        parameters: FrontEndParameters,
        noise: NoiseSource,
        state: State,
    ) -> None:
        self.board = board
        self._slope: list[Floats] = []
        self._zero: list[Floats] = []
        for side, lines in (("row", rows), ("col", cols)):
            gain = board.tol_gain * parameters.line_error * _error(noise, f"line.{side}.gain", lines)
            offset = board.tol_offset_v * parameters.line_error * _error(noise, f"line.{side}.offset", lines)
            slope = board.v_per_code * (1 + gain)
            self._slope.append(slope)
            self._zero.append(offset - slope * board.zero_code)
        self._transimpedance = -np.array(board.rf_ohm)
        self._cols = np.arange(cols)
        self._noise = noise.stream("adc", cols)
        self._noise_v = {
            (span, 1 << k): np.array(parameters.adc_noise * volts * 2 ** (-k / 2))
            for span, volts in enumerate(board.adc_noise_v)
            for k in range(len(board.conversion_ns))
        }
        self._codes_per_v = [np.array(CODES / span) for span in board.adc_span_v]
        self._conversions: NDArray[np.uint64] = state.array("adc.conversions", (1,), np.uint64)
        self._block = np.empty((NOISE_BLOCK, cols))
        self._made = -1

    def line_volts(self, side: int, codes: Floats) -> Floats:
        """Driver outputs of all rows (side 0) or columns (side 1), V, for codes (whole numbers)."""
        volts = codes * self._slope[side]
        volts += self._zero[side]
        return volts

    def transimpedances(self, ranges: NDArray[np.integer]) -> Floats:
        """Output volts per ampere of each column, ohm: negative, because the amplifiers invert."""
        ohm: Floats = self._transimpedance[ranges]
        return ohm

    def might_trip(self, most_a: Floats, col_v: Floats, transimpedance: Floats) -> bool:
        """Whether currents of at most `most_a` could bring an amplifier output beyond the comparators' level."""
        reach = most_a * transimpedance
        np.subtract(np.abs(col_v), reach, out=reach)  # transimpedances are negative
        return bool(np.maximum.reduce(reach) > min(self.board.trip_pos_v, -self.board.trip_neg_v))

    def trips(self, outputs_v: Floats) -> bool:
        """Whether an amplifier output is beyond the comparators' level."""
        return bool(
            np.maximum.reduce(outputs_v) > self.board.trip_pos_v or np.minimum.reduce(outputs_v) < self.board.trip_neg_v
        )

    def convert(self, outputs_v: Floats, span: int, samples: int) -> NDArray[np.int16]:
        """One conversion of all columns, `samples` internal samples: signed codes, at the end of the span if beyond."""
        ordinal = int(self._conversions[0])
        block, place = divmod(ordinal, NOISE_BLOCK)
        if block != self._made:
            ordinals = np.arange(block * NOISE_BLOCK, (block + 1) * NOISE_BLOCK, dtype=np.uint64)[:, None]
            self._block[...] = self._noise.normal(self._cols, ordinals)
            self._made = block
        self._conversions[0] = ordinal + 1
        measured: Floats = self._block[place] * self._noise_v[span, samples]
        measured += outputs_v
        measured *= self._codes_per_v[span]
        np.rint(measured, out=measured)
        np.maximum(measured, _LOWEST, out=measured)
        np.minimum(measured, _HIGHEST, out=measured)
        return measured.astype(np.int16)


def _error(noise: NoiseSource, name: str, lines: int) -> Floats:
    """Uniform from -1 to 1 for each line."""
    return 2 * noise.stream(name, lines).uniform(np.arange(lines), np.zeros(1, np.uint64)) - 1
