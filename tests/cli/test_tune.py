"""`ohmloop tune`: boards that hold a network learn from a file of examples."""

import signal
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
from tests.cli.conftest import Board, Command
from tests.cli.test_running import interrupted, line_with, running

from ohmloop.station.emulated import EmulatorProcess

CLASSES, INPUTS = 4, 8


@pytest.fixture
def examples(tmp_path: Path, weights: Path) -> Path:
    """Inputs with what another network than the programmed one answers."""
    draw = np.random.default_rng(6)
    with np.load(weights) as arrays:
        matrix = arrays["0.weight"] + 0.9 * draw.normal(size=(CLASSES, INPUTS))
    inputs = draw.uniform(-1, 1, (240, INPUTS))
    path = tmp_path / "examples.npz"
    np.savez(path, allow_pickle=False, inputs=inputs, targets=(inputs @ matrix.T).argmax(axis=1))
    return path


def received(emulator: EmulatorProcess) -> int:
    with emulator.control() as control:
        matrix = control.ask("truth")["full_pulses"]
    return int(np.frombuffer(b64decode(matrix["data"]), matrix["dtype"]).sum())


def arguments(board: Board, weights: Path) -> list[str | Path]:
    return ["-d", board.url, "--dut", board.dut, "-m", weights]


def test_tuning_raises_the_score_and_the_result_can_be_asked(
    ohmloop: Command, board: Board, weights: Path, examples: Path, tmp_path: Path
) -> None:
    assert ohmloop("program", *arguments(board, weights), "--policy", "vipi", "--tolerance", "0.05").code == 0
    before = received(board.emulator)
    tuned = ohmloop("tune", *arguments(board, weights), examples, "--json", "--picture", tmp_path / "tuned.png")
    assert tuned.code == 0, tuned.err
    said = tuned.json
    assert said["pulses"] == received(board.emulator) - before > 0
    assert said["pulses_a_cell"] <= 3
    drawn = ohmloop("runs", "show", str(said["run"]), "--json", "--picture", tmp_path / "again.png")
    shown = drawn.json
    assert (tmp_path / "tuned.png").read_bytes() == (tmp_path / "again.png").read_bytes()
    assert (tmp_path / "again.png").read_bytes().startswith(b"\x89PNG")
    scores = [e["data"]["verified"] for e in shown["events"] if e["kind"] == "learning" and e["data"]["verified"]]
    assert said["best"] == max(scores)
    assert said["best"] > scores[0] + 0.1
    vectors = tmp_path / "vectors.npy"
    with np.load(examples) as arrays:
        np.save(vectors, arrays["inputs"][:100])
        labels = arrays["targets"][:100]
    answers = ohmloop("infer", *arguments(board, weights), vectors, "--tuned", str(said["run"]), "--json")
    assert answers.code == 0, answers.err
    assert np.mean(np.array(answers.json["class"]) == labels) > scores[0]
    best = ohmloop(
        "infer", *arguments(board, weights), vectors, "--tuned", str(said["run"]), "--checkpoint", "best", "--json"
    )
    assert best.code == 0, best.err
    assert np.mean(np.array(best.json["class"]) == labels) > scores[0]
    for rest, code, message in (
        (["--tuned", str(said["run"]), "--checkpoint", "other"], 2, "no checkpoint 'other'"),
        (["--checkpoint", "best"], 2, "name it with --tuned RUN"),
    ):
        ended = ohmloop("infer", *arguments(board, weights), vectors, *rest)
        assert (ended.code, message in ended.err) == (code, True), ended.err


def test_ctrl_c_waits_for_a_safe_point_and_the_session_is_resumed(
    ohmloop: Command, board: Board, weights: Path, examples: Path, tmp_path: Path
) -> None:
    assert ohmloop("program", *arguments(board, weights), "--policy", "vipi", "--tolerance", "0.05").code == 0
    before = received(board.emulator)
    long = ["tune", *arguments(board, weights), examples, "--rule", "sgd", "--steps", "4000"]
    with running(tmp_path, *long) as process:
        line_with(process, "step 0")
        line_with(process, "step")
        code, said = interrupted(process)
    assert code == 1
    assert "go on with --resume 2" in said
    stopped = ohmloop("runs", "show", "2", "--json").json
    assert stopped["state"] == "paused"
    assert stopped["summary"]["pulses"] == received(board.emulator) - before
    with running(tmp_path, "tune", *arguments(board, weights), "--resume", "2") as process:
        line_with(process, "step")
        line_with(process, "step")
        process.send_signal(signal.SIGKILL)
    with running(tmp_path, "tune", *arguments(board, weights), "--resume", "2") as process:
        line_with(process, "step")
        code, said = interrupted(process)
    assert code == 1
    again = ohmloop("runs", "show", "2", "--json").json
    assert again["summary"]["step"] > stopped["summary"]["step"]
    assert again["summary"]["pulses"] == received(board.emulator) - before


def test_what_cannot_be_tuned_is_said(ohmloop: Command, board: Board, weights: Path, tmp_path: Path) -> None:
    odd = tmp_path / "odd.npz"
    np.savez(odd, allow_pickle=False, inputs=np.zeros((3, INPUTS)), labels=np.zeros(3, np.int64))
    for rest, code, message in (
        ([odd], 2, "must hold inputs and targets"),
        ([tmp_path / "none.npz"], 2, "cannot be read"),
        ([odd, "--resume", "1"], 2, "give a file of examples, or --resume RUN"),
        ([odd, "--loss", "words"], 1, "there is no loss 'words'"),
    ):
        ended = ohmloop("tune", *arguments(board, weights), *rest)
        assert (ended.code, message in ended.err) == (code, True), ended.err
    few = tmp_path / "few.npz"
    np.savez(few, allow_pickle=False, inputs=np.zeros((3, INPUTS)), targets=np.array([0, 1, 99]))
    ended = ohmloop("tune", *arguments(board, weights), few)
    assert (ended.code, "beyond the 4 outputs" in ended.err) == (1, True), ended.err
    ended = ohmloop("tune", *arguments(board, weights), few, "--rule", "magic")
    assert (ended.code, "there is no rule 'magic'" in ended.err) == (1, True), ended.err
    vectors = tmp_path / "vectors.npy"
    np.save(vectors, np.zeros((1, INPUTS)))
    ended = ohmloop("infer", *arguments(board, weights), vectors, "--tuned", "77")
    assert (ended.code, "there is no run 77" in ended.err) == (1, True), ended.err
