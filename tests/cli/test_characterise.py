"""Characterise, program by what was found, look again later, form: as the installed command does it."""

import json
from pathlib import Path

from tests.cli.conftest import Board, Command

from ohmloop.crossbar import Geometry
from ohmloop.station.emulated import EmulatorProcess


def test_a_board_is_characterised_and_programmed_by_what_was_found(
    ohmloop: Command, board: Board, weights: Path, tmp_path: Path
) -> None:
    where = ("-d", board.url, "--dut", board.dut)
    profile, picture = tmp_path / "profile.json", tmp_path / "measured.png"
    found = ohmloop("characterise", *where, "-o", profile, "--picture", picture, "--json")
    assert found.code == 0, found.err
    choice = found.json["choice"]
    assert found.json["measured"]["kind"] == "rate"
    assert choice["converges"]
    assert picture.read_bytes().startswith(b"\x89PNG")
    kept = json.loads(profile.read_text())
    assert kept["origin"]["device_hash"]
    assert kept["origin"]["read"]["volts"] == 0.2
    assert kept["pulses"] == found.json["measured"]["pulses"]

    programmed = ohmloop("program", *where, "-m", weights, "--json")
    assert programmed.code == 0, programmed.err
    (report,) = programmed.json["boards"]
    assert report["policy"]["name"] == choice["policy"]
    assert report["acceptance"]["guard"] == choice["acceptance"]["guard"]
    assert report["profile_fits"]["stale"] is False
    number = str(programmed.json["run"])

    again = ohmloop("verify", number, *where, "--json")
    assert again.code == 0, again.err
    assert [later["in_band"] > 0.8 for later in again.json["boards"][0]["rechecks"]] == [True]

    shown = ohmloop("runs", "show", number, "--picture", tmp_path / "again.png")
    assert shown.code == 0, shown.err
    assert "in band" not in shown.err
    assert (tmp_path / "again.png").read_bytes().startswith(b"\x89PNG")
    (kept_report,) = ohmloop("runs", "show", number, "--json").json["reports"]
    assert kept_report["rechecks"] == again.json["boards"][0]["rechecks"]

    drawn = ohmloop("runs", "show", "1", "--picture", tmp_path / "first.png")
    assert drawn.code == 0, drawn.err
    assert (tmp_path / "first.png").stat().st_size > 10_000

    other = tmp_path / "other.toml"
    other.write_text(board.dut.read_text() + "\n# another chip\n")
    refused = ohmloop("program", "-d", board.url, "--dut", other, "-m", weights, "--profile", profile)
    assert refused.code == 2
    assert "another device file" in refused.err


def test_a_profile_of_another_device_is_noticed(ohmloop: Command, board: Board, weights: Path, tmp_path: Path) -> None:
    profile = tmp_path / "profile.json"
    measured = ohmloop("characterise", "-d", board.url, "--dut", board.dut, "-o", profile)
    assert measured.code == 0, measured.err
    where = ("--dut", board.dut, "-m", weights, "--profile", profile)
    fits = ohmloop("program", "-d", board.url, *where)
    assert "no longer fits" not in fits.out
    harder = {"device.v_set": "1.3", "device.v_reset": "1.4"}
    with EmulatorProcess(Geometry(8, 8), {"seed": "3"}, harder) as emulator:
        programmed = ohmloop("program", "-d", emulator.boards[0].url, *where)
    assert programmed.code == 0, programmed.err
    assert "the profile no longer fits: " in programmed.out
    assert "pulses move cells less than predicted" in programmed.out
    assert "run `ohmloop characterise`" in programmed.out
    shown = ohmloop("runs", "show", "3")
    assert "the profile no longer fits: " in shown.out
    (report,) = ohmloop("runs", "show", "3", "--json").json["reports"]
    assert report["profile_fits"]["stale"] is True


def test_programming_again_and_again(ohmloop: Command, board: Board, weights: Path) -> None:
    where = ("-d", board.url, "--dut", board.dut, "-m", weights, "--policy", "vipi")
    first = ohmloop("program", *where, "--recheck-after", "1s", "--settle", "1s", "--rounds", "1", "--json")
    assert first.code == 0, first.err
    (report,) = first.json["boards"]
    assert [round(later["after_s"]) for later in report["rechecks"]] == [1]
    assert report["acceptance"]["passes"] == 1
    second = ohmloop("program", *where, "--json")
    assert second.json["boards"][0]["pulses_per_cell"]["total"] <= 0.2 * report["pulses_per_cell"]["total"]


def test_forming_has_limits_of_its_own(ohmloop: Command, board: Board, tmp_path: Path) -> None:
    plain = ohmloop("form", "-d", board.url, "--dut", board.dut)
    assert plain.code == 1
    assert "no [forming]" in plain.err
    text = board.dut.read_text().replace("v_reset = 2.1", "v_reset = 2.1\nforming = 2.4")
    dut = tmp_path / "forming.toml"
    dut.write_text(
        text + '\n[forming]\nstart_v = 0.8\nstep_v = 0.1\nwidth_s = 10e-6\npulse_range = "H"\nformed_s = 60e-6\n'
    )
    formed = ohmloop("form", "-d", board.url, "--dut", dut, "--json")
    assert formed.code == 0, formed.err
    (report,) = formed.json["boards"]
    assert report["declared_in_band"] == 1.0
    assert 0.8 <= report["median_forming_v"] <= 2.4
    (run,) = [run for run in ohmloop("runs", "list", "--json").json if run["kind"] == "form"]
    assert run["state"] == "done"
    assert ohmloop("runs", "show", str(run["id"]), "--json").json["origin"]["forming"] is True
    assert ohmloop("arm", "-d", board.url, "--dut", dut, "--forming").code == 0
    both = ohmloop("arm", "-d", board.url, "--dut", dut, "--forming", "--disarm")
    assert both.code == 2


def test_arrays_that_cannot_be_programmed_are_named_before(ohmloop: Command, tmp_path: Path) -> None:
    bad = tmp_path / "bad.json"
    bad.write_text("{}")
    refused = ohmloop("program", "-d", "emu://8x8", "-m", "digits", "--profile", bad)
    assert refused.code == 1
    assert "format None" in refused.err
    spent = ohmloop("characterise", "-d", "emu://4x4", "--pulses", "20")
    assert spent.code == 1
    assert "may send 20 pulses" in spent.err
    assert "run 1" in spent.err
    assert [run["state"] for run in ohmloop("runs", "list", "--json").json] == ["failed"]
