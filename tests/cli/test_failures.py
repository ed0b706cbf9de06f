"""Whatever goes wrong is one line on standard error and an exit code; nobody sees a traceback."""

from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import Board, Command

from ohmloop.cli.failure import CommandError
from ohmloop.cli.resistors import read_resistors
from ohmloop.store import Store

UNREACHABLE = 3
REFUSED = 4
STORE = 5


def refused(ohmloop: Command, *arguments: str | Path) -> tuple[int, str]:
    ended = ohmloop(*arguments)
    assert ended.code != 0
    assert ended.out == ""
    assert "Traceback" not in ended.err
    lines = ended.err.splitlines()
    assert lines[-1].startswith(("ohmloop: ", "Error: ")) or "─" in lines[-1], ended.err
    return ended.code, " ".join(ended.err.split())


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("scan", "-d", "board"), 2, "--dut FILE"),
        (("scan", "-d", "emu://0x8"), 2, "rows must be 1 to 128"),
        (("scan", "-d", "emu://8x8", "-d", "emu://4x4"), 2, "boards of one kind"),
        (("scan", "-d", "emu://8x8?device=unknown"), 1, "no device file 'unknown'"),
        (("scan", "-d", "emu://8x8?colour=red"), UNREACHABLE, "colour must be named section.parameter"),
        (
            ("scan", "-d", "emu://8x8?seed=x"),
            UNREACHABLE,
            "starting: ohmsim: error: argument --seed: invalid",
        ),
        (("scan", "-d", "emu://8x8", "-o", "cells.csv"), 2, "must be named *.npz"),
        (("scan", "-d", "tcp://127.0.0.1:9?timeout=0.2", "--dut", "none.toml"), 1, "cannot read device file none.toml"),
        (("program", "-d", "emu://8x8", "-m", "letters"), 1, "no pretrained network 'letters'; there is digits"),
        (("program", "-d", "emu://8x8", "-m", "digits"), 2, "run `ohmloop characterise`"),
        (("program", "-d", "emu://8x8", "-m", "digits", "--policy", "vipi"), 1, "arrays"),
        (("program", "-d", "emu://8x8", "-m", "none.npz"), 1, "none.npz cannot be read"),
        (("program", "-d", "emu://8x8", "-m", "digits", "--policy", ""), 2, "there is no policy ''"),
        (("program", "-d", "emu://8x8", "-m", "digits", "--policy", "hammer"), 2, "there are bayes, ekf, vipi"),
        (
            ("program", "-d", "emu://8x8", "-m", "digits", "--policy", "vipi", "--tolerance", "nan"),
            2,
            "between 0 and 0.5",
        ),
        (("infer", "-d", "emu://8x8", "-m", "digits", "none.npy"), 2, "cannot read input vectors from none.npy"),
        (("serve", "-d", "emu://8x8", "-m", "digits", "--host", "0.0.0.0"), 1, "give a token"),
        (("serve", "-d", "emu://8x8", "-m", "digits", "--token-file", "none"), 2, "cannot read the token"),
        (("program", "-d", "emu://8x8", "-m", "digits", "--recheck-after", "soon"), 2, "looks like 30s, 5min"),
        (("program", "-d", "emu://8x8", "-m", "digits", "--settle", "-1s"), 2, "looks like 30s, 5min"),
        (("program", "-d", "emu://8x8", "-m", "digits", "--profile", "none.json"), 1, "cannot read profile none.json"),
        (("characterise", "-d", "emu://8x8", "--tolerance", "nan"), 2, "a tolerance is a fraction"),
        (("characterise", "-d", "emu://8x8", "-d", "emu://8x8"), 2, "one board at a time"),
        (("characterise", "-d", "emu://8x8", "--cells", "1"), 2, "greater than or equal to 2"),
        (("verify", "7", "-d", "emu://8x8"), 1, "there is no run 7"),
        (("runs", "list"), STORE, "runs.sqlite: it begins with the first command that works with a board"),
        (("runs", "list", "--store", "."), STORE, ". is a folder"),
        (("stop", "--service", "http://127.0.0.1:9"), UNREACHABLE, "name the boards with --device"),
        (("stop", "-d", "tcp://127.0.0.1:9?timeout=0.2"), 1, "NOT STOPPED, cut the supply"),
        (("demo", "--fault", "wire=gremlins:1"), 2, "there are loss, late"),
        (("emulate", "8by8"), 1, "the emulator did not start"),
        (("nothing",), 2, "No such command 'nothing'"),
    ],
)
def test_one_line(ohmloop: Command, arguments: tuple[str, ...], code: int, says: str) -> None:
    ended, said = refused(ohmloop, *arguments)
    assert says in said
    assert ended == code


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ("10000,\n,10k\n", "line 2, field 2: '10k' is no resistance"),
        ("10000,-5\n", "line 1, field 2: '-5' is no resistance"),
        ("inf,\n", "line 1, field 1: 'inf' is no resistance"),
        ("1;2\n", "line 1, field 1: '1;2' is no resistance"),
        ("1,2\n3\n", "as many fields in each"),
        ("", "as many fields in each"),
    ],
)
def test_what_is_no_resistance_is_not_taken_for_an_empty_place(tmp_path: Path, table: str, says: str) -> None:
    (tmp_path / "plug.csv").write_text(table)
    with pytest.raises(CommandError) as refusal:
        read_resistors(tmp_path / "plug.csv")
    assert says in str(refusal.value)


