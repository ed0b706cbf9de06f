"""Campaigns on an emulated board, over its port."""

import json
from base64 import b64encode
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.programming.boards import PROFILE, SETUP, Board

from ohmloop.crossbar import Crossbar, CurrentRange, Setup, Unarmed
from ohmloop.programming import (
    Acceptance,
    Campaign,
    Drive,
    Failure,
    Outcome,
    Phase,
    PolicyError,
    ProgrammingError,
    Progress,
    Proposal,
    Report,
    Stops,
    Vipi,
)


def program(board: Board, targets_s: NDArray[np.float64], stops: Stops | None = None) -> Report:
    return Campaign(
        board.crossbar, targets_s, Vipi(), Acceptance(), stops or Stops(), profile=PROFILE, setup=SETUP
    ).execute()


def test_every_cell_reaches_its_target(board: Board) -> None:
    targets_s = board.targets()
    report = program(board, targets_s)
    assert report.outcome is Outcome.DONE
    assert report.declared_in_band == 1.0
    errors = np.abs(board.truth("conductance_s") - targets_s) / PROFILE.span_s
    assert (errors <= 0.02).mean() >= 0.9
    np.testing.assert_array_equal(report.pulses, board.truth("full_pulses"))


def test_cells_without_a_target_are_left_alone(board: Board) -> None:
    targets_s = board.targets()
    targets_s[2:5, 1:] = np.nan
    report = program(board, targets_s)
    assert report.totals.cells == 64 - 21
    assert not board.truth("full_pulses")[2:5, 1:].any()
    assert np.isnan(report.measured_s[2:5, 1:]).all()
    assert not report.accepted[2:5, 1:].any()


def test_nothing_to_program(board: Board) -> None:
    report = program(board, np.full((8, 8), np.nan))
    assert report.outcome is Outcome.DONE
    assert report.declared_in_band == 1.0
    assert json.loads(report.to_json())["cells"] == 0
    assert not board.truth("full_pulses").any()


def test_a_stuck_cell_is_given_up_with_its_history(board: Board) -> None:
    board.ask("fault", stuck={"fraction": 0.1, "seed": 4})
    stuck = board.truth("stuck").astype(bool)
    report = program(board, board.targets(), Stops(full_voltage_pulses=15))
    given_up = {(failure.row, failure.col): failure for failure in report.failures}
    assert stuck.any()
    assert set(given_up) <= set(map(tuple, np.argwhere(stuck).tolist()))
    assert report.accepted[~stuck].all()
    for (row, col), failure in given_up.items():
        assert failure.reason is Failure.FULL_VOLTAGE
        assert len(failure.history) == board.truth("full_pulses")[row, col] == report.pulses[row, col]
        assert sum(abs(record.volts) == 2.0 for record in failure.history) == 15
        assert all(record.width_s == PROFILE.width_s for record in failure.history)
    assert given_up, "a tenth of the cells is stuck, and not all of them where they should be"


def test_no_pulses_are_allowed(board: Board) -> None:
    report = program(board, board.targets(), Stops(pulses=0))
    assert {failure.reason for failure in report.failures} == {Failure.PULSES}
    assert not board.truth("full_pulses").any()


def test_no_pulses_at_full_voltage_are_allowed(board: Board) -> None:
    report = program(board, board.targets(), Stops(full_voltage_pulses=0))
    assert {failure.reason for failure in report.failures} == {Failure.FULL_VOLTAGE}
    assert not board.truth("full_pulses").any()


def test_no_time_is_allowed(board: Board) -> None:
    report = program(board, board.targets(), Stops(time_s=0.0))
    assert {failure.reason for failure in report.failures} == {Failure.TIME}
    assert not board.truth("full_pulses").any()


def test_a_round_takes_as_few_exchanges_as_the_board_allows(board: Board) -> None:
    told: list[Progress] = []
    Campaign(
        board.crossbar, board.targets(), Vipi(), Acceptance(passes=0), Stops(), profile=PROFILE, progress=told.append
    ).execute()
    assert [moment.exchanges for moment in told if moment.phase is Phase.PROGRAMMING] == [
        moment.round for moment in told if moment.phase is Phase.PROGRAMMING
    ]
    assert told[-1].phase is Phase.ENDED
    assert told[-1].accepted == told[-1].cells == 64


def test_a_stop_that_is_asked_for_comes_at_a_safe_point(board: Board) -> None:
    def after_two(moment: Progress) -> None:
        if moment.round == 2:
            campaign.request_stop()

    campaign = Campaign(
        board.crossbar, board.targets(), Vipi(), Acceptance(), Stops(), profile=PROFILE, progress=after_two
    )
    report = campaign.execute()
    assert report.outcome is Outcome.PAUSED
    assert report.totals.round == 2
    np.testing.assert_array_equal(report.pulses, board.truth("full_pulses"))


