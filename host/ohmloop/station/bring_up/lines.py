"""What needs energised lines, at 0 V; a little voltage only where it is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import BoardRefusal, Crossbar, CurrentRange, restoring
from ohmloop.drivers.refusals import CONVERTER, TRIPPED
from ohmloop.station.bring_up.step import Step, judged, not_possible

Floats = NDArray[np.float64]

FLIP_FLOP = "measure TRIP_N (3.1 V), +5VA (above 4.6 V) and TIAOUT_0 (0 V); look for a short in the socket"
CONVERTERS = "check U301 to U303: supplies, solder, SPI and BUSY; then clear the shutdown with `ohmloop arm --clear`"
COLUMNS = "measure TIAOUT of that column (0 V ± 10 mV): its amplifier, feedback resistor or range switch"
EMPTY = "clean the board there; a whole row or column means a bridge or a switch that does not open"
TRIP = "measure PEAK_P and PEAK_N at U503, TRIP_N and ARMED; one column alone: its double diode"
WIRING = "a whole row: its switch or driver; a whole column: its amplifier or range switch; one cell: the socket"

NOTHING_A = 5e-9
"""Of a cell that is not there, A: leakage of switches and clamps 0.5 nA, one step of the converter 0.8 nA, eight times
the noise of 16 conversions in range L, 0.4 nA (153 and 79 µV over 100 kilohm, docs/explanation/board.md)."""

COLUMN = 2e-3
"""Of a column: feedback resistor and switch 0.12 %, converter 0.05 % (hardware/board.toml)."""

TRIP_OF_RANGE = 2.5
"""A current that trips for sure, of the largest that a range reads: 5.38 V of 2.5 V, and what a driver may lack."""

RESISTOR = 0.01
"""Of a resistor in the socket, a fraction: ordinary 1 % parts."""


def at_zero(board: Crossbar) -> Iterator[Step]:
    """One conversion with every line at 0 V: flip-flop and converters hold, and no column drifts off.

    Cells see the drivers' offsets, 5 mV at most.
    """
    holds, answers = "stays set with every line at 0 V", "check sums, identities and read-back are right"
    try:
        currents_a = board.multiply(np.zeros((1, board.capabilities.geometry.rows))).currents_a[0]
    except BoardRefusal as error:
        if error.code not in (TRIPPED, CONVERTER):
            raise
        yield judged("arm flip-flop", error.code != TRIPPED, _unless(error, TRIPPED, "stays set"), holds, FLIP_FLOP)
        if error.code == CONVERTER:
            yield judged("converters", False, str(error), answers, CONVERTERS)
        return
    yield judged("arm flip-flop", True, "stays set", holds, FLIP_FLOP)
    yield judged("converters", True, "answer", answers, CONVERTERS)
    off = np.flatnonzero(~np.isfinite(currents_a))
    most_a = float(np.abs(currents_a[np.isfinite(currents_a)]).max(initial=0.0))
    beyond = f"; beyond the range: column {', '.join(map(str, off.tolist()))}" if off.size else ""
    yield judged("columns at 0 V", not beyond, f"at most {_amperes(most_a)}{beyond}", "within the range", COLUMNS)


def empty_socket(board: Crossbar) -> Iterator[Step]:
    """Every cell read with nothing in the socket, at what an unarmed board may apply."""
    volts, currents_a = _read(board)
    worst = _worst(np.where(np.isfinite(currents_a), np.abs(currents_a), np.inf))
    yield judged(
        "empty socket",
        bool((np.abs(currents_a) <= NOTHING_A).all()),
        f"{volts * 1e3:.1f} mV applied; at most {_amperes(abs(currents_a[worst]))}, cell {worst[0]},{worst[1]}",
        f"at most {_amperes(NOTHING_A)}",
        EMPTY,
    )


def resistors(board: Crossbar, resistors_ohm: Floats) -> Iterator[Step]:
    """Known resistors in the socket, read at what an unarmed board may apply: their rows and columns work."""
    geometry = board.capabilities.geometry
    if resistors_ohm.shape != (geometry.rows, geometry.cols):
        shape = "x".join(map(str, resistors_ohm.shape))
        yield not_possible("resistors", f"the file has {shape} resistors, the array is {geometry}")
        return
    volts, currents_a = _read(board)
    accuracy = board.capabilities.accuracy
    tolerance = accuracy.offset_v / volts + accuracy.gain + COLUMN + RESISTOR
    there = ~np.isnan(resistors_ohm)
    expected_a = np.where(there, volts / resistors_ohm, 0.0)
    with np.errstate(invalid="ignore"):
        excess = np.abs(currents_a - expected_a) / np.where(there, tolerance * expected_a, NOTHING_A)
    excess[~np.isfinite(currents_a)] = np.inf
    worst = _worst(excess)
    bad = np.argwhere(excess > 1)
    yield judged(
        "resistors",
        bad.size == 0,
        f"{volts * 1e3:.1f} mV applied; cell {worst[0]},{worst[1]} carries {_amperes(currents_a[worst])} instead of "
        f"{_amperes(expected_a[worst])}" + (f"; wrong: {' '.join(f'{r},{c}' for r, c in bad[:8])}" if bad.size else ""),
        f"± {tolerance:.1%}, drivers' offsets included; {_amperes(NOTHING_A)} where there is none",
        WIRING,
    )


def overload(board: Crossbar) -> Iterator[Step]:
    """Small resistors in the socket, row i to column i: each column must trip in its finest range.

    Each trip is cleared again.
    """
    said = board.capabilities
    columns = range(min(said.geometry.rows, said.geometry.cols))
    with _reading(board, averages=1, current_range=CurrentRange.L) as volts:
        silent = [str(col) for col in columns if not _trips(board, col)]
    least_ohm = volts / said.full_scale_a[CurrentRange.L]
    yield judged(
        "trip",
        not silent,
        f"{volts * 1e3:.1f} mV applied in range L; "
        + (f"no trip: column {', '.join(silent)}" if silent else "all trip"),
        "every column trips",
        f"{TRIP}; resistors must be below {least_ohm / TRIP_OF_RANGE:.0f} ohm",
    )


def _trips(board: Crossbar, col: int) -> bool:
    try:
        board.read_cells(np.array([col]), np.array([col]))
    except BoardRefusal as error:
        if error.code != TRIPPED:
            raise
        board.clear()
        return True
    return False


def _read(board: Crossbar) -> tuple[float, Floats]:
    """Voltage and currents of the whole array."""
    with _reading(board, averages=16, current_range=CurrentRange.AUTO) as volts:
        return volts, board.read_array().currents_a


@contextmanager
def _reading(board: Crossbar, *, averages: int, current_range: CurrentRange) -> Iterator[float]:
    """The most that an unarmed board may apply, V; afterwards the set-up is as it was."""
    before = board.setup
    volts = board.capabilities.accuracy.read_volts_within(board.capabilities.v_read_unarmed)
    read = replace(before.read, volts=volts, averages=averages, current_range=current_range)
    with restoring(board, before):
        board.configure(replace(before, read=read))
        yield volts


def _worst(values: Floats) -> tuple[int, int]:
    row, col = np.unravel_index(int(np.argmax(values)), values.shape)
    return int(row), int(col)


def _unless(error: BoardRefusal, code: int, otherwise: str) -> str:
    return str(error) if error.code == code else otherwise


def _amperes(value: float) -> str:
    for unit, scale in (("mA", 1e-3), ("µA", 1e-6)):
        if scale <= abs(value) < np.inf:
            return f"{value / scale:.3g} {unit}"
    return f"{value / 1e-9:.2g} nA" if np.isfinite(value) else "more than the range"
