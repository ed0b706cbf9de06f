"""The analogue front end: line drivers, transimpedance amplifiers, current converter and trip comparators.

I > 0 flows from the cells into the column: output = column voltage - I Rf.
Nominal by default, with each deviation switched on by a parameter that scales what `hardware/board.toml` states. Every
error is drawn once a line, or a column and range, uniformly inside its tolerance, by the board's seed.
Not simulated: integral non-linearity, temperature, leakage of switches, the loops' own transients.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmsim.column_step import ColumnStep
from ohmsim.description import Description
from ohmsim.noise import NoiseSource
from ohmsim.parameters import bounded
from ohmsim.state import State

Floats = NDArray[np.float64]
Lines = NDArray[np.intp]

NOISE_BLOCK = 64
CODES = 32768
# Without a dimension: numpy takes six times as long for an operation with a scalar on few columns.
_LOWEST, _HIGHEST = np.array(-CODES), np.array(CODES - 1)


@dataclass(frozen=True, slots=True)
class FrontEndParameters:
    """How far the front end is from its nominal self, relative to the board's description, and what hangs on it."""

    line_error: float = bounded(0, 0, 1)  # gain and offset of line drivers
    range_error: float = bounded(0, 0, 1)  # feedback resistors and converter: gain of each column in each range
    amplifier_offset: float = bounded(0, 0, 1)  # input offset of the column amplifiers
    settling: float = bounded(0, 0, 100)  # time constants of amplifiers and converter filter; 0: there at once
    driver_noise: float = bounded(0, 0, 100)  # noise voltage of the row drivers
    amplifier_noise: float = bounded(0, 0, 100)  # input noise of the column amplifiers
    adc_noise: float = bounded(1, 0, 100)  # noise of the converter
    crosstalk: float = bounded(0, 0, 1000)  # between neighbouring channels of the converter
    line_pf: float = bounded(50, 0, 10_000)  # capacitance of what is connected to a column, pF


BOARD = FrontEndParameters(
    line_error=1,
    range_error=1,
    amplifier_offset=1,
    settling=1,
    driver_noise=1,
    amplifier_noise=1,
    adc_noise=1,
    crosstalk=1,
)
"""A board as it is built; with it goes the resistance of the row switches (`network.row_ohm`)."""


class FrontEnd:
    """Front end of a rows x cols board.

    Attributes:
        amplifier_v: input offset voltage of each column amplifier, at which it holds its column while reading, V, shape
            (cols,), or None if there is none.
        amplifier_v_rthz: input noise of the column amplifiers, V/sqrt(Hz), 0 for none.
        settling: time constants relative to the board's, 0 for none.
        driver_ohm: between a row driver at its rail and its line.
        step: what the amplifiers do in each range when columns are given a voltage.
        row_most_a: what every row driver can give at any voltage that its converter can ask for, A.
    """

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
        self._rf = np.array(board.rf_ohm)[:, None] * (
            1
            + parameters.range_error
            * (np.array(board.rf_tol) + board.adc_tol)[:, None]
            * np.stack([_error(noise, f"column.gain.{each}", cols) for each in range(len(board.rf_ohm))])
        )
        self.settling = parameters.settling
        self.amplifier_v: Floats | None = None
        if parameters.amplifier_offset:
            most_v = board.amplifier_offset_v * parameters.amplifier_offset
            self.amplifier_v = most_v * _error(noise, "amplifier.offset", cols)
            self._zero[1] += self.amplifier_v
        self.driver_ohm = board.riso_ohm + board.driver_saturated_ohm
        self.row_most_a = (board.swing_v - board.line_most_v) / self.driver_ohm
        self.step = ColumnStep.of(board, parameters.line_pf * 1e-12)
        self._crosstalk = parameters.crosstalk * board.adc_crosstalk
        self._driver_v = parameters.driver_noise * board.line_noise_v
        self._driver_noise = noise.stream("driver", rows)
        self.amplifier_v_rthz = parameters.amplifier_noise * board.amplifier_v_rthz
        self._amplifier_noise = noise.stream("amplifier", cols)
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
        ohm: Floats = -self._rf[ranges, self._cols]
        return ohm

    def driver_noise_v(self, rows: Lines, samples: int) -> Floats | None:
        """Noise of the voltages of `rows` in the next conversion, V, or None if there is none."""
        if not self._driver_v:
            return None
        drawn = self._driver_noise.normal(rows, self._conversions)
        drawn *= self._driver_v * samples**-0.5
        return drawn

    def amplifier_noise_v(self, gain: Floats, tau_s: Floats, duration_s: float) -> Floats:
        """Noise of all amplifiers in the next conversion, V: input noise times `gain`, its mean over the conversion.

        Two poles, the amplifier's of `tau_s` and the converter's, pass 1 / (4 (tau + tau)) Hz of white noise; what is
        left is taken as one pole of their sum when it is averaged.
        """
        both_s = tau_s + self.board.adc_tau_s
        variance = self.amplifier_v_rthz**2 * gain**2 / (4 * both_s)
        ratio = both_s / duration_s
        variance *= 2 * ratio * (1 + ratio * np.expm1(-1 / ratio))
        drawn: Floats = self._amplifier_noise.normal(self._cols, self._conversions) * np.sqrt(variance)
        return drawn

    def limited(self, outputs_v: Floats, currents_a: Floats) -> Floats:
        """Amplifier outputs that carry `currents_a` as far as the supplies let them go, V."""
        most_v = self.board.swing_v - self.board.amplifier_saturated_ohm * np.abs(currents_a)
        return np.clip(outputs_v, -most_v, most_v)

    def might_trip(self, most_a: Floats, col_v: Floats, transimpedance: Floats, step: Floats) -> bool:
        """Whether currents of at most `most_a` could bring an amplifier output beyond the comparators' level.

        `step`: most volts of an output for a volt that its column is given.
        """
        reach = most_a * transimpedance
        np.subtract(np.abs(col_v) * step, reach, out=reach)  # transimpedances are negative
        return bool(np.maximum.reduce(reach) > min(self.board.trip_pos_v, -self.board.trip_neg_v))

    def lets_go(self, row_a: Floats, row_v: Floats) -> bool:
        """Whether a row driver that gives `row_a` at `row_v` is beyond its rail; both of the rows that are on."""
        return bool((np.abs(row_v + row_a * self.driver_ohm) > self.board.swing_v).any())

    def rows_hold(self, transimpedance: Floats) -> bool:
        """Whether all columns together trip before any one row driver could be at its rail, by their ranges."""
        return bool((max(self.board.trip_pos_v, -self.board.trip_neg_v) / -transimpedance).sum() <= self.row_most_a)

    def trips(self, outputs_v: Floats) -> bool:
        """Whether an amplifier output is beyond the comparators' level."""
        return bool(
            np.maximum.reduce(outputs_v, axis=None) > self.board.trip_pos_v
            or np.minimum.reduce(outputs_v, axis=None) < self.board.trip_neg_v
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
        if self._crosstalk:
            measured[1:] += self._crosstalk * outputs_v[:-1]
            measured[:-1] += self._crosstalk * outputs_v[1:]
        measured *= self._codes_per_v[span]
        np.rint(measured, out=measured)
        np.maximum(measured, _LOWEST, out=measured)
        np.minimum(measured, _HIGHEST, out=measured)
        return measured.astype(np.int16)


def _error(noise: NoiseSource, name: str, lines: int) -> Floats:
    """Uniform from -1 to 1 for each line."""
    return 2 * noise.stream(name, lines).uniform(np.arange(lines), np.zeros(1, np.uint64)) - 1
