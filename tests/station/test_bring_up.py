"""A board looked over step by step: a sound one, and one with each fault that the emulator can have."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.conftest import StartEmulator

from ohmloop.drivers.opening import open_native
from ohmloop.link.child import EmulatorProcess
from ohmloop.station.bring_up import Outcome, Step, examine
from ohmloop.store import Store

SOUND = (
    "opened", "link", "identity", "firmware", "shutdown", "last start", "rails", "since boot", "self-test", "lease",
    "store of the board", "calibration", "arm flip-flop", "converters", "columns at 0 V", "trip",
)  # fmt: skip

OPEN_S = 1e-9
PLUG_OHM = np.where(np.eye(8, dtype=bool), 10_000.0, np.nan)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "runs.sqlite") as opened:
        yield opened


@pytest.fixture
def built(emulator: StartEmulator) -> EmulatorProcess:
    """A board with every deviation of a real one; its cells are resistors that may be left out."""
    settings = {"front_end": "board", "device.g_min": str(OPEN_S), "device.g_max": "1e-2"}
    process = emulator("8x8", settings, seed="3", device="vteam-ideal")
    put(process, np.full((8, 8), OPEN_S))
    return process


def put(emulator: EmulatorProcess, conductance_s: np.ndarray) -> None:
    """Give the emulated cells these conductances, S."""
    data = b64encode(conductance_s.astype("<f8").tobytes()).decode()
    with emulator.control() as control:
        control.ask("seed_state", conductance_s={"dtype": "<f8", "shape": [8, 8], "data": data})


def looked(emulator: EmulatorProcess, store: Store | None, **what: Any) -> dict[str, Step]:
    """The steps by name."""
    return {step.name: step for step in examine(emulator.boards[0].url, store, **what)}


def failed(steps: dict[str, Step]) -> list[str]:
    return [name for name, step in steps.items() if step.outcome is Outcome.FAILED]


def test_a_sound_board_fails_nowhere_and_no_cell_is_moved(built: EmulatorProcess, store: Store) -> None:
    steps = looked(built, store)
    assert tuple(steps) == SOUND
    assert not failed(steps)
    assert [name for name, step in steps.items() if step.outcome is Outcome.NOT_POSSIBLE] == ["calibration", "trip"]
    with built.control() as control:
        truth = control.truth()
    assert truth["gates"] == 0
    assert max(np.abs(truth["v_max"]).max(), np.abs(truth["v_min"]).max()) < 6e-3, "offsets of the drivers, no more"


def test_every_failed_step_says_what_to_do(board: EmulatorProcess) -> None:
    with board.control() as control:
        control.ask("hang")
        control.ask("fault", converter={"bad": 1})
    steps = looked(board, None)
    assert failed(steps)
    assert all(step.advice for step in steps.values() if step.outcome is Outcome.FAILED)


@pytest.mark.parametrize("kind", ["check sum", "busy", "silent"])
def test_a_converter_that_answers_badly(board: EmulatorProcess, kind: str) -> None:
    with board.control() as control:
        control.ask("fault", converter={"bad": 1, "as": kind})
    steps = looked(board, None)
    assert failed(steps) == ["converters"]
    assert steps["arm flip-flop"].outcome is Outcome.PASSED
    again = looked(board, None)
    assert failed(again) == ["shutdown"], "the board has latched"
    assert again["lines at 0 V"].outcome is Outcome.NOT_POSSIBLE


@pytest.mark.parametrize("volts", [{"positive": 5.0, "negative": -7.5}, {"positive": 7.5, "negative": 0.0}])
def test_a_rail_that_is_missing(board: EmulatorProcess, volts: dict[str, float]) -> None:
    with board.control() as control:
        control.ask("fault", rails=volts)
    steps = looked(board, None)
    assert "rails" in failed(steps)
    assert f"{volts['positive']:+.2f} V, {volts['negative']:+.2f} V" in steps["rails"].measured
    assert steps["lines at 0 V"].outcome is Outcome.NOT_POSSIBLE, "the board has shut down"


def test_a_board_that_has_hung(board: EmulatorProcess) -> None:
    with board.control() as control:
        control.ask("hang")
    assert failed(looked(board, None)) == ["last start"]


def test_a_wire_that_loses_lines(board: EmulatorProcess) -> None:
    with board.control() as control:
        control.ask("fault", wire={"to_board": {"corrupt": 0.3}, "seed": 1})
    steps = {step.name: step for step in examine(board.boards[0].url + "?timeout=0.2", None)}
    assert set(failed(steps)) >= {"link", "since boot"}


def test_another_client_keeps_its_lease(board: EmulatorProcess) -> None:
    with open_native(board.boards[0].url) as other:
        assert other.ask("SYSTem:LEASe?", lease="0000c0de").frame.code == 0
        steps = looked(board, None)
        assert steps["lease"].outcome is Outcome.NOT_POSSIBLE
        assert other.ask("SYSTem:LEASe:RELease", lease="0000c0de").frame.code == 0


def test_a_board_that_does_not_answer() -> None:
    (step,) = examine("tcp://127.0.0.1:9?timeout=0.2", None)
    assert (step.name, step.outcome) == ("opened", Outcome.FAILED)


def test_an_empty_socket(built: EmulatorProcess) -> None:
    assert not failed(looked(built, None, socket_empty=True))
    leak = np.full((8, 8), OPEN_S)
    leak[2, 5] = 1e-6
    put(built, leak)
    steps = looked(built, None, socket_empty=True)
    assert failed(steps) == ["empty socket"]
    assert "cell 2,5" in steps["empty socket"].measured


def test_resistors_in_the_socket(built: EmulatorProcess) -> None:
    plug_s = np.where(np.isnan(PLUG_OHM), OPEN_S, 1 / PLUG_OHM)
    put(built, plug_s)
    with open_native(built.boards[0].url) as before:
        setup = before.setup
    assert not failed(looked(built, None, resistors_ohm=PLUG_OHM))
    with open_native(built.boards[0].url) as after:
        assert after.setup == setup, "left as it was found"
    plug_s[4, 4] = OPEN_S
    plug_s[6, 1] = 1e-4
    put(built, plug_s)
    steps = looked(built, None, resistors_ohm=PLUG_OHM)
    assert failed(steps) == ["resistors"]
    assert "4,4 6,1" in steps["resistors"].measured
    small = looked(built, None, resistors_ohm=np.full((2, 2), 1e4))
    assert small["resistors"].outcome is Outcome.NOT_POSSIBLE


def test_columns_that_are_overloaded_trip(built: EmulatorProcess) -> None:
    small = np.full(8, 1 / 330.0)
    put(built, np.where(np.eye(8, dtype=bool), small, OPEN_S))
    assert not failed(looked(built, None, overload=True))
    small[3] = OPEN_S
    put(built, np.where(np.eye(8, dtype=bool), small, OPEN_S))
    steps = looked(built, None, overload=True)
    assert failed(steps) == ["since boot", "trip"], "the trips of the first time are counted"
    assert "no trip: column 3" in steps["trip"].measured
    assert steps["shutdown"].outcome is Outcome.PASSED, "they were cleared"


def test_a_crossbar_without_a_board(store: Store) -> None:
    steps = {step.name: step for step in examine("sim://4x4", store)}
    assert steps["identity"].outcome is Outcome.PASSED
    assert steps["self-tests"].outcome is Outcome.NOT_POSSIBLE
