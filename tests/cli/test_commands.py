"""Each command does what it says, as the installed command does it."""

import csv
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import Board, Command

from ohmloop.crossbar import Geometry
from ohmloop.station import DeviceFile
from ohmloop.station.emulated import EmulatorProcess


def test_scan_reads_every_cell(ohmloop: Command, tmp_path: Path) -> None:
    found = ohmloop("scan", "-d", "emu://8x8?seed=3", "-o", tmp_path / "cells.npz", "--json")
    assert found.code == 0, found.err
    (board,) = found.json["boards"]
    assert board["geometry"] == "8x8"
    with np.load(tmp_path / "cells.npz") as arrays:
        conductances_s = arrays[board["board"]]
    assert conductances_s.shape == (8, 8)
    assert board["median_s"] == pytest.approx(np.median(conductances_s))
    (run,) = ohmloop("runs", "list", "--json").json
    assert (run["kind"], run["state"], run["summary"]) == ("scan", "done", {"cells": 64})


def test_arming_lasts_until_disarmed(ohmloop: Command, board: Board) -> None:
    armed = ohmloop("arm", "-d", board.url, "--dut", board.dut, "--json").json["boards"][0]
    assert armed["armed"] == "emulated VTEAM array"
    assert len(armed["hash"]) == 64
    assert "nothing" in ohmloop("arm", "-d", board.url, "--dut", board.dut, "--disarm").out


def test_a_shutdown_is_cleared_only_when_asked(ohmloop: Command, board: Board, weights: Path) -> None:
    where = ("-d", board.url, "--dut", board.dut)
    with board.emulator.control() as control:
        control.ask("trip", when={"gates": 5})
    tripped = ohmloop("program", *where, "-m", weights, "--policy", "vipi")
    assert tripped.code == 1
    assert "rip" in tripped.err
    assert "go on with --resume 1" in tripped.err
    shut_down = ohmloop("scan", *where)
    assert shut_down.code == 4
    assert "rip" in shut_down.err
    assert ohmloop("arm", *where, "--clear").code == 0
    assert ohmloop("program", *where, "-m", weights, "--resume", "1").code == 0


def test_program_infer_and_what_the_store_kept(ohmloop: Command, board: Board, weights: Path, tmp_path: Path) -> None:
    where = ("-d", board.url, "--dut", board.dut, "-m", weights)
    inputs = np.random.default_rng(1).uniform(0, 1, (20, 8))
    np.savetxt(tmp_path / "inputs.csv", inputs, delimiter=",")

    early = ohmloop("infer", *where, tmp_path / "inputs.csv")
    assert early.code == 1
    assert "the boards do not hold 'small'" in early.err

    rehearsed = ohmloop("program", *where, "--policy", "vipi", "--dry-run")
    assert rehearsed.code == 0
    assert "pulses withheld" in rehearsed.err
    assert "Traceback" not in rehearsed.err
    with board.emulator.control() as control:
        assert control.ask("truth")["gates"] == 0

    programmed = ohmloop("program", *where, "--policy", "vipi", "--maps", tmp_path / "maps.png", "--json")
    assert programmed.code == 0, programmed.err
    assert programmed.json["cells"] == 64
    assert programmed.json["declared_in_band"] > 0.9
    assert (tmp_path / "maps.png").read_bytes().startswith(b"\x89PNG")

    answered = ohmloop("infer", *where, tmp_path / "inputs.csv", "-o", tmp_path / "logits.npy", "--json")
    assert answered.code == 0, answered.err
    logits = np.load(tmp_path / "logits.npy")
    np.testing.assert_array_equal(logits, answered.json["logits"])
    with np.load(weights) as file:
        expected = inputs @ file["0.weight"].T + file["0.bias"]
    assert np.corrcoef(logits.ravel(), expected.ravel())[0, 1] > 0.98

    runs = ohmloop("runs", "list", "--json").json
    assert [(run["kind"], run["state"]) for run in runs] == [
        ("program", "paused"),
        ("program", "done"),
        ("infer", "done"),
    ]
    number = str(programmed.json["run"])
    shown = ohmloop("runs", "show", number, "--json").json
    assert shown["origin"]["boards"][0]["serial"] == programmed.json["boards"][0]["board"]
    assert any(event["kind"] == "campaign ended" for event in shown["events"])
    exported = ohmloop("runs", "export", number, tmp_path / "csv", "--json").json
    with Path(exported[0]).open() as file_of_pulses:
        pulses = list(csv.DictReader(file_of_pulses))
    assert len(pulses) == sum(report["pulses_per_cell"]["total"] for report in programmed.json["boards"])


