"""A campaign that is interrupted and taken up again learns, decides and reports what it would have without that."""

from base64 import b64encode
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.programming.boards import PROFILE, SETUP, Board, emulated

from ohmloop.crossbar import PulseList
from ohmloop.programming import (
    POLICIES,
    Acceptance,
    Campaign,
    Outcome,
    PolicyContext,
    Progress,
    Proposal,
    Report,
    ResumeError,
    Schedule,
    Scope,
    Stops,
    Vipi,
)
from ohmloop.programming.policy import Policy
from ohmloop.store import Run, Store

SILENT = {f"read_noise.{name}": "0" for name in ("white", "slow", "telegraph", "telegraph_cells")} | {
    "front_end.adc_noise": "0"
}
"""Cells that read alike however often they are read, so that what follows can be compared pulse by pulse."""

SCHEDULES = {
    "array": Schedule(),
    "rows": Schedule(scope=Scope.ROW),
    "coarse, then fine": Schedule(coarse=0.05),
    "watched": Schedule.passive(),
}


class Recorded:
    """A policy, and everything that it has learned from."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.learned: list[NDArray[np.float64]] = []

    @property
    def name(self) -> str:
        return self._policy.name

    @property
    def parameters(self) -> dict[str, float]:
        return dict(self._policy.parameters)

    def start(self, targets_s: NDArray[np.float64], context: PolicyContext) -> None:
        self._policy.start(targets_s, context)

    def propose(self, cells: NDArray[np.intp], measured_s: NDArray[np.float64]) -> Proposal:
        return self._policy.propose(cells, measured_s)

    def learn(
        self,
        cells: NDArray[np.intp],
        volts: NDArray[np.float64],
        widths_s: NDArray[np.float64],
        before_s: NDArray[np.float64],
        after_s: NDArray[np.float64],
    ) -> None:
        self.learned.append(np.stack([cells, volts, widths_s, before_s, after_s]))
        self._policy.learn(cells, volts, widths_s, before_s, after_s)


class Crash(Exception):
    """The host dies here."""


def campaign(
    board: Board,
    policy: Policy,
    run: Run | None,
    schedule: Schedule | None = None,
    progress: Callable[[Progress], None] | None = None,
) -> Campaign:
    return Campaign(
        board.crossbar,
        board.targets(),
        policy,
        Acceptance(),
        Stops(),
        profile=PROFILE,
        schedule=schedule,
        setup=SETUP,
        run=run,
        progress=progress,
    )


def dying_in(rounds: int) -> Callable[[Progress], None]:
    def die(moment: Progress) -> None:
        if moment.round >= rounds:
            raise Crash

    return die


def sent(run: Run) -> list[tuple[int, int, float]]:
    """Every pulse of a run in the order it was sent: row, column, V."""
    return [
        (int(row), int(col), float(volts))
        for record in run.exchanges()
        for row, col, volts in zip(record.pulses.rows, record.pulses.cols, record.pulses.volts, strict=True)
    ]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "runs.db")


@pytest.mark.parametrize("rounds", [1, 4, 7])
@pytest.mark.parametrize("name", ["bayes", "ekf", "vipi"])
def test_a_policy_learns_from_the_same_numbers_again(board: Board, store: Store, name: str, rounds: int) -> None:
    run = store.begin("program", {}, {})
    before, after = Recorded(POLICIES[name]()), Recorded(POLICIES[name]())
    with pytest.raises(Crash):
        campaign(board, before, run, progress=dying_in(rounds)).execute()
    with pytest.raises(Crash):
        campaign(board, after, run, progress=dying_in(0)).execute()
    assert len(before.learned) >= rounds
    for expected, again in zip(before.learned, after.learned, strict=True):
        np.testing.assert_array_equal(again, expected)
    cells, measured_s = np.arange(64), board.targets().ravel() - 5e-6
    np.testing.assert_array_equal(
        after.propose(cells, measured_s).volts, before.propose(cells, measured_s).volts, strict=True
    )


def programmed(store: Store, schedule: Schedule, policy: str, interruptions: list[int]) -> tuple[Run, Report]:
    """A campaign on a fresh board whose host dies in these rounds."""
    run = store.begin("program", {}, {})
    with emulated("8x8", seed=4, settings=SILENT) as (board,):
        for rounds in interruptions:
            with pytest.raises(Crash):
                campaign(board, POLICIES[policy](), run, schedule, dying_in(rounds)).execute()
        report = campaign(board, POLICIES[policy](), run, schedule).execute()
        np.testing.assert_array_equal(report.pulses, board.truth("full_pulses"))
    assert report.outcome is Outcome.DONE
    return run, report


@pytest.mark.parametrize("name", SCHEDULES)
def test_the_remaining_pulses_are_those_of_a_campaign_that_nothing_interrupted(store: Store, name: str) -> None:
    policy = "vipi" if name == "rows" else "bayes"
    run, expected = programmed(store, SCHEDULES[name], policy, [])
    rounds = expected.totals.round
    again, report = programmed(store, SCHEDULES[name], policy, sorted({1, 2, rounds // 2, rounds - 1, rounds}))
    assert sent(again) == sent(run)
    assert report.totals.round == rounds
    assert report.totals.exchanges == expected.totals.exchanges
    for what in ("measured_s", "pulses", "full_pulses", "stress_s", "accepted"):
        np.testing.assert_array_equal(getattr(report, what), getattr(expected, what))
    assert report.failures == expected.failures
    assert report.residuals == expected.residuals


def test_cells_that_were_in_band_before_a_coarse_pass_get_no_pulse(board: Board) -> None:
    first = campaign(board, Vipi(), None).execute()
    again = campaign(board, Vipi(), None, Schedule(coarse=0.05)).execute()
    assert first.declared_in_band == again.declared_in_band == 1.0
    assert again.pulses.sum() <= 3, "a cell in band gets no pulse, except where noise says that it has left"


def test_a_cell_that_was_moved_meanwhile_is_noticed(board: Board, store: Store) -> None:
    run = store.begin("program", {}, {})
    with pytest.raises(Crash):
        campaign(board, Vipi(), run, progress=dying_in(8)).execute()
    stand = run.get(f"{board.crossbar.capabilities.serial}.round.8")
    accepted = np.flatnonzero(stand["state"] == 1)
    assert accepted.size
    moved = b64encode(np.full((8, 8), 50e-6).astype("<f8").tobytes()).decode()
    board.ask("seed_state", conductance_s={"dtype": "<f8", "shape": [8, 8], "data": moved})
    report = campaign(board, Vipi(), run).execute()
    assert report.declared_in_band == 1.0
    assert (np.abs(board.truth("conductance_s") - board.targets()) <= 0.02 * PROFILE.span_s).mean() > 0.9


def test_a_journal_without_rounds_is_refused(board: Board, store: Store) -> None:
    run, serial = store.begin("program", {}, {}), board.crossbar.capabilities.serial
    arrays = {"targets_s": board.targets(), "measured_s": board.targets()}
    run.put(f"{serial}.start", arrays)
    board.crossbar.log = run.log(serial)
    board.crossbar.pulse(PulseList(np.zeros(1, np.int32), np.zeros(1, np.int32), np.full(1, 0.7), np.full(1, 10e-6)))
    board.crossbar.log = None
    with pytest.raises(ResumeError, match="an older ohmloop"):
        campaign(board, Vipi(), run).execute()
