"""A small network on emulated boards: deployment, inference, and what may go wrong with it."""

import signal
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
from tests.programming.boards import LIMITS, PROFILE, SETUP, Board, emulated

from ohmloop.crossbar import BoardReset, CurrentRange, Geometry, ReadConditions
from ohmloop.mapping import ArraySpace, Encoding, NonNegative, Permute, Placement, place
from ohmloop.network import (
    Activation,
    ChipRuntime,
    CurrentOverRange,
    Deployment,
    InputError,
    Linear,
    Model,
    NetworkError,
    logit_snr_db,
)
from ohmloop.programming import Acceptance, Outcome, Phase, Progress, Report, Stops, Vipi

READ = SETUP.read
INPUTS = np.random.default_rng(8).uniform(-1, 1, (40, 8))


def small_network() -> Model:
    """8 inputs, 4 hidden units, 3 outputs: one 8x8 board of pairs, and a part of another."""
    rng = np.random.default_rng(3)
    hidden = Linear(rng.normal(size=(8, 4)), rng.normal(size=4) / 4)
    last = Linear(rng.normal(size=(4, 3)), rng.normal(size=3) / 4, Activation.SOFTMAX)
    return Model("small", (hidden, last)).calibrated(rng.uniform(-1, 1, (200, 8)))


MODEL = small_network()


def placed(encoding: Encoding | None = None) -> Placement:
    return place(
        MODEL.weights,
        [ArraySpace(Geometry(8, 8))] * 2,
        g_min_s=PROFILE.g_min_s,
        g_max_s=PROFILE.g_max_s,
        encoding=encoding,
        transforms=[Permute(np.arange(8)[::-1], [2, 0, 3, 1]), Permute(np.arange(4), [1, 2, 0])],
    )


def deployed(boards: list[Board], placement: Placement) -> list[Report]:
    crossbars = [board.crossbar for board in boards]
    return Deployment(placement, crossbars, Vipi, Acceptance(), Stops(), profile=PROFILE, setup=SETUP).execute()


@pytest.fixture(scope="module")
def boards() -> Iterator[list[Board]]:
    with emulated("8x8", seed=21, count=2) as two:
        deployed(two, placed())
        yield two


@pytest.fixture
def blank() -> Iterator[list[Board]]:
    with emulated("8x8", seed=22, count=2) as two:
        yield two


def runtime(boards: list[Board], conditions: ReadConditions = READ, placement: Placement | None = None) -> ChipRuntime:
    return ChipRuntime(MODEL, placement or placed(), [board.crossbar for board in boards], conditions)


def test_the_chip_answers_as_the_digital_network(boards: list[Board]) -> None:
    with runtime(boards) as chip:
        logits = chip.infer(INPUTS)
    digital = MODEL.digital(INPUTS)
    assert logit_snr_db(digital, logits) > 25
    assert (logits.argmax(axis=1) == digital.argmax(axis=1)).mean() >= 0.95


def test_inputs_beyond_the_calibrated_range_are_not_clipped(boards: list[Board]) -> None:
    with runtime(boards) as chip:
        assert logit_snr_db(MODEL.digital(20 * INPUTS), chip.infer(20 * INPUTS)) > 25


def test_no_input_gives_no_product(boards: list[Board]) -> None:
    with runtime(boards) as chip:
        logits = chip.infer(np.zeros((2, 8)))
        assert chip.infer(np.empty((0, 8))).shape == (0, 3)
    np.testing.assert_allclose(logits, MODEL.digital(np.zeros((2, 8))), atol=0.1)


def test_a_range_that_is_too_fine_is_widened(boards: list[Board]) -> None:
    fine = ReadConditions(READ.volts, READ.averages, CurrentRange.L)
    with runtime(boards, fine) as chip:
        assert logit_snr_db(MODEL.digital(INPUTS), chip.infer(INPUTS)) > 25


def test_a_current_beyond_the_widest_range_names_board_and_column(blank: list[Board]) -> None:
    deployed(blank, placed())
    for board in blank:
        board.crossbar.arm(replace(LIMITS, range_max=CurrentRange.L), "ab12")
    fine = ReadConditions(READ.volts, READ.averages, CurrentRange.L)
    with (
        runtime(blank, fine) as chip,
        pytest.raises(CurrentOverRange, match=r"column \d+ of board SIM-22-b0") as caught,
    ):
        chip.infer(np.ones((1, 8)))
    assert caught.value.board == "SIM-22-b0"
    assert 0 <= caught.value.column < 8


