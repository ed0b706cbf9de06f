"""SI quantities as the integers and decimal texts of the wire: whole microvolts, nanoseconds and units of 10 pA."""

from __future__ import annotations

from dataclasses import dataclass
from math import floor

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmloop.crossbar import Bias, Capabilities, CurrentRange, Limits, ProtocolError, PulseList, ReadConditions, Setup

CURRENT_UNITS = 1e11
"""Units of current in 1 A."""
OVER_POSITIVE = 2**31 - 1
OVER_NEGATIVE = -(2**31) + 1
NO_READING = -(2**31)

RANGES = (CurrentRange.L, CurrentRange.M, CurrentRange.H)


def microvolts(volts: ArrayLike) -> NDArray[np.int64]:
    """Nearest whole microvolts."""
    return np.rint(np.asarray(volts, dtype=np.float64) * 1e6).astype(np.int64)


def nanoseconds(seconds: ArrayLike) -> NDArray[np.int64]:
    """Nearest whole nanoseconds."""
    return np.rint(np.asarray(seconds, dtype=np.float64) * 1e9).astype(np.int64)


def cell_words(rows: ArrayLike, cols: ArrayLike) -> NDArray[np.int64]:
    """Cells as the wire numbers them: row above column, 16 bits each."""
    return np.asarray(rows, dtype=np.int64) << 16 | np.asarray(cols, dtype=np.int64)


def pulse_words(pulses: PulseList, set_polarity: int) -> NDArray[np.int64]:
    """Cell, microvolts (row minus column) and nanoseconds of each pulse, shape (n, 3).

    Raises ValueError for a width outside 32-bit nanoseconds or an amplitude that rounds to 0.
    """
    uv = microvolts(pulses.volts) * set_polarity
    if not np.all(uv):
        raise ValueError("a pulse amplitude is below half a microvolt")
    return np.stack([cell_words(pulses.rows, pulses.cols), uv, nanoseconds(pulses.widths_s)], axis=1)


def amperes(words: NDArray[np.int32]) -> NDArray[np.float64]:
    """Currents in A; +inf or -inf beyond the range, NaN without a reading."""
    currents = words.astype(np.float64) / CURRENT_UNITS
    currents[words == OVER_POSITIVE] = np.inf
    currents[words == OVER_NEGATIVE] = -np.inf
    currents[words == NO_READING] = np.nan
    return currents


def volts_text(uv: int) -> str:
    """Whole microvolts as decimal volts."""
    return f"{'-' if uv < 0 else ''}{abs(uv) // 1_000_000}.{abs(uv) % 1_000_000:06d}"


def seconds_text(ns: int) -> str:
    """Whole nanoseconds as decimal seconds."""
    return f"{ns // 1_000_000_000}.{ns % 1_000_000_000:09d}"


def setup_text(setup: Setup) -> str:
    """The arguments of CONFigure; two set-ups are the same to a board if these are."""
    read = setup.read
    volts = volts_text(int(microvolts(read.volts)))
    return f"{volts},{read.averages},{read.current_range},{setup.bias},{setup.pulse_range}"


def parse_setup(text: str) -> Setup:
    """What CONFigure? answers. Raises ProtocolError."""
    try:
        volts, averages, read_range, bias, pulse_range = text.split(",")
        read = ReadConditions(float(volts), int(averages), CurrentRange(read_range.upper()))
        return Setup(read, Bias(bias.upper()), CurrentRange(pulse_range.upper()))
    except ValueError as error:
        raise ProtocolError(f"the board describes its set-up as {text!r}, which is not understood: {error}") from None


@dataclass(frozen=True, slots=True)
class LimitWords:
    """Limits as a board keeps them: magnitudes row minus column in uV, ns, place of the range, pulses."""

    v_read_uv: int
    v_pos_uv: int
    v_neg_uv: int
    width_max_ns: int
    range_max: int
    pulses_max: int

    @classmethod
    def of(cls, limits: Limits, board: Capabilities) -> LimitWords:
        """The lower of the device's limits and the board's, rounded down."""
        positive, negative = limits.v_set, limits.v_reset
        if limits.set_polarity < 0:
            positive, negative = negative, positive
        most = board.limits
        return cls(
            _whole(min(limits.v_read, most.v_read), 1e6),
            _whole(min(positive, most.v_set), 1e6),
            _whole(min(negative, most.v_set), 1e6),
            _whole(min(limits.width_max_s, most.width_max_s), 1e9),
            min(RANGES.index(limits.range_max), RANGES.index(most.range_max)),
            min(limits.pulses_max, most.pulses_max),
        )

    @property
    def text(self) -> str:
        """The arguments of ARM after the hash."""
        volts = ",".join(volts_text(uv) for uv in (self.v_read_uv, self.v_pos_uv, self.v_neg_uv))
        return f"{volts},{seconds_text(self.width_max_ns)},{RANGES[self.range_max]},{self.pulses_max}"


def _whole(value: float, scale: float) -> int:
    return floor(value * scale + 1e-6)  # 0.3 * 1e6 is a hair below 300,000