def test_a_trip_ends_the_campaign_with_a_report(board: Board) -> None:
    board.ask("trip", when={"gates": 100})
    report = program(board, board.targets())
    assert report.outcome is Outcome.STOPPED
    assert report.note
    np.testing.assert_array_equal(report.pulses, board.truth("full_pulses"))
    assert report.totals.pulses == 100


class Careless(Vipi):
    """Adds half a volt to whatever is usable."""

    def propose(self, cells: NDArray[np.intp], measured_s: NDArray[np.float64]) -> Proposal:
        proposal = super().propose(cells, measured_s)
        return replace(proposal, volts=np.full(cells.size, PROFILE.set_drive.max_v + 0.5))


class Confused(Vipi):
    """Forgets a cell."""

    def propose(self, cells: NDArray[np.intp], measured_s: NDArray[np.float64]) -> Proposal:
        return super().propose(cells[1:], measured_s[1:])


@pytest.mark.parametrize(
    ("policy", "message"), [(Careless, "2.500000 V for cell 0,0"), (Confused, "must propose .* finite amplitudes")]
)
def test_a_policy_is_not_trusted(board: Board, policy: type[Vipi], message: str) -> None:
    campaign = Campaign(board.crossbar, board.targets(), policy(), Acceptance(), Stops(), profile=PROFILE)
    with pytest.raises(PolicyError, match=message):
        campaign.execute()
    assert not board.truth("full_pulses").any()


def test_amplitudes_are_held_to_what_the_board_accepts(board: Board) -> None:
    board.ask("fault", stuck={"fraction": 1.0, "seed": 1})
    hungry = replace(PROFILE, set_drive=Drive(0.7, 0.9, 5.0), reset_drive=Drive(0.7, 0.9, 5.0))
    report = Campaign(
        board.crossbar, board.targets(), Vipi(), Acceptance(), Stops(), profile=hungry, setup=SETUP
    ).execute()
    assert 2.0 < report.profile.set_drive.max_v < 2.1
    assert report.failures
    assert board.truth("v_max").max() <= 2.1
    assert board.truth("v_min").min() >= -2.1


def test_a_cell_beyond_the_current_range_is_brought_back(board: Board) -> None:
    beyond = np.full((8, 8), 110e-6)
    data = b64encode(beyond.astype("<f8").tobytes()).decode()
    board.ask("seed_state", conductance_s={"dtype": "<f8", "shape": [8, 8], "data": data})
    fine = replace(SETUP, read=replace(SETUP.read, volts=0.24, current_range=CurrentRange.L))
    assert np.isinf(_configured(board, fine).read_array().currents_a).all()
    targets_s = 0.9 * board.targets()
    report = Campaign(board.crossbar, targets_s, Vipi(), Acceptance(), Stops(), profile=PROFILE, setup=fine).execute()
    assert report.declared_in_band == 1.0
    assert (np.abs(board.truth("conductance_s") - targets_s) <= 0.02 * PROFILE.span_s).mean() >= 0.9


def _configured(board: Board, setup: Setup) -> Crossbar:
    board.crossbar.configure(setup)
    return board.crossbar


def test_targets_of_another_shape(board: Board) -> None:
    with pytest.raises(ProgrammingError, match=r"\(4, 8\) do not fit the 8x8 array"):
        program(board, np.full((4, 8), 50e-6))


@pytest.mark.parametrize("bad", [np.inf, -1e-6])
def test_targets_that_make_no_sense(board: Board, bad: float) -> None:
    targets_s = board.targets()
    targets_s[3, 4] = bad
    with pytest.raises(ProgrammingError, match="target of cell 3,4"):
        program(board, targets_s)


def test_an_unarmed_board(board: Board) -> None:
    board.crossbar.disarm()
    with pytest.raises(Unarmed, match="arm a device"):
        program(board, board.targets())


def test_a_start_amplitude_above_the_limit(board: Board) -> None:
    profile = replace(PROFILE, set_drive=Drive(2.5, 0.9, 3.0))
    campaign = Campaign(board.crossbar, board.targets(), Vipi(), Acceptance(), Stops(), profile=profile)
    with pytest.raises(ProgrammingError, match=r"SET on board .* starts at 2\.500000 V"):
        campaign.execute()


def test_a_width_that_the_device_does_not_bear(board: Board) -> None:
    campaign = Campaign(
        board.crossbar, board.targets(), Vipi(), Acceptance(), Stops(), profile=replace(PROFILE, width_s=1e-3)
    )
    with pytest.raises(ProgrammingError, match=r"not 0.001 s"):
        campaign.execute()
