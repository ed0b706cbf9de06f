"""Reports as a run keeps them, what was found later, and what the residuals say of a profile."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.programming.boards import PROFILE, SETUP, Board, emulated

from ohmloop.programming import (
    Acceptance,
    Campaign,
    Population,
    ProgrammingError,
    RatePopulation,
    Report,
    Stops,
    Vipi,
)
from ohmloop.programming.history import History
from ohmloop.programming.kept import ENDED, keep_truth, kept_reports
from ohmloop.programming.maps import draw_maps
from ohmloop.programming.recheck import recheck
from ohmloop.programming.report import Finding
from ohmloop.programming.residuals import residuals
from ohmloop.programming.safe_points import SafePoint, SafePoints
from ohmloop.store import Run, Store


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Store(tmp_path / "runs.db").begin("program", {}, {})


def program(board: Board, run: Run | None, population: Population | None = None) -> Report:
    return Campaign(
        board.crossbar,
        board.targets(),
        Vipi(),
        Acceptance(),
        Stops(full_voltage_pulses=5),
        profile=PROFILE,
        population=population,
        setup=SETUP,
        run=run,
    ).execute()


def test_a_report_comes_back_from_its_run(board: Board, run: Run, tmp_path: Path) -> None:
    board.ask("fault", stuck={"fraction": 0.2, "seed": 4})
    before = program(board, run, RatePopulation.generic(PROFILE))
    (after,) = kept_reports(run)
    assert after.summary() == before.summary()
    assert json.loads(after.to_json()) == json.loads(before.to_json())
    np.testing.assert_array_equal(after.targets_s, before.targets_s)
    assert [failure.history for failure in after.failures] == [failure.history for failure in before.failures]
    assert Finding.STUCK in {failure.finding for failure in after.failures}
    draw_maps([after], tmp_path / "again.png")
    assert (tmp_path / "again.png").read_bytes().startswith(b"\x89PNG")


def test_what_is_not_a_report_is_named(run: Run) -> None:
    assert kept_reports(run) == []
    run.event(ENDED, {"board": "b", "outcome": "done"})
    with pytest.raises(ProgrammingError, match=f"report of run {run.id} is not understood"):
        kept_reports(run)


def test_relaxation_shows_when_cells_are_read_again_later(run: Run) -> None:
    with emulated("8x8", seed=11, settings={"relaxation.scale": "1"}) as (board,):
        report = program(board, run)
        report = recheck(board.crossbar, report, 1.0, setup=SETUP, run=run)
        board.ask("rest", seconds=3_600)
        report = recheck(board.crossbar, report, 3_600.0, setup=SETUP, run=run)
        board.ask("rest", seconds=86_400 - 3_600)
        report = recheck(board.crossbar, report, 86_400.0, setup=SETUP, run=run)
        truth_s = board.truth("conductance_s")
    keep_truth(run, report.board, truth_s)
    (kept,) = kept_reports(run)
    later = kept.summary()["rechecks"]
    assert [found["after_s"] for found in later] == [1.0, 3_600.0, 86_400.0]
    assert later == report.summary()["rechecks"]
    assert later[0]["in_band"] > 0.9
    assert later[0]["error"]["rms"] < later[1]["error"]["rms"] < later[2]["error"]["rms"]
    assert kept.true_in_band == pytest.approx((np.abs(truth_s - kept.targets_s) <= 0.02 * PROFILE.span_s).mean())
    span = np.abs(kept.rechecks[2].measured_s - truth_s) / PROFILE.span_s
    assert span.max() < 0.05


def test_reading_again_ends_at_a_safe_point(board: Board) -> None:
    report = program(board, None)
    safe_points = SafePoints()
    safe_points.stop()
    with pytest.raises(SafePoint):
        recheck(board.crossbar, report, 1.0, safe_points=safe_points)


def history(population: RatePopulation, shift_v: float, cells: int = 64) -> History:
    """First pulses of cells whose thresholds lie `shift_v` above those of a population."""
    draw = np.random.default_rng(3)
    record = History()
    for way, curve, other, before in (
        (1, population.set, population.reset, 20e-6),
        (-1, population.reset, population.set, 90e-6),
    ):
        volts = np.full(cells, float(curve.volts_for(np.log(0.3), np.array(curve.threshold_v))))
        thresholds_v = curve.threshold_v + shift_v + curve.threshold_spread_v * draw.normal(size=cells)
        rates = np.exp(curve.log_rate(volts, thresholds_v) + curve.cycle_noise * draw.normal(size=cells))
        before_s = np.full(cells, before)
        after_s = before_s - way * curve.window_s(before_s, other.bound_s) * np.expm1(-rates)
        record.add(np.arange(cells), way * volts, np.full(cells, 1e-5), before_s, after_s)
    return record


def test_a_profile_that_fits_is_left_alone() -> None:
    population = RatePopulation.generic(PROFILE)
    found = residuals(history(population, 0.0), population)
    assert not found.stale
    assert found.note() == ""
    assert found.cells == 128


@pytest.mark.parametrize(("shift", "says"), [(0.35, "less than predicted"), (-0.35, "more than predicted")])
def test_a_stale_profile_is_noticed(shift: float, says: str) -> None:
    population = RatePopulation.generic(PROFILE)
    population = replace(
        population,
        set=replace(population.set, threshold_spread_v=0.08),
        reset=replace(population.reset, threshold_spread_v=0.08),
    )
    found = residuals(history(population, shift), population)
    assert found.stale
    assert says in found.note()
    assert "ohmloop characterise" in found.note()


def test_a_few_cells_say_nothing() -> None:
    population = RatePopulation.generic(PROFILE)
    found = residuals(history(population, 1.0, cells=5), population)
    assert (found.set_shift, found.reset_shift, found.stale) == (None, None, False)