def test_resistors_where_there_are_any(tmp_path: Path) -> None:
    (tmp_path / "plug.csv").write_bytes(b"\xef\xbb\xbf10000,,nan\r\n, 1e5 ,\r\n")
    assert np.array_equal(
        read_resistors(tmp_path / "plug.csv"), [[1e4, np.nan, np.nan], [np.nan, 1e5, np.nan]], equal_nan=True
    )


def test_two_networks_of_one_name(ohmloop: Command, weights: Path) -> None:
    _, said = refused(ohmloop, "serve", "-d", "emu://8x8", "-m", weights, "-m", weights)
    assert "told apart by their names" in said


def test_a_board_that_is_not_there(ohmloop: Command, board: Board) -> None:
    code, said = refused(ohmloop, "scan", "-d", "tcp://127.0.0.1:9?timeout=0.2", "--dut", board.dut)
    assert code == UNREACHABLE
    assert "127.0.0.1:9" in said


def test_runs_that_are_not_there(ohmloop: Command, tmp_path: Path) -> None:
    Store(tmp_path / "runs.sqlite").close()
    assert refused(ohmloop, "runs", "show", "7")[1].startswith("ohmloop: there is no run 7")
    assert refused(ohmloop, "runs", "export", "7", "folder")[1].startswith("ohmloop: there is no run 7")


def test_a_damaged_store(ohmloop: Command, tmp_path: Path) -> None:
    (tmp_path / "bad.sqlite").write_bytes(b"this is not a store" * 1000)
    code, said = refused(ohmloop, "runs", "list", "--store", tmp_path / "bad.sqlite")
    assert code == STORE
    assert "bad.sqlite" in said


def test_weights_that_are_not_finite(ohmloop: Command, tmp_path: Path) -> None:
    weights = np.ones((4, 8))
    weights[2, 3] = np.nan
    np.savez(tmp_path / "bad.npz", allow_pickle=False, **{"0.weight": weights})
    _, said = refused(ohmloop, "program", "-d", "emu://8x8", "-m", tmp_path / "bad.npz")
    assert "weight 3,2 is not finite" in said


def test_inputs_of_the_wrong_shape(ohmloop: Command, weights: Path, tmp_path: Path) -> None:
    np.save(tmp_path / "inputs.npy", np.ones((3, 7)))
    _, said = refused(ohmloop, "infer", "-d", "emu://8x8", "-m", weights, tmp_path / "inputs.npy")
    assert "takes inputs of shape (batch, 8), not (3, 7)" in said
