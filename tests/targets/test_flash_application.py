"""The application alone, by mpremote through the serial port of the emulated chip."""

from __future__ import annotations

import json
from importlib.metadata import version
from pathlib import Path

import pytest
from tests.targets.application import broken, changed, flash
from tests.targets.conftest import Start
from tests.targets.target import Session, Target

RELEASED = version("ohmloop")
HELP, TEXT = "gives the lease back", "GIVES THE LEASE BACK"
PASSED_OVER = '-310,"System error; the deployed application {}: the image\'s runs"'
DISARMED = "a device is armed: DISarm first"


@pytest.fixture
def chip(start: Start) -> Target:
    return start("rp2040")


def firmware(chip: Target) -> str:
    """What the board calls its firmware."""
    return str(json.loads(chip.wire.request("SYST:CAP?").text)["firmware"])


def restart(chip: Target, resets: int, reason: str) -> None:
    chip.control.ask("reset", reason=reason)
    chip.await_reset(resets)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_changed_application_runs_until_it_is_removed(chip: Target, tmp_path: Path) -> None:
    """Calibration stays. What the watchdog had to end does not come back by itself."""
    assert chip.wire.request("CAL:LINE ROW,OFFS,3,1500 uV").code == 0
    assert chip.wire.request("CAL:SAVE").code == 0
    deployed = flash(
        "--application", "--image", changed(tmp_path, "commands/system.py", HELP, TEXT), "--device", chip.url, "--json"
    )
    assert deployed.returncode == 0, deployed.stderr
    runs = json.loads(deployed.stdout)["firmware"]
    assert runs.startswith(f"{RELEASED}+")
    assert "run `ohmloop flash" not in deployed.stderr, "its version goes with this ohmloop"
    chip.reconnect()
    assert TEXT in chip.wire.ask("SYST:HELP? SYST:LEAS:REL")
    assert chip.wire.ask("*IDN?").endswith(runs)
    session = Session(chip.wire)
    assert session.pulse([(2, 3, 1.2, 10e-6)], "EACH").code == 0
    assert float(chip.wire.request("CAL:LINE? ROW,OFFS,3").text) == 1500e-6

    resets = chip.truth("resets")
    restart(chip, resets + 1, "watchdog")
    assert firmware(chip) == RELEASED
    assert chip.wire.ask("SYST:ERR?") == PASSED_OVER.format("was ended by the watchdog")
    restart(chip, resets + 2, "power")
    assert firmware(chip) == runs
    assert chip.wire.ask("SYST:ERR?").startswith("0,")

    removed = flash("--application", "--remove", "--device", chip.url, "--json")
    assert removed.returncode == 0, removed.stderr
    assert json.loads(removed.stdout)["firmware"] == RELEASED
    chip.reconnect()
    assert HELP in chip.wire.ask("SYST:HELP? SYST:LEAS:REL")
    assert float(chip.wire.request("CAL:LINE? ROW,OFFS,3").text) == 1500e-6


@pytest.mark.timeout(300)
@pytest.mark.parametrize("cut", [100, 5000], ids=["in its first page", "in its second block"])
def test_a_deployment_that_is_cut_leaves_the_application_of_the_image(chip: Target, tmp_path: Path, cut: int) -> None:
    """The supply is lost after so many bytes."""
    chip.control.ask("fault", files={"cut_after": cut})
    folder = changed(tmp_path, "commands/system.py", HELP, TEXT)
    done = flash("--application", "--image", folder, "--device", chip.url)
    assert done.returncode == 1
    assert "mpremote did not finish" in done.stderr
    assert "start again, or unplug the board" in done.stderr
    chip.await_reset()
    chip.reconnect()
    chip.wire.write("")  # ends what mpremote sent last
    assert firmware(chip) == RELEASED
    assert HELP in chip.wire.ask("SYST:HELP? SYST:LEAS:REL")
    assert chip.wire.ask("SYST:ERR?") == PASSED_OVER.format("is not whole")


@pytest.mark.timeout(300)
def test_an_application_that_cannot_be_loaded_gives_way_to_the_one_in_the_image(chip: Target, tmp_path: Path) -> None:
    done = flash("--application", "--image", broken(tmp_path), "--device", chip.url)
    assert done.returncode == 1
    assert f"runs firmware {RELEASED} although {RELEASED}+" in done.stderr
    assert "`ohmloop flash --application --remove` goes back" in done.stderr
    chip.reconnect()
    why = "cannot be loaded: ImportError: no module named 'ohmboard.board'"
    assert chip.wire.ask("SYST:ERR?") == PASSED_OVER.format(why)
    Session(chip.wire).do("MEAS:CELL? 0,0")


def test_a_board_that_somebody_works_with_keeps_its_application(start: Start) -> None:
    board = start("cpython")
    session = Session(board.wire)
    held = flash("--application", "--device", board.url)
    assert (held.returncode, "wait until the other client gives the board back" in held.stderr) == (4, True)
    session.do("SYST:LEAS:REL")
    for way in ([], ["--remove"]):
        armed = flash("--application", "--device", board.url, *way)
        assert (armed.returncode, DISARMED in armed.stderr) == (4, True), armed.stderr
    assert board.state()["epoch"] == session.state.epoch


def test_what_goes_onto_no_board(start: Start, tmp_path: Path) -> None:
    nothing = flash("--application", "--image", tmp_path, "--device", "tcp://127.0.0.1:1")
    assert (nothing.returncode, "is no application of the board" in nothing.stderr) == (1, True)
    nobody = flash("--application", "--device", "tcp://127.0.0.1:1")
    assert nobody.returncode == 3
    for arguments in (["--application"], ["--remove"], ["--application", "--drive", tmp_path, "--device", "tcp://a:1"]):
        wrong = flash(*arguments)
        assert (wrong.returncode, "application" in wrong.stderr) == (2, True), wrong.stderr
