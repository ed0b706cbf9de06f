"""Staircases: pulses of rising amplitude on some cells, until each has crossed its range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmloop.procedures.probe import Floats, Place, Probe, Record

SURE = 4.0
"""A change of more than so many standard deviations of a reading is a change."""


@dataclass(frozen=True, slots=True)
class Staircase:
    """One polarity: `way` is 1 for SET and -1 for RESET; voltages are magnitudes in V, widths in s.

    A cell is done when its conductance has passed `end_s`, in S, or at `max_v`.
    """

    way: int
    step_v: float
    max_v: float
    width_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Climbed:
    """What staircases showed, shape (n,): first amplitude that moved the cell, V (NaN if none did)."""

    moved_v: Floats
    repeated: Floats
    """Change by a second pulse of the same amplitude over that by the first; NaN where this was not tried."""


def climb(
    probe: Probe,
    place: Place,
    staircase: Staircase,
    start_v: Floats,
    record: Record,
    *,
    noise: float,
    repeat_above_s: float | None = None,
) -> Climbed:
    """Pulse each cell with rising amplitudes from its `start_v` on, shape (n,).

    Args:
        probe: pulses them.
        place: the cells.
        staircase: the pulses.
        start_v: first amplitude of each cell, V.
        record: takes every step. Cells are numbered by their place in `place`.
        noise: scatter of one reading as a fraction of the conductance.
        repeat_above_s: the first pulse that moves a cell by more than this, S, is given once more; None: none is.
    """
    volts = np.minimum(start_v, staircase.max_v).astype(np.float64)
    now_s = np.nanmean(probe.read(place, 2), axis=0)
    moved_v, repeated = np.full(len(place), np.nan), np.full(len(place), np.nan)
    first_s = np.full(len(place), np.nan)
    climbing = np.flatnonzero(staircase.way * (staircase.end_s - now_s) > 0)
    while climbing.size:
        given = staircase.way * volts[climbing]
        after_s = probe.pulse(place.chosen(climbing), given, staircase.width_s)
        before_s = now_s[climbing]
        record.add(climbing, given, before_s, after_s)
        change_s = staircase.way * (after_s - before_s)
        visible = change_s > SURE * noise * np.maximum(before_s, after_s)
        moved_v[climbing] = np.where(np.isnan(moved_v[climbing]) & visible, np.abs(given), moved_v[climbing])
        again = np.zeros(climbing.size, dtype=bool)
        if repeat_above_s is not None:
            second = np.isfinite(first_s[climbing]) & np.isnan(repeated[climbing])
            repeated[climbing[second]] = change_s[second] / first_s[climbing[second]]
            again = np.isnan(first_s[climbing]) & (change_s > repeat_above_s)
            first_s[climbing[again]] = change_s[again]
        now_s[climbing] = np.where(np.isfinite(after_s), after_s, before_s)
        volts[climbing[~again]] += staircase.step_v
        passed = staircase.way * (now_s[climbing] - staircase.end_s) >= 0
        climbing = climbing[again | (~passed & (volts[climbing] <= staircase.max_v))]
    return Climbed(moved_v, repeated)


def below(moved_v: Floats, staircase: Staircase, steps: int, otherwise_v: float) -> Floats:
    """Where to begin a further staircase: so many steps below the amplitude that moved each cell, V."""
    known: NDArray[np.float64] = np.where(np.isfinite(moved_v), moved_v - steps * staircase.step_v, otherwise_v)
    return np.maximum(known, staircase.step_v)