def test_single_ended_cells(blank: list[Board]) -> None:
    placement = placed(NonNegative())
    assert all(report.outcome is Outcome.DONE for report in deployed(blank, placement))
    with runtime(blank, placement=placement) as chip:
        assert logit_snr_db(MODEL.digital(INPUTS), chip.infer(INPUTS)) > 15


def test_boards_are_programmed_together(blank: list[Board]) -> None:
    told: list[Progress] = []
    crossbars = [board.crossbar for board in blank]
    reports = Deployment(
        placed(), crossbars, Vipi, Acceptance(), Stops(), profile=PROFILE, progress=told.append
    ).execute()
    assert [report.board for report in reports] == [crossbar.capabilities.serial for crossbar in crossbars]
    assert {moment.board for moment in told} == {report.board for report in reports}
    assert sum(moment.phase is Phase.ENDED for moment in told) == 2
    for board, report in zip(blank, reports, strict=True):
        np.testing.assert_array_equal(np.nan_to_num(report.pulses), board.truth("full_pulses"))


def test_one_stop_ends_all_boards_at_a_safe_point(blank: list[Board]) -> None:
    def stop(moment: Progress) -> None:
        deployment.request_stop()

    crossbars = [board.crossbar for board in blank]
    deployment = Deployment(placed(), crossbars, Vipi, Acceptance(), Stops(), profile=PROFILE, progress=stop)
    assert {report.outcome for report in deployment.execute()} == {Outcome.PAUSED}


class FirstCtrlC:
    """Interrupts the main thread once, from the thread of a board."""

    def __init__(self) -> None:
        self.sent = False

    def __call__(self, moment: Progress) -> None:
        if moment.phase is Phase.PROGRAMMING and not self.sent:
            self.sent = True
            signal.raise_signal(signal.SIGINT)


def test_ctrl_c_waits_for_a_safe_point(blank: list[Board]) -> None:
    crossbars = [board.crossbar for board in blank]
    for board in blank:
        board.ask("fault", wire={"late": 1.0, "late_s": 0.1})  # so that there is something left to stop
    reports = Deployment(
        placed(), crossbars, Vipi, Acceptance(), Stops(), profile=PROFILE, progress=FirstCtrlC()
    ).execute()
    assert Outcome.PAUSED in {report.outcome for report in reports}
    for board, report in zip(blank, reports, strict=True):
        np.testing.assert_array_equal(np.nan_to_num(report.pulses), board.truth("full_pulses"))


def test_a_board_that_fails_does_not_end_the_other(blank: list[Board]) -> None:
    blank[0].crossbar.disarm()
    with pytest.raises(Exception, match="not armed"):
        deployed(blank, placed())
    assert blank[1].truth("full_pulses").any()


def test_a_board_that_has_restarted_is_not_believed(blank: list[Board]) -> None:
    blank[0].ask("reset")
    with runtime(blank) as chip, pytest.raises(BoardReset):
        chip.infer(INPUTS)


def test_inputs_are_checked(boards: list[Board]) -> None:
    with runtime(boards) as chip, pytest.raises(InputError, match=r"\(batch, 8\)"):
        chip.infer(np.zeros((2, 9)))


def test_inputs_are_held_to_the_read_limit(boards: list[Board]) -> None:
    with pytest.raises(NetworkError, match=r"0\.25 V on board SIM-21-b0 may pass its read limit of 0\.25 V"):
        runtime(boards, ReadConditions(0.25, 16, CurrentRange.M))


def test_an_unarmed_board_reads_with_little(blank: list[Board]) -> None:
    blank[1].crossbar.disarm()
    with pytest.raises(NetworkError, match="while no device is armed"):
        runtime(blank)


def test_what_does_not_belong_together(boards: list[Board]) -> None:
    crossbars = [board.crossbar for board in boards]
    with pytest.raises(NetworkError, match="no input ranges"):
        ChipRuntime(Model("raw", MODEL.layers), placed(), crossbars, READ)
    with pytest.raises(NetworkError, match="has 2 arrays, not 1"):
        ChipRuntime(MODEL, placed(), crossbars[:1], READ)
    with pytest.raises(NetworkError, match="has 2 arrays, not 1"):
        deployed(boards[:1], placed())
    other = Model("other", (MODEL.layers[1],), (1.0,))
    with pytest.raises(NetworkError, match="placement is for layers"):
        ChipRuntime(other, placed(), crossbars, READ)
    wide = place(MODEL.weights, [ArraySpace(Geometry(8, 16))] * 2, g_min_s=10e-6, g_max_s=100e-6)
    with pytest.raises(NetworkError, match="8x8 array, but the placement expects 8x16"):
        ChipRuntime(MODEL, wide, crossbars, READ)
