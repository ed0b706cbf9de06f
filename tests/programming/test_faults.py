"""Campaigns that the board or the wire disturbs: what the journal and the report say is what the cells received."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.programming.boards import PROFILE, SETUP, Board

from ohmloop.crossbar import BoardReset, Crossbar, ExchangeStatus, LinkLost
from ohmloop.programming import (
    Acceptance,
    Campaign,
    Interrupted,
    Outcome,
    Phase,
    Progress,
    Report,
    ResumeError,
    Stops,
    Vipi,
)
from ohmloop.store import Run, Store


def campaign(
    board: Board,
    run: Run | None = None,
    *,
    seed: int = 0,
    progress: Callable[[Progress], None] | None = None,
) -> Campaign:
    return Campaign(
        board.crossbar,
        board.targets(seed),
        Vipi(),
        Acceptance(),
        Stops(),
        profile=PROFILE,
        setup=SETUP,
        run=run,
        progress=progress,
    )


def in_band(board: Board) -> float:
    errors = np.abs(board.truth("conductance_s") - board.targets()) / PROFILE.span_s
    return float((errors <= 0.02).mean())


@pytest.fixture
def run(tmp_path: Path) -> Run:
    return Store(tmp_path / "runs.db").begin("program", {}, {})


@pytest.mark.parametrize("gate", [1, 30, 90, 200, 350])
def test_a_reset_of_the_board_is_met(board: Board, run: Run, gate: int) -> None:
    board.ask("reset", when={"gates": gate})
    report = campaign(board, run).execute()
    assert report.outcome is Outcome.DONE
    assert report.interruptions == board.ask("truth")["resets"] == 1
    assert report.declared_in_band == 1.0
    assert in_band(board) >= 0.9
    received = board.truth("full_pulses")
    assert (received <= report.pulses).all(), "an uncertain exchange counts in full"
    lost = [record for record in run.exchanges() if record.status is ExchangeStatus.UNCERTAIN]
    assert len(lost) == 1
    assert report.pulses.sum() - received.sum() <= len(lost[0].pulses)
    assert [event.kind for event in run.events()].count("exchange lost") == 1


def test_a_board_that_may_not_be_armed_again(board: Board) -> None:
    def refuse(crossbar: Crossbar) -> None:
        raise BoardReset("arm it yourself")

    board.ask("reset", when={"gates": 100})
    unattended = Campaign(
        board.crossbar, board.targets(), Vipi(), Acceptance(), Stops(), profile=PROFILE, setup=SETUP, rearm=refuse
    )
    with pytest.raises(Interrupted, match="without a pulse going through"):
        unattended.execute()


def test_a_disturbed_wire_changes_no_count(board: Board, run: Run) -> None:
    board.ask("fault", wire={"seed": 3, "lose": 0.02, "corrupt": 0.01, "duplicate": 0.02, "late": 0.02})
    report = campaign(board, run).execute()
    board.ask("fault", none=True)
    assert report.outcome is Outcome.DONE
    assert in_band(board) >= 0.9
    if all(record.status is ExchangeStatus.DONE for record in run.exchanges()):
        np.testing.assert_array_equal(report.pulses, board.truth("full_pulses"))
    else:
        assert (board.truth("full_pulses") <= report.pulses).all()


@pytest.mark.parametrize("power", [True, False])
def test_a_cable_that_is_pulled_and_put_back(board: Board, run: Run, power: bool) -> None:
    def pull(moment: Progress) -> None:
        if moment.round == 3:
            board.ask("unplug", power=power)

    with pytest.raises(LinkLost):
        campaign(board, run, progress=pull).execute()
    board.ask("replug")
    board.crossbar.resume()
    report = campaign(board, run).execute()
    assert report.outcome is Outcome.DONE
    assert report.declared_in_band == 1.0
    received = board.truth("full_pulses")
    lost = sum(len(r.pulses) for r in run.exchanges() if r.status is ExchangeStatus.UNCERTAIN)
    assert (received <= report.pulses).all()
    assert report.pulses.sum() <= received.sum() + lost


class Crash(Exception):
    """The host dies here."""


def crashed(board: Board, run: Run, rounds: int) -> None:
    """A campaign that ends in the middle."""

    def die(moment: Progress) -> None:
        if moment.round == rounds:
            raise Crash

    with pytest.raises(Crash):
        campaign(board, run, progress=die).execute()


@pytest.mark.parametrize("rounds", [1, 3, 8])
def test_a_campaign_is_taken_up_where_it_was(board: Board, run: Run, rounds: int) -> None:
    crashed(board, run, rounds)
    received = board.truth("full_pulses").sum()
    told: list[Progress] = []
    report = campaign(board, run, progress=told.append).execute()
    assert told[0].phase is Phase.READING
    assert told[0].pulses == received
    assert report.outcome is Outcome.DONE
    assert report.declared_in_band == 1.0
    np.testing.assert_array_equal(report.pulses, board.truth("full_pulses"))


def test_other_targets_need_another_run(board: Board, run: Run) -> None:
    crashed(board, run, 2)
    received = board.truth("full_pulses").copy()
    with pytest.raises(ResumeError, match="begin a new run"):
        campaign(board, run, seed=1).execute()
    np.testing.assert_array_equal(board.truth("full_pulses"), received)


def test_the_journal_holds_every_pulse_and_the_report(board: Board, run: Run) -> None:
    report: Report = campaign(board, run).execute()
    journalled = np.zeros((8, 8))
    for record in run.exchanges(board.crossbar.capabilities.serial):
        assert record.status is ExchangeStatus.DONE
        np.add.at(journalled, (record.pulses.rows, record.pulses.cols), 1)
    np.testing.assert_array_equal(journalled, report.pulses)
    kept = run.get(f"{board.crossbar.capabilities.serial}.report")
    np.testing.assert_array_equal(kept["measured_s"], report.measured_s)
    assert sum(read.readings.currents_a.size for read in run.reads()) + report.totals.pulses == report.totals.reads
    assert board.crossbar.log is None
