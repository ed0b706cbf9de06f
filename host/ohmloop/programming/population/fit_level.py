"""Learning the population of a level-type device from cycles of SET and rising RESET."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.errors import PopulationError
from ohmloop.programming.population.level import LevelPopulation
from ohmloop.programming.population.rate import READ_FLOOR, READ_NOISE
from ohmloop.programming.population.records import StepRecords
from ohmloop.programming.profile import ProgrammingProfile

Floats = NDArray[np.float64]

DEPTHS = np.linspace(0.03, 0.97, 48)
CYCLES_MIN = 4
"""Complete cycles below which nothing is learned."""

ALIKE = 0.5
"""A response is believed if its mean is at least this part of its rms."""

DISTANCES = (4, 8, 16)
"""Numbers of depths between two points of a curve over which its shape is compared."""

COMPLETE = 0.9
"""A cycle counts if its RESET goes so deep, as a fraction of what the deepest of all reach."""


def fit_level(
    records: StepRecords,
    profile: ProgrammingProfile,
    *,
    read_noise: float = READ_NOISE,
    read_floor_s: float | None = None,
) -> LevelPopulation:
    """The mean RESET curve of these cells and how far cells and cycles are shifted against it.

    Args:
        records: for each cell, in order, cycles of a SET pulse and RESET pulses of rising amplitude.
        profile: where conductances lie.
        read_noise: scatter of one reading, as of LevelPopulation.
        read_floor_s: its part that does not depend on the conductance, S.

    Raises PopulationError if there are fewer than CYCLES_MIN cycles whose RESET goes all the way.
    """
    cycles = [cycle for cell in np.unique(records.cells) for cycle in _cycles(records, int(cell))]
    ends_s = [float(cycle.reached_s[-1]) for cycle in cycles]
    floor_s = float(np.median(ends_s)) if ends_s else 0.0
    deep = [cycle for cycle in cycles if cycle.depth(floor_s)[-1] >= COMPLETE]
    if len(deep) < CYCLES_MIN:
        raise PopulationError(
            f"only {len(deep)} cycles of SET and RESET go all the way; {CYCLES_MIN} are needed: measure more cells, or "
            "raise the amplitudes of the profile"
        )
    floor_s = float(np.median([cycle.reached_s[-1] for cycle in deep]))
    curves = np.array([np.interp(DEPTHS, cycle.depth(floor_s), cycle.volts) for cycle in deep])
    mean = curves.mean(axis=0)
    response = _response(curves - mean)
    shifts = (curves - mean) @ response / (response @ response)
    numbers = np.array([cycle.cell for cycle in deep])
    cells = np.unique(numbers)
    of_cell = np.array([shifts[numbers == cell].mean() for cell in cells])
    within = shifts - of_cell[np.searchsorted(cells, numbers)]
    # One degree of freedom a cell went into its mean.
    freedom = max(len(deep) - cells.size, 1)
    lows_s = np.array([cycle.low_s for cycle in deep])
    return LevelPopulation(
        set_v=max(cycle.set_v for cycle in deep),
        low_s=float(lows_s.mean()),
        low_spread_s=float(lows_s.std()),
        floor_s=floor_s,
        depths=tuple(DEPTHS.tolist()),
        volts=tuple(np.maximum.accumulate(mean + 1e-6 * np.arange(mean.size)).tolist()),
        response=tuple(response.tolist()),
        shape_error=_shape_error(curves - mean - np.outer(shifts, response), mean),
        device_spread_v=float(of_cell.std()),
        cycle_spread_v=float(np.sqrt((within**2).sum() / freedom)),
        read_noise=read_noise,
        read_floor_s=READ_FLOOR * profile.span_s if read_floor_s is None else read_floor_s,
        cells=int(cells.size),
    )


def _response(deviations: Floats) -> Floats:
    """The way in which curves mostly differ from their mean (first principal component), 1 on average.

    Curves that do not differ, or in opposite ways at different depths, are taken as shifted as a whole.
    """
    strength, ways = np.linalg.svd(deviations, full_matrices=False)[1:]
    average = float(ways[0].mean())
    if strength[0] == 0 or abs(average) * np.sqrt(ways[0].size) < ALIKE:
        return np.ones(ways.shape[1])
    response: Floats = ways[0] / average
    return response


def _shape_error(residuals: Floats, mean: Floats) -> float:
    """Error of the step from one depth to another as a fraction of it, rms over all cycles and some distances."""
    errors = [(residuals[:, n:] - residuals[:, :-n]) / (mean[n:] - mean[:-n]) for n in DISTANCES]
    return float(np.sqrt(np.mean([np.mean(error**2) for error in errors])))


class _Cycle:
    """One SET of one cell, and the rising RESET pulses after it."""

    def __init__(self, cell: int, set_v: float, low_s: float, volts: Floats, reached_s: Floats) -> None:
        self.cell, self.set_v, self.low_s = cell, set_v, low_s
        self.volts = np.maximum.accumulate(volts)
        self.reached_s = np.minimum.accumulate(reached_s)

    def depth(self, floor_s: float) -> Floats:
        """Depths that the pulses reached, rising."""
        depths = (self.low_s - self.reached_s) / (self.low_s - floor_s)
        # Strictly rising, for the inverse.
        rising: Floats = np.maximum.accumulate(depths) + 1e-9 * np.arange(depths.size)
        return rising


def _cycles(records: StepRecords, cell: int) -> list[_Cycle]:
    mine = records.chosen(records.cells == cell)
    starts = np.flatnonzero(mine.volts > 0)
    cycles = []
    for start, stop in zip(starts, [*starts[1:], len(mine)], strict=True):
        if stop - start >= 3:
            part = slice(start + 1, stop)
            low_s = float(mine.after_s[start])
            cycles.append(_Cycle(cell, float(mine.volts[start]), low_s, -mine.volts[part], mine.after_s[part]))
    return cycles
