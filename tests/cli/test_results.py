"""What commands write and how they end: nothing is lost, and it is said how to go on."""

import signal
from pathlib import Path

import pytest
from tests.cli.conftest import Board, Command
from tests.cli.test_running import Lengthy, lengthy, line_with, running

__all__ = ["lengthy"]


@pytest.mark.parametrize(
    ("command", "target", "says"),
    [
        (("scan",), ("-o", "gone/cells.npz"), "there is no folder"),
        (("characterise",), ("-o", "gone/profile.json"), "there is no folder"),
        (("characterise",), ("-o", "profile.toml"), "must be named *.json"),
        (("characterise",), ("--picture", "gone/measured.png"), "there is no folder"),
        (("iv-sweep",), ("--picture", "curves.jpg"), "must be named *.png"),
        (("pulse-response",), ("--picture", "gone/response.png"), "there is no folder"),
        (("program", "-m", "digits"), ("--maps", "gone/maps.png"), "there is no folder"),
        (("infer", "-m", "digits", "in.npy"), ("-o", "gone/logits.npy"), "there is no folder"),
    ],
)
def test_a_file_that_cannot_be_written_is_noticed_before_a_board_is_opened(
    ohmloop: Command, tmp_path: Path, command: tuple[str, ...], target: tuple[str, str], says: str
) -> None:
    refused = ohmloop(*command, "-d", "emu://8x8", target[0], tmp_path / target[1])
    assert (refused.code, refused.out) == (2, "")
    assert says in refused.err
    assert not (tmp_path / "runs.sqlite").exists()


def test_a_picture_without_room_costs_neither_result_nor_the_old_picture(
    ohmloop: Command, board: Board, tmp_path: Path
) -> None:
    where = ("-d", board.url, "--dut", board.dut)
    picture = tmp_path / "curves.png"
    picture.write_text("the old one")
    (tmp_path / "curves.png.partial").symlink_to("/dev/full")
    ended = ohmloop("iv-sweep", *where, "--picture", picture)
    assert ended.code == 1
    assert ended.out.count("µS") == 8
    assert "No space left on device; `ohmloop runs show 1 --picture FILE` draws it again" in ended.err
    assert picture.read_text() == "the old one"
    assert ohmloop("runs", "show", "1", "--picture", picture).code == 0
    assert picture.read_bytes().startswith(b"\x89PNG")


def test_a_failed_campaign_says_how_to_go_on_and_runs_show_says_why(
    ohmloop: Command, tmp_path: Path, lengthy: Lengthy
) -> None:
    url = f"{lengthy.where[1]}?timeout=0.2&reconnect=0.5"
    with running(tmp_path, "program", "-d", url, *lengthy.where[2:], "--policy", "vipi") as process:
        line_with(process, "cells in band")
        lengthy.control.ask("fault", none=True, wire={"unplug": 1.0, "unplug_s": 60})
        _, said = process.communicate(timeout=60)
    assert process.returncode == 3
    assert said.splitlines()[-1].endswith("go on with --resume 1")
    shown = ohmloop("runs", "show", "1").out
    assert "go on with\tohmloop program --resume 1" in shown
    assert "error\tLink" in shown


def test_a_request_to_end_is_taken_at_a_safe_point(tmp_path: Path, ohmloop: Command, lengthy: Lengthy) -> None:
    with running(tmp_path, "program", *lengthy.where, "--policy", "vipi") as process:
        line_with(process, "cells in band")
        process.send_signal(signal.SIGTERM)
        _, said = process.communicate(timeout=60)
    assert process.returncode == 1
    assert "go on with --resume 1" in said
    assert [run["state"] for run in ohmloop("runs", "list", "--json").json] == ["paused"]


def test_a_trip_says_what_to_do(ohmloop: Command, board: Board) -> None:
    where = ("-d", board.url, "--dut", board.dut)
    with board.emulator.control() as control:
        control.ask("trip", when={"gates": 1})
    tripped = ohmloop("pulse-response", *where, "--pulses", "1")
    assert tripped.code == 1
    assert "ended by a trip of the hardware after 1 of 4 pulses; its lines are at 0 V" in tripped.err
    tripped = ohmloop("scan", *where)
    assert tripped.code == 4
    assert "clear the shutdown with `ohmloop arm --clear`" in tripped.err
    assert ohmloop("arm", *where, "--clear").code == 0
    assert ohmloop("scan", *where).code == 0
