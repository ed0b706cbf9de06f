"""Characterising emulated devices over the board's real port."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.procedures.boards import Bench, bench

from ohmloop.crossbar import Bias
from ohmloop.procedures.characterise import characterise
from ohmloop.procedures.errors import ProcedureError, PulsesSpent
from ohmloop.procedures.probe import spread
from ohmloop.programming import Campaign, LevelPopulation, RatePopulation, Stops, policy_named
from ohmloop.programming.characterisation import Characterisation, Kind
from ohmloop.programming.choice import Choice, choose
from ohmloop.programming.safe_points import SafePoint, SafePoints
from ohmloop.store import Run, Store


def measure(on: Bench, run: Run | None = None, **options: Any) -> Characterisation:
    return characterise(on.board.crossbar, on.conditions, {"device_hash": "ab12"}, run=run, **options)


def chosen(on: Bench, measured: Characterisation) -> Choice:
    return choose(measured, on.conditions.profile, on.conditions.setup.bias, on.geometry, 0.02)


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Store(tmp_path / "runs.db").begin("characterise", {}, {})


def test_a_steep_rate_type_device(run: Run) -> None:
    with bench("vteam", "8x8") as vteam:
        measured = measure(vteam, run)
        received = vteam.board.truth("full_pulses")
        choice = chosen(vteam, measured)
        assert vteam.board.crossbar.setup == vteam.conditions.setup
        assert vteam.board.crossbar.log is None
    assert measured.kind is Kind.RATE
    assert isinstance(measured.population, RatePopulation)
    assert 0.7 < measured.population.set.threshold_v < 1.3
    assert 0.002 < measured.read_white < 0.02
    assert measured.pulses == received.sum() == sum(len(record.pulses) for record in run.exchanges())
    assert measured.pulses < 700
    assert choice.policy == "bayes"
    assert not choice.schedule.watch
    assert choice.converges


def test_a_level_type_device() -> None:
    with bench("synaptogen", "8x8") as synaptogen:
        measured = measure(synaptogen)
        choice = chosen(synaptogen, measured)
    assert measured.kind is Kind.LEVEL
    assert abs(measured.repeated) < 0.2
    population = measured.population
    assert isinstance(population, LevelPopulation)
    assert 180e-6 < population.low_s < 260e-6
    assert 0.6 < float(np.interp(0.5, population.depths, population.volts)) < 1.2
    assert choice.policy == "level"


@pytest.mark.slow
def test_soft_arrays_are_told_what_to_expect() -> None:
    with bench("mss-sdc", "8x8") as small:
        choice = chosen(small, measure(small))
    assert choice.bias is not Bias.GND
    assert choice.schedule.watch
    assert choice.converges
    with bench("mss-sdc", "16x16") as large:
        choice = chosen(large, measure(large))
    assert not choice.converges


def test_pulses_are_limited() -> None:
    with bench("vteam", "4x4") as vteam:
        with pytest.raises(PulsesSpent, match="may send 100 pulses"):
            measure(vteam, cells=8, pulses_max=100)
        assert vteam.board.truth("full_pulses").sum() <= 100


def test_cells_that_do_not_move_are_said_so() -> None:
    with bench("vteam", "4x4") as vteam:
        vteam.board.ask("fault", stuck={"fraction": 1.0, "at": "here"})
        with pytest.raises(ProcedureError, match="moved any of 4 cells"):
            measure(vteam, cells=4)


def test_a_characterisation_ends_at_a_safe_point() -> None:
    with bench("vteam", "4x4") as vteam:
        safe_points = SafePoints()

        def tell(stage: str, pulses: int) -> None:
            if stage == "staircases":
                safe_points.stop()

        with pytest.raises(SafePoint):
            characterise(vteam.board.crossbar, vteam.conditions, {}, safe_points=safe_points, tell=tell)
        assert vteam.board.truth("full_pulses").sum() == 0


def test_a_restart_of_the_board_is_met() -> None:
    with bench("vteam", "8x8") as vteam:
        vteam.board.ask("reset", when={"gates": 60})
        measured = measure(vteam)
        received = vteam.board.truth("full_pulses").sum()
        assert vteam.board.ask("truth")["resets"] == 1
    assert measured.kind is Kind.RATE
    assert measured.pulses - 8 <= received <= measured.pulses


@pytest.mark.parametrize(
    ("rows", "cols", "count"), [(8, 8, 8), (16, 16, 8), (8, 3, 12), (1, 5, 9), (5, 5, 25), (2, 2, 9)]
)
def test_cells_are_spread(rows: int, cols: int, count: int) -> None:
    lines = np.arange(rows) + 2, np.arange(cols) + 1
    place = spread(*lines, count)
    pairs = set(zip(place.rows.tolist(), place.cols.tolist(), strict=True))
    assert len(pairs) == len(place) >= min(count, rows * cols) * 0.6
    assert set(place.rows.tolist()) <= set(lines[0].tolist())
    assert set(place.cols.tolist()) <= set(lines[1].tolist())
    if count <= min(rows, cols):
        assert np.unique(place.rows).size == np.unique(place.cols).size == count


@pytest.mark.slow
def test_a_passive_soft_array_is_programmed_as_chosen() -> None:
    with bench("vteam-soft", "8x8", seed=3) as soft:
        measured = measure(soft)
        choice = chosen(soft, measured)
        profile = soft.conditions.profile
        targets_s = np.random.default_rng(3).uniform(profile.g_min_s, profile.g_max_s, (8, 8))
        report = Campaign(
            soft.board.crossbar,
            targets_s,
            policy_named(choice.policy),
            choice.acceptance,
            Stops(),
            profile=choice.profile,
            population=measured.population,
            schedule=choice.schedule,
            setup=replace(soft.conditions.setup, bias=choice.bias),
        ).execute()
        errors = np.abs(soft.board.truth("conductance_s") - targets_s) / profile.span_s
    assert choice.schedule.watch
    assert report.declared_in_band > 0.9
    assert (errors <= 0.02).mean() >= 0.8
