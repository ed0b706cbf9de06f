"""Learning the population of a rate-type device: the parameters under which its steps are most likely."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.errors import PopulationError
from ohmloop.programming.population.curve import StepCurve
from ohmloop.programming.population.rate import READ_FLOOR, READ_NOISE, RatePopulation
from ohmloop.programming.population.records import StepRecords
from ohmloop.programming.profile import Drive, ProgrammingProfile

Floats = NDArray[np.float64]

STEPS_MIN = 8
"""Visible steps of a polarity below which nothing is learned of it."""

WINDOW_ERROR = 0.05
"""How well a cell's window is known, as a fraction of it: cells differ in their bounds."""

VISIBLE = 2.0
"""A step of more than so many standard deviations of its two readings moved the cell."""

LINEARISATIONS = 2
"""How often the effect of a cell's rate is linearised anew, around what was found of it."""

HIDDEN_KEPT = 4
"""Pulses of a cell that moved nothing visibly and are kept: those of the largest amplitudes imply the others."""

GRID = np.linspace(-0.6, 0.6, 49)
"""Thresholds that are tried for every cell, relative to the nominal amplitude."""

EVALUATIONS, SPREAD = 600, 0.1
"""Evaluations of the likelihood at most, of either start; what its logarithms may differ by at the end."""


def fit_rate(
    records: StepRecords,
    profile: ProgrammingProfile,
    *,
    read_noise: float = READ_NOISE,
    read_floor_s: float | None = None,
) -> RatePopulation:
    """The population under which these steps are most likely, given weak expectations from the profile.

    Thresholds and rates of the single cells are integrated over, so what comes out is the spread of cells and not the
    scatter of estimates. Staircases of both polarities on a few cells suffice; pulses that moved nothing count too.

    Args:
        records: steps of both polarities. Those from beyond the end of the range that
            they drive to are left out: no policy goes on there.
        profile: where amplitudes and conductances lie.
        read_noise: scatter of one reading, as of RatePopulation.
        read_floor_s: its part that does not depend on the conductance, S.

    Raises PopulationError if a polarity has fewer than STEPS_MIN visible steps.
    """
    floor_s = READ_FLOOR * profile.span_s if read_floor_s is None else read_floor_s
    expected = replace(RatePopulation.generic(profile), read_noise=read_noise, read_floor_s=floor_s)
    curves = [
        _fit_curve(
            records.chosen((records.volts * way > 0) & (way * (end_s - records.before_s) > 0)),
            *(way, drive, end_s, curve, expected, profile),
        )
        for way, drive, end_s, curve in (
            (1, profile.set_drive, profile.g_max_s, expected.set),
            (-1, profile.reset_drive, profile.g_min_s, expected.reset),
        )
    ]
    return replace(expected, set=curves[0], reset=curves[1], cells=int(np.unique(records.cells).size))


