"""Populations: their equations, what is refused, and what is learned from steps of a known population."""

import json
from dataclasses import replace
from statistics import NormalDist
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from ohmloop.programming import (
    Drive,
    LevelPopulation,
    PopulationError,
    ProgrammingProfile,
    RatePopulation,
    StepCurve,
    StepRecords,
    fit_level,
    fit_rate,
    population_from_dict,
)

Floats = NDArray[np.float64]

PROFILE = ProgrammingProfile(10e-6, 100e-6, Drive(0.7, 0.9, 2.0), Drive(0.7, 1.0, 2.0), 10e-6)
WIDTHS_S = np.full(40, PROFILE.width_s)
RATE, LEVEL = RatePopulation.generic(PROFILE), LevelPopulation.generic(PROFILE)
CURVE = StepCurve(1.0, 0.08, 0.1, 2.5, -3.0, 0.4, 0.35, 140e-6)


@given(st.floats(0.2, 3.0), st.floats(0.5, 1.5))
def test_an_amplitude_is_found_for_every_rate(volts: float, threshold_v: float) -> None:
    log_rate = CURVE.log_rate(np.array(volts), np.array(threshold_v))
    assert float(CURVE.volts_for(log_rate, np.array(threshold_v))) == pytest.approx(volts, rel=1e-6)


def test_a_window_ends_at_the_bound_and_never_vanishes() -> None:
    windows_s = RATE.set.window_s(np.array([20e-6, RATE.set.bound_s, 1.0]), RATE.reset.bound_s)
    assert windows_s[0] == pytest.approx(RATE.set.bound_s - 20e-6)
    assert windows_s[1] == windows_s[2] > 0
    assert RATE.reset.window_s(np.array([20e-6]), RATE.set.bound_s)[0] == pytest.approx(20e-6 - RATE.reset.bound_s)


@pytest.mark.parametrize("population", [RATE, LEVEL, replace(RATE, set=CURVE, cells=8)])
def test_a_population_survives_as_json(population: RatePopulation | LevelPopulation) -> None:
    assert population_from_dict(json.loads(json.dumps(population.to_dict()))) == population


def changed(values: dict[str, Any], *path: str, to: Any) -> dict[str, Any]:
    """The values with one of them changed, deep down."""
    name, *rest = path
    return {**values, name: changed(values[name], *rest, to=to) if rest else to}


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ("rate", "the type of a population is one of rate, level"),
        ({**RATE.to_dict(), "type": "spin"}, "not 'spin'"),
        ({"type": "rate"}, "RatePopulation has the fields"),
        ({**RATE.to_dict(), "colour": 1}, "colour"),
        (changed(RATE.to_dict(), "set", to=7), "StepCurve has the fields"),
        (changed(RATE.to_dict(), "set", "exponent", to=0), "exponent must be above 0"),
        (changed(RATE.to_dict(), "set", "exponent", to=float("nan")), "exponent must be a finite number"),
        (changed(RATE.to_dict(), "set", "rate_spread", to=-1), "rate_spread must not be negative"),
        (changed(RATE.to_dict(), "set", "bound_s", to=1e-9), "SET must lead to more than RESET"),
        (changed(RATE.to_dict(), "width_s", to=0), "width_s must be above 0 s"),
        (changed(RATE.to_dict(), "read_noise", to=-0.1), "readings must have some scatter"),
        (changed(RATE.to_dict(), "cells", to=True), "cells must be a whole number"),
        (changed(LEVEL.to_dict(), "volts", to=[1.0]), "as many of each"),
        (changed(LEVEL.to_dict(), "volts", to="high"), "volts must be a list"),
        (changed(LEVEL.to_dict(), "depths", to=LEVEL.depths[::-1]), "depths must rise"),
        (changed(LEVEL.to_dict(), "set_v", to=0), "set_v must be above 0"),
        (changed(LEVEL.to_dict(), "floor_s", to=1.0), "a SET must lead to more than the floor"),
        (changed(LEVEL.to_dict(), "cycle_spread_v", to=-0.1), "cycle_spread_v must not be negative"),
    ],
)
def test_what_makes_no_sense_is_refused(values: Any, message: str) -> None:
    with pytest.raises(PopulationError, match=message):
        population_from_dict(values)


