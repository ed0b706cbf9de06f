"""Forming on an emulated board: cells count as formed once they conduct well enough."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.procedures.boards import Bench, bench

from ohmloop.crossbar import CurrentRange
from ohmloop.procedures.forming import Formed, Forming, FormingPlan
from ohmloop.programming import Outcome
from ohmloop.store import Store

PLAN = FormingPlan(
    start_v=0.8, step_v=0.1, max_v=2.0, width_s=10e-6, pulse_range=CurrentRange.H, formed_s=60e-6, repeats=2
)


def formed(on: Bench, plan: FormingPlan = PLAN, usable: np.ndarray | None = None) -> Formed:
    cells = np.ones((on.geometry.rows, on.geometry.cols), dtype=bool) if usable is None else usable
    how = on.conditions
    return Forming(on.board.crossbar, cells, plan, profile=how.profile, setup=how.setup).execute()


def test_every_usable_cell_is_formed_and_no_other() -> None:
    usable = np.ones((8, 8), dtype=bool)
    usable[3, :] = False
    with bench("vteam", "8x8") as vteam:
        result = formed(vteam, usable=usable)
        truth, received = vteam.board.truth("conductance_s"), vteam.board.truth("full_pulses")
    assert result.report.outcome is Outcome.DONE
    assert result.report.accepted[usable].all()
    assert (truth[usable] > 0.95 * PLAN.formed_s).all()
    assert not received[~usable].any()
    assert np.isnan(result.forming_v[~usable]).all()
    pulsed = received > 0
    np.testing.assert_allclose(result.forming_v[pulsed], PLAN.start_v + PLAN.step_v * (received[pulsed] - 1))


def test_formed_cells_get_no_pulse() -> None:
    with bench("vteam", "4x4") as vteam:
        formed(vteam)
        before = vteam.board.truth("full_pulses").sum()
        again = formed(vteam)
        assert vteam.board.truth("full_pulses").sum() == before
    assert again.report.declared_in_band == 1.0
    assert np.isnan(again.forming_v).all()


def test_a_stuck_cell_ends_at_the_largest_amplitude() -> None:
    with bench("vteam", "4x4") as vteam:
        vteam.board.ask("fault", stuck={"fraction": 1.0, "at": "low"})
        result = formed(vteam)
        received, highest_v = vteam.board.truth("full_pulses"), vteam.board.truth("v_max")
    assert result.report.declared_in_band == 0.0
    assert (received == PLAN.pulses).all()
    assert highest_v.max() < PLAN.max_v + 0.02
    np.testing.assert_allclose(result.forming_v, result.report.profile.set_drive.max_v)


def test_a_trip_ends_forming_and_the_rest_is_formed_later(tmp_path: Path) -> None:
    with bench("vteam", "4x4") as vteam:
        vteam.board.ask("trip", when={"gates": 20})
        assert formed(vteam).report.outcome is Outcome.STOPPED
        vteam.board.crossbar.clear()
        vteam.board.crossbar.resume()
        assert formed(vteam).report.declared_in_band == 1.0


@pytest.mark.parametrize(
    "wrong",
    [{"start_v": 0.0}, {"start_v": 2.1}, {"step_v": 0.0}, {"width_s": 0.0}, {"formed_s": 0.0}, {"repeats": 0}],
)
def test_impossible_plans_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="forming needs"):
        replace(PLAN, **wrong)  # type: ignore[arg-type]


def test_forming_is_journalled(tmp_path: Path) -> None:
    run = Store(tmp_path / "runs.db").begin("form", {}, {})
    with bench("vteam", "4x4") as vteam:
        how = vteam.conditions
        usable = np.ones((4, 4), dtype=bool)
        Forming(vteam.board.crossbar, usable, PLAN, profile=how.profile, setup=how.setup, run=run).execute()
        assert sum(len(record.pulses) for record in run.exchanges()) == vteam.board.truth("full_pulses").sum()
