"""Experiments on a few cells, as the installed command does them."""

from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import Board, Command


def test_curves_are_kept_and_drawn_again(ohmloop: Command, board: Board, tmp_path: Path) -> None:
    where = ("-d", board.url, "--dut", board.dut)
    found = ohmloop("iv-sweep", *where, "--cell", "2,3", "--cell", "0,7", "--points", "4", "--json")
    assert found.code == 0, found.err
    assert [(cell["row"], cell["col"]) for cell in found.json["cells"]] == [(0, 7), (2, 3)]
    assert len(found.json["volts"]) == 7
    with board.emulator.control() as control:
        assert control.ask("truth")["gates"] == 0
    said = ohmloop("iv-sweep", *where, "--picture", tmp_path / "iv.png")
    assert (said.code, said.err) == (0, "")
    assert said.out.count("µS") == 8
    again = ohmloop("runs", "show", "2", "--picture", tmp_path / "again.png")
    assert again.code == 0, again.err
    assert (tmp_path / "again.png").read_bytes() == (tmp_path / "iv.png").read_bytes()


def test_a_response_is_kept_and_drawn_again(ohmloop: Command, board: Board, tmp_path: Path) -> None:
    where = ("-d", board.url, "--dut", board.dut)
    found = ohmloop("pulse-response", *where, "--pulses", "5", "--cells", "3", "--json")
    assert found.code == 0, found.err
    conductances_s = np.array([cell["conductances_s"] for cell in found.json["cells"]])
    assert conductances_s.shape == (3, 11)
    assert (conductances_s[:, 5] > conductances_s[:, 10]).all()
    with board.emulator.control() as control:
        assert control.ask("truth")["gates"] == 30
    drawn = ohmloop("runs", "show", "1", "--picture", tmp_path / "again.png")
    assert drawn.code == 0, drawn.err
    assert (tmp_path / "again.png").read_bytes().startswith(b"\x89PNG")
    refused = ohmloop("pulse-response", *where, "--set", "3")
    assert refused.code == 2
    assert "above limits.v_set" in refused.err
    assert [run["state"] for run in ohmloop("runs", "list", "--json").json] == ["done"]


@pytest.mark.parametrize(
    ("command", "option", "says"),
    [
        ("iv-sweep", "--cell=8,0", "usable ROW,COL of the 8x8 array"),
        ("iv-sweep", "--cell=0", "a cell is ROW,COL"),
        ("iv-sweep", "--cell=-1,2", "a cell is ROW,COL"),
        ("iv-sweep", "--volts=inf", "volts: input should be a finite number"),
        ("iv-sweep", "--volts=1e-300", "volts: input should be greater than or equal to 0.000001"),
        ("iv-sweep", "--volts=0.3", "above limits.v_read"),
        ("pulse-response", "--set=1e300", "above limits.v_set"),
        ("pulse-response", "--width=inf", "width_s: input should be a finite number"),
    ],
)
def test_what_makes_no_sense_is_refused_before_a_board_is_opened(
    ohmloop: Command, tmp_path: Path, command: str, option: str, says: str
) -> None:
    refused = ohmloop(command, "-d", "emu://8x8", option)
    assert refused.code == 2
    assert says in refused.err
    assert not (tmp_path / "runs.sqlite").exists()