def test_doctor_looks_over_the_machine_and_a_board(ohmloop: Command, board: Board) -> None:
    found = ohmloop("doctor", "-d", board.url, "--json")
    assert found.code == 0
    steps = {(step["where"], step["name"]): step for step in found.json}
    assert steps["this machine", "python"]["outcome"] == "passed"
    assert "2x2" in steps["this machine", "emulator"]["measured"]
    assert "0 runs" in steps["this machine", "store"]["measured"]
    assert board.emulator.boards[0].serial in steps[board.url, "identity"]["measured"]
    assert steps[board.url, "converters"]["outcome"] == "passed"


def test_doctor_says_what_to_do(ohmloop: Command, board: Board) -> None:
    with board.emulator.control() as control:
        control.ask("fault", converter={"bad": 1})
    found = ohmloop("doctor", "-d", board.url)
    assert found.code == 1
    assert "FAILED\tconverters" in found.out
    assert "converters: check U301 to U303" in found.out


def test_doctor_cannot_reach_a_board(ohmloop: Command) -> None:
    nowhere = "tcp://127.0.0.1:9?timeout=0.2"
    found = ohmloop("doctor", "-d", nowhere, "--json")
    assert found.code == 3
    assert [step["where"] for step in found.json if step["outcome"] == "failed"] == [nowhere]


def test_doctor_holds_the_socket_to_what_is_in_it(ohmloop: Command, board: Board, tmp_path: Path) -> None:
    assert ohmloop("doctor", "-d", board.url, "--empty").code == 1, "there is a device"
    (tmp_path / "plug.csv").write_text("10000\n")
    wrong = ohmloop("doctor", "-d", board.url, "--resistors", tmp_path / "plug.csv", "--json")
    assert "1x1" in next(step for step in wrong.json if step["name"] == "resistors")["measured"]


def test_doctor_knows_the_age_of_a_calibration(ohmloop: Command, tmp_path: Path) -> None:
    with plugged(tmp_path, 80_000.0) as (emulator, where):
        assert ohmloop("calibrate", *where, "--resistors", tmp_path / "plug.csv").code == 0
        steps = ohmloop("doctor", "-d", emulator.boards[0].url, "--json").json
        (step,) = [step for step in steps if step["name"] == "calibration"]
        assert step["outcome"] == "passed"
        assert "0 days ago" in step["measured"]


def test_stop_reaches_boards_that_nobody_owns(ohmloop: Command, board: Board) -> None:
    assert ohmloop("stop", "-d", board.url).out == "stopped: every line is in its safe state\n"


@contextmanager
def plugged(folder: Path, ohm: float) -> Iterator[tuple[EmulatorProcess, tuple[str | Path, ...]]]:
    """A board with resistors in the place of its device; they are in `plug.csv`."""
    np.savetxt(folder / "plug.csv", np.full((8, 8), ohm), delimiter=",")
    settings = {"front_end": "board", "device.g_min": "1e-6"}
    with EmulatorProcess(Geometry(8, 8), {"device": "vteam-ideal", "seed": "3"}, settings) as emulator:
        with emulator.control() as control:
            data = b64encode(np.full(64, 1 / ohm).tobytes()).decode()
            control.ask("seed_state", conductance_s={"dtype": "<f8", "shape": [8, 8], "data": data})
        dut = folder / "plug.toml"
        dut.write_text(DeviceFile.shipped("vteam", Geometry(8, 8)).text)
        yield emulator, ("-d", emulator.boards[0].url, "--dut", dut)


def test_calibrate_corrects_and_says_by_how_much(ohmloop: Command, tmp_path: Path) -> None:
    plug = tmp_path / "plug.csv"
    with plugged(tmp_path, 80_000.0) as (_, where):
        found = ohmloop("calibrate", *where, "--resistors", plug, "--json")
        assert found.code == 0, found.err
        (board,) = found.json["boards"]
        assert board["before"] > 5e-3 > 2 * board["after"]
        np.savetxt(plug, np.full((8, 8), 90_000.0), delimiter=",")
        wrong = ohmloop("calibrate", *where, "--resistors", plug)
        assert wrong.code == 1
        assert "gain error" in wrong.err
        assert [run["state"] for run in ohmloop("runs", "list", "--json").json] in (
            ["failed", "done"],
            ["done", "failed"],
        )
        plug.write_text("ten,twenty\n1,2,3\n")
        assert ohmloop("calibrate", *where, "--resistors", plug).code in (1, 2)
