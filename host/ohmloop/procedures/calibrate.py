"""Row drivers corrected by reference resistors in the place of the device.

A row that is asked for V gives V (1 + gain) + offset. A resistor G between row i and column j then carries

    I_ij(V) = G (1 + column_j) (V (1 + gain_i) + offset_i),

a line in V; its slope tells row from column as soon as columns share rows. Many read voltages are used: each is rounded
to a code of the driver, and the roundings average. Zeros of amplifiers and converter are taken out by the board itself.
The column's own error (its feedback resistor, its part of the converter) cannot be corrected in the board; it is
reported. Column drivers are not measured: they stand still while cells are read.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import Crossbar, CurrentRange, Readings, RowCorrections, Setup
from ohmloop.store import Run

Floats = NDArray[np.float64]
Lines = NDArray[np.intp]

VOLTAGES = 24
LEAST = 0.3
"""Smallest read voltage, as a part of the largest."""
AVERAGES = 256
GAIN_UNSURE = 2e-3
"""Of a row's gain: columns' resistors and converter 0.15 %, reference resistors 0.05 % (board notes, section 3)."""
OFFSET_UNSURE_V = 0.2e-3
"""Of a row's offset: one step of its driver, and noise."""
FULL = 0.9
"""Largest part of a current range that is used."""


class CalibrationError(Exception):
    """Nothing was corrected: the readings do not fit the reference resistors."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What was found.

    Attributes:
        rows: in force now. limited: rows whose error seems to be larger than the board's tolerance, by no more than
            what a column and a resistor may be off: corrected up to the tolerance.
        columns: gain error of each column in `current_range`, a fraction; NaN without a resistor.
        before, after: largest deviation of a reading from its resistor at the largest voltage, a fraction.
        identity: of the corrections, as every reading from now on names it.
    """

    rows: RowCorrections
    limited: tuple[int, ...]
    columns: Floats
    current_range: CurrentRange
    before: float
    after: float
    identity: str


def calibrate(crossbar: Crossbar, resistors_ohm: Floats, run: Run, *, keep: bool = False) -> Calibration:
    """Measure the row drivers and correct them; moves nothing that is not a resistor.

    Args:
        crossbar: armed, if it is to read above what an unarmed board may.
        resistors_ohm: between row and column, ohm, shape (rows, cols); NaN where there is none. One for each row at
            least; with one alone for each column too, a column's error counts as its row's.
        run: where every reading is kept.
        keep: have the board keep the corrections when it loses its supply.

    Raises CalibrationError, after which no correction is in force; ValueError for resistors that make no sense;
    CrossbarError; StoreError.
    """
    conductance_s = _references(resistors_ohm, crossbar)
    accuracy = crossbar.capabilities.accuracy
    # Twice: a correction may add to what is asked of a driver as much as the driver itself may.
    largest_v = accuracy.read_volts_within(accuracy.read_volts_within(_limit_v(crossbar)))
    setup = _setup(crossbar, float(np.nanmax(conductance_s)) * largest_v)
    crossbar.correct_rows(RowCorrections.none(len(conductance_s)))
    volts = np.linspace(LEAST, 1, VOLTAGES) * largest_v
    currents = np.array([_read(crossbar, setup, v, run).currents_a for v in volts])
    found, columns = _fit(volts, currents, conductance_s)
    for name, values, most in (
        ("gain", found.gains, accuracy.gain + GAIN_UNSURE),
        ("offset", found.offsets_v, accuracy.offset_v + OFFSET_UNSURE_V),
    ):
        row = int(np.argmax(np.abs(values)))
        if abs(values[row]) > most:
            raise CalibrationError(
                f"row {row} of {crossbar.capabilities.serial} has a {name} error of {values[row]:.2g}, and the board "
                f"states at most {most:.2g}, uncertainty included: check its resistors, or the board"
            )
    # A board takes no correction beyond its tolerance: rows that seem to be just outside are corrected up to there.
    loaded = RowCorrections(
        np.clip(found.offsets_v, -accuracy.offset_v, accuracy.offset_v),
        np.clip(found.gains, -accuracy.gain, accuracy.gain),
    )
    limited = (loaded.offsets_v != found.offsets_v) | (loaded.gains != found.gains)
    crossbar.correct_rows(loaded, keep=keep)
    last = _read(crossbar, setup, largest_v, run)
    before, after = (
        float(np.nanmax(np.abs(measured / (largest_v * conductance_s) - 1)))
        for measured in (currents[-1], last.currents_a)
    )
    rows = tuple(np.flatnonzero(limited).tolist())
    return Calibration(loaded, rows, columns, setup.read.current_range, before, after, last.origin.calibration)


