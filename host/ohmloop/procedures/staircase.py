"""Staircases: pulses of rising amplitude and width on some cells, until each has crossed its range."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log
from typing import Self

import numpy as np

from ohmloop.procedures.probe import Floats, Place, Probe, Record
from ohmloop.programming.profile import Drive

SURE = 4.0
"""A change of more than so many standard deviations of a reading is a change."""

LONGER = 2.0
"""Most that one pulse is longer than the one before, as a factor."""


@dataclass(frozen=True, slots=True)
class Staircase:
    """Pulses of one polarity, each stronger than the one before.

    Attributes:
        way: 1 for SET and -1 for RESET.
        volts, widths_s: of each pulse, shape (steps,); magnitudes in V, widths in s.
        end_s: a cell is done when its conductance has passed this, S.
    """

    way: int
    volts: Floats
    widths_s: Floats
    end_s: float

    @classmethod
    def of(cls, way: int, drive: Drive, step_v: float, widths_s: tuple[float, float], end_s: float) -> Self:
        """Amplitudes of a polarity with the shortest of the widths, then longer and longer pulses of the largest."""
        shortest_s, longest_s = widths_s
        volts = np.append(np.arange(drive.start_v, drive.max_v, step_v), drive.max_v)
        longer_s = np.geomspace(shortest_s, longest_s, 1 + ceil(log(longest_s / shortest_s) / log(LONGER)))[1:]
        return cls(
            way,
            np.append(volts, np.full(longer_s.size, drive.max_v)),
            np.append(np.full(volts.size, shortest_s), longer_s),
            end_s,
        )


@dataclass(frozen=True, slots=True)
class Climbed:
    """What staircases showed, shape (n,): first amplitude that moved the cell, V (NaN if none did)."""

    moved_v: Floats
    repeated: Floats
    """Change by a second equal pulse over that by the first; NaN where this was not tried."""


def climb(
    probe: Probe,
    place: Place,
    staircase: Staircase,
    record: Record,
    *,
    noise: float,
    start_v: Floats | None = None,
    repeat_above_s: float | None = None,
) -> Climbed:
    """Give each cell the pulses of a staircase until it is done.

    Args:
        probe: pulses them.
        place: the cells.
        staircase: the pulses.
        record: takes every step. Cells are numbered by their place in `place`.
        noise: scatter of one reading as a fraction of the conductance.
        start_v: each cell begins with the first pulse of at least this amplitude, V, shape (n,); with the first if
            it is NaN or None.
        repeat_above_s: the first pulse that moves a cell by more than this, S, is given once more; None: none is.
    """
    step = np.searchsorted(staircase.volts, np.zeros(len(place)) if start_v is None else np.nan_to_num(start_v))
    now_s = np.nanmean(probe.read(place, 2), axis=0)
    moved_v, repeated = np.full(len(place), np.nan), np.full(len(place), np.nan)
    first_s = np.full(len(place), np.nan)
    climbing = np.flatnonzero((staircase.way * (staircase.end_s - now_s) > 0) & (step < staircase.volts.size))
    while climbing.size:
        volts, widths_s = staircase.volts[step[climbing]], staircase.widths_s[step[climbing]]
        after_s = probe.pulse(place.chosen(climbing), staircase.way * volts, widths_s)
        before_s = now_s[climbing]
        record.add(climbing, staircase.way * volts, widths_s, before_s, after_s)
        change_s = staircase.way * (after_s - before_s)
        visible = change_s > SURE * noise * np.maximum(before_s, after_s)
        moved_v[climbing] = np.where(np.isnan(moved_v[climbing]) & visible, volts, moved_v[climbing])
        again = np.zeros(climbing.size, dtype=bool)
        if repeat_above_s is not None:
            second = np.isfinite(first_s[climbing]) & np.isnan(repeated[climbing])
            repeated[climbing[second]] = change_s[second] / first_s[climbing[second]]
            again = np.isnan(first_s[climbing]) & (change_s > repeat_above_s)
            first_s[climbing[again]] = change_s[again]
        now_s[climbing] = np.where(np.isfinite(after_s), after_s, before_s)
        step[climbing[~again]] += 1
        passed = staircase.way * (now_s[climbing] - staircase.end_s) >= 0
        climbing = climbing[again | (~passed & (step[climbing] < staircase.volts.size))]
    return Climbed(moved_v, repeated)