def staircases(population: RatePopulation, cells: int, seed: int) -> StepRecords:
    """Rising SET and RESET pulses, twice, on cells drawn from a population."""
    rng = np.random.default_rng(seed)
    curves = {1: population.set, -1: population.reset}
    # Evenly spread, so that the few drawn cells are the population.
    normal = np.array([NormalDist().inv_cdf((i + 0.5) / cells) for i in range(cells)])
    shifts = {way: curve.threshold_spread_v * rng.permutation(normal) for way, curve in curves.items()}
    rates = {way: curve.rate_spread * rng.permutation(normal) for way, curve in curves.items()}
    parts, every, now_s = [], np.arange(cells), np.full(cells, 15e-6)

    def read(true_s: Floats) -> Floats:
        return true_s * (1 + population.read_noise * rng.normal(size=true_s.size))

    before_s = read(now_s)
    for way in (1, -1, 1, -1):
        curve = curves[way]
        for volts in np.arange(0.6, 2.0, 0.05):
            x = rates[way] + curve.cycle_noise * rng.normal(size=cells)
            passed = -np.expm1(-np.exp(x + curve.log_rate(volts - shifts[way], np.array(curve.threshold_v))))
            now_s = now_s + (curve.bound_s - now_s) * passed
            after_s = read(now_s)
            parts.append(StepRecords(every, np.full(cells, way * volts), WIDTHS_S[:cells], before_s, after_s))
            before_s = after_s
    return StepRecords.joined(parts)


def test_the_population_of_known_steps_is_found() -> None:
    known = replace(RATE, set=CURVE, reset=replace(CURVE, threshold_v=1.15, bound_s=4e-6))
    found = fit_rate(staircases(known, 16, seed=3), PROFILE)
    assert found.cells == 16
    for was, curve in ((known.set, found.set), (known.reset, found.reset)):
        volts = np.array([1.1, 1.3, 1.6])
        told, true = (c.log_rate(volts, np.array(c.threshold_v)) for c in (curve, was))
        # Parameters may stand in for each other; what a pulse does must be right to a fraction of its own spread.
        np.testing.assert_allclose(told, true, atol=0.35)
        assert curve.cycle_noise == pytest.approx(was.cycle_noise, rel=0.25)
        assert curve.bound_s == pytest.approx(was.bound_s, abs=20e-6)


def test_too_few_visible_steps_are_refused() -> None:
    still = np.full(40, 20e-6)
    records = StepRecords(np.arange(40), np.tile([1.0, -1.0], 20), WIDTHS_S, still, still)
    with pytest.raises(PopulationError, match="only 0 SET pulses moved a cell"):
        fit_rate(records, PROFILE)


def cycles(cells: int, seed: int, deepest_v: float = 2.0) -> tuple[StepRecords, Floats]:
    """Two cycles of SET and rising RESET on level-type cells, and the shift of each cell, V."""
    rng = np.random.default_rng(seed)
    device_v = 0.04 * rng.normal(size=cells)
    parts = []
    every, before_s = np.arange(cells), np.full(cells, 10e-6)
    for _ in range(2):
        shift_v = device_v + 0.03 * rng.normal(size=cells)
        low_s = 120e-6 + 3e-6 * rng.normal(size=cells)
        parts.append(StepRecords(every, np.full(cells, 1.8), WIDTHS_S[:cells], before_s, low_s))
        before_s = low_s
        for volts in np.arange(0.6, deepest_v, 0.02):
            depth = np.clip(volts - shift_v - 0.8, 0, 1)
            after_s = np.minimum(before_s, low_s - depth * (low_s - 10e-6))
            parts.append(StepRecords(every, np.full(cells, -volts), WIDTHS_S[:cells], before_s, after_s))
            before_s = after_s
    return StepRecords.joined(parts), device_v


def test_the_curve_of_known_cycles_is_found() -> None:
    records, device_v = cycles(40, seed=5)
    found = fit_level(records, PROFILE)
    depths, volts = np.array(found.depths), np.array(found.volts)
    np.testing.assert_allclose(volts, 0.8 + depths + device_v.mean(), atol=0.02)
    assert found.device_spread_v == pytest.approx(0.045, abs=0.015)
    assert found.cycle_spread_v == pytest.approx(0.03, abs=0.01)
    assert found.low_s == pytest.approx(120e-6, rel=0.02)
    assert found.floor_s == pytest.approx(10e-6, rel=0.1)
    assert (found.set_v, found.cells) == (1.8, 40)


def test_cycles_that_do_not_go_all_the_way_are_refused() -> None:
    records, _ = cycles(40, seed=5)
    with pytest.raises(PopulationError, match="cycles of SET and RESET go all the way"):
        fit_level(records.chosen(records.volts > 0), PROFILE)


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: StepRecords(np.arange(2), np.ones(3), *np.ones((3, 2))),
        lambda: StepRecords(np.arange(2), *np.ones((3, 2)), np.array([1.0, np.nan])),
        lambda: StepRecords(np.arange(2), np.ones(2), np.array([1e-6, 0.0]), *np.ones((2, 2))),
        lambda: StepRecords(np.array([-1]), *np.ones((4, 1))),
        lambda: StepRecords.joined([]),
    ],
)
def test_records_that_are_none_are_refused(wrong: Any) -> None:
    with pytest.raises(PopulationError):
        wrong()