def _references(resistors_ohm: Floats, crossbar: Crossbar) -> Floats:
    geometry = crossbar.capabilities.geometry
    if resistors_ohm.shape != (geometry.rows, geometry.cols):
        raise ValueError(f"resistors have the shape ({geometry.rows}, {geometry.cols}), not {resistors_ohm.shape}")
    if not (np.isnan(resistors_ohm) | ((resistors_ohm > 0) & np.isfinite(resistors_ohm))).all():
        raise ValueError("resistors must be above 0 ohm and finite, or not a number where there is none")
    without = np.flatnonzero(np.isnan(resistors_ohm).all(axis=1))
    if without.size:
        raise ValueError(f"row {without[0]} has no resistor")
    conductance_s: Floats = 1 / resistors_ohm
    return conductance_s


def _limit_v(crossbar: Crossbar) -> float:
    limits, said = crossbar.limits, crossbar.capabilities
    return said.v_read_unarmed if limits is None else min(limits.v_read, said.limits.v_read)


def _setup(crossbar: Crossbar, most_a: float) -> Setup:
    """Reading in the finest range that takes `most_a`: a column has another error in each."""
    for name, full_a in sorted(crossbar.capabilities.full_scale_a.items(), key=lambda item: item[1]):
        if most_a <= FULL * full_a:
            read = replace(crossbar.setup.read, averages=AVERAGES, current_range=CurrentRange(name))
            return replace(crossbar.setup, read=read)
    raise CalibrationError(f"the smallest resistor carries {most_a:.3g} A, more than any current range")


def _read(crossbar: Crossbar, setup: Setup, volts: float, run: Run) -> Readings:
    crossbar.configure(replace(setup, read=replace(setup.read, volts=float(volts))))
    readings = crossbar.read_array()
    rows, cols = np.indices(readings.currents_a.shape)
    run.read(crossbar.capabilities.serial, rows, cols, readings)
    return readings


def _fit(volts: Floats, currents_a: Floats, conductance_s: Floats) -> tuple[RowCorrections, Floats]:
    """Slopes and intercepts of all resistors, then what rows and what columns have in common."""
    present = ~np.isnan(conductance_s)
    if not np.isfinite(currents_a[:, present]).all():
        raise CalibrationError("a resistor is beyond the current range: it carries more than its value allows")
    design = np.stack((volts, np.ones(volts.size)), axis=1)
    (slope, intercept), *_ = np.linalg.lstsq(design, currents_a[:, present], rcond=None)
    rows, cols = present.nonzero()
    if (slope <= 0).any():
        where = int(np.argmax(slope <= 0))
        raise CalibrationError(f"no current through the resistor of cell {rows[where]},{cols[where]}: is it there?")
    gains, columns = _apart(np.log(slope / conductance_s[present]), rows, cols, present.shape)
    offset_v = np.bincount(rows, intercept / slope) / np.bincount(rows)
    # slope = G (1 + column) (1 + gain) and intercept = G (1 + column) offset.
    return RowCorrections(offset_v * (1 + gains), gains), columns


def _apart(ratios: Floats, rows: Lines, cols: Lines, shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Least squares of log ratios as a row's part and a column's part; of all solutions the one of least columns."""
    design = np.zeros((ratios.size, sum(shape)))
    design[np.arange(ratios.size), rows] = 1
    design[np.arange(ratios.size), shape[0] + cols] = 1
    parts = np.linalg.lstsq(design, ratios, rcond=None)[0]
    row, column = parts[: shape[0]], parts[shape[0] :]
    seen = np.isin(np.arange(shape[1]), cols)
    # Adding to all rows what is taken from all columns changes nothing: columns are 0 on average.
    common = column[seen].mean()
    return np.expm1(row + common), np.where(seen, np.expm1(column - common), np.nan)