def _fit_curve(
    records: StepRecords,
    way: int,
    drive: Drive,
    end_s: float,
    expected: StepCurve,
    population: RatePopulation,
    profile: ProgrammingProfile,
) -> StepCurve:
    steps = _Steps.of(records, way, drive, population)
    if steps.visible.sum() < STEPS_MIN:
        raise PopulationError(
            f"only {int(steps.visible.sum())} {'SET' if way > 0 else 'RESET'} pulses moved a cell; {STEPS_MIN} are "
            "needed: measure more cells, or raise the amplitudes of the profile"
        )
    room_s = np.inf if way > 0 else profile.g_min_s
    span_s = profile.span_s

    def curve(x: Floats) -> StepCurve:
        beyond_s = min(span_s * float(np.exp(np.clip(x[7], -8.0, 2.0))), room_s)
        nominal_v = drive.nominal_v
        threshold_spread, softness, exponent, rate_spread, cycle_noise = np.exp(np.clip(x[[1, 2, 3, 5, 6]], -8.0, 4.0))
        return StepCurve(
            threshold_v=nominal_v * float(x[0]),
            threshold_spread_v=nominal_v * float(threshold_spread),
            softness_v=nominal_v * float(softness),
            exponent=float(exponent),
            ln_rate=float(x[4]),
            rate_spread=float(rate_spread),
            cycle_noise=float(cycle_noise),
            bound_s=end_s + way * beyond_s,
        )

    mean = np.array(
        [1.0, np.log(0.08), np.log(0.12), np.log(2.0), expected.ln_rate, np.log(0.3), np.log(0.35), np.log(0.25)]
    )
    trust = np.array([0.25, 0.6, 0.8, 0.5, 2.5, 0.5, 0.4, 0.8])

    def cost(x: Floats) -> float:
        return 0.5 * float((((x - mean) / trust) ** 2).sum()) - steps.log_evidence(curve(x))

    from scipy import optimize  # takes as long to load as all the rest of a command

    def lowest(start: Floats, edges: Floats) -> Floats:
        simplex = np.vstack([start, start + np.diag(edges)])
        options = {"initial_simplex": simplex, "maxfev": EVALUATIONS // 2, "fatol": SPREAD, "xatol": np.inf}
        found: Floats = optimize.minimize(cost, start, method="Nelder-Mead", options=options).x
        return found

    starts = [mean + trust * np.eye(8)[4] * lift for lift in (-0.6, 0.6)]
    best = min((lowest(start, 0.5 * trust) for start in starts), key=cost)
    return curve(lowest(best, 0.2 * trust))


@dataclass(frozen=True, slots=True)
class _Steps:
    """The steps of one polarity, cell by cell, ready for many trials; `starts` and `counts` tell cells apart."""

    starts: NDArray[np.intp]
    counts: NDArray[np.intp]
    volts: Floats
    log_widths: Floats
    before_s: Floats
    step_s: Floats
    scatter_s: Floats
    visible: NDArray[np.bool_]
    way: int
    other_bound_s: float
    grid_v: Floats

    @classmethod
    def of(cls, records: StepRecords, way: int, drive: Drive, population: RatePopulation) -> _Steps:
        larger_s = np.maximum(records.before_s, records.after_s)
        scatter_s = np.sqrt(2) * np.hypot(population.read_noise * larger_s, population.read_floor_s)
        step_s = way * (records.after_s - records.before_s)
        visible = step_s > VISIBLE * scatter_s
        volts = np.abs(records.volts)
        order = np.lexsort((-volts * records.widths_s, visible, records.cells))
        order = order[visible[order] | (_rank(records.cells[order], visible[order]) < HIDDEN_KEPT)]
        cells = records.cells[order]
        starts = np.flatnonzero(np.concatenate(([True], cells[1:] != cells[:-1])))
        return cls(
            starts=starts,
            counts=np.diff(np.append(starts, cells.size)),
            volts=volts[order],
            log_widths=np.log(records.widths_s[order] / population.width_s),
            before_s=records.before_s[order],
            step_s=step_s[order],
            scatter_s=scatter_s[order],
            visible=visible[order],
            way=way,
            other_bound_s=(population.reset if way > 0 else population.set).bound_s,
            grid_v=drive.nominal_v * GRID,
        )

    def log_evidence(self, curve: StepCurve) -> float:
        """Logarithm of the likelihood of all steps, cells' thresholds and rates integrated over.

        Steps are compared as asinh(step / (2 scatter)), which is a logarithm for large steps and linear for those that
        drown in the scatter of their readings: "nothing visible" says as much as it should, neither more nor less.
        """
        window_s = curve.window_s(self.before_s, self.other_bound_s)[:, None]
        scatter_s = self.scatter_s[:, None]
        seen = np.arcsinh(self.step_s[:, None] / (2 * scatter_s))
        log_rate = curve.log_rate(self.volts[:, None], curve.threshold_v + self.grid_v)
        log_rate += self.log_widths[:, None]
        spread, quickness = curve.rate_spread**2, np.zeros((self.starts.size, self.grid_v.size))
        for _ in range(LINEARISATIONS):
            k = np.repeat(quickness, self.counts, axis=0)
            rate = np.exp(np.minimum(log_rate + k, 30.0))
            told_s = window_s * -np.expm1(-rate)
            stretch = 1 / np.hypot(2 * scatter_s, told_s)
            slope = stretch * window_s * rate * np.exp(-rate)
            off = seen - np.arcsinh(told_s / (2 * scatter_s)) + slope * k
            unsure = stretch * np.hypot(scatter_s, WINDOW_ERROR * told_s)
            variance = (slope * curve.cycle_noise) ** 2 + unsure**2
            zeroth, first = self._by_cell(slope**2 / variance), self._by_cell(slope * off / variance)
            quickness = spread * first / (1 + spread * zeroth)
        second = self._by_cell(off**2 / variance + np.log(variance))
        shared = 1 + spread * zeroth
        prior = -0.5 * (self.grid_v / curve.threshold_spread_v) ** 2
        logs = prior - 0.5 * (second - spread * first**2 / shared + np.log(shared))
        largest = logs.max(axis=1)
        cells = largest + np.log(np.exp(logs - largest[:, None]).sum(axis=1)) - np.log(np.exp(prior).sum())
        return float(cells.sum())

    def _by_cell(self, values: Floats) -> Floats:
        sums: Floats = np.add.reduceat(values, self.starts, axis=0)
        return sums


def _rank(cells: NDArray[np.intp], visible: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Place of each record among those of its cell that are as visible as it, for records ordered by both."""
    first = np.concatenate(([True], (cells[1:] != cells[:-1]) | (visible[1:] != visible[:-1])))
    starts = np.flatnonzero(first)
    return np.arange(cells.size) - np.repeat(starts, np.diff(np.append(starts, cells.size)))
