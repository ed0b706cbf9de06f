"""What a terminal of 80 columns shows while boards learn."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
from pathlib import Path

import numpy as np
from tests.cli.conftest import COMMAND, Board, Command, environment

LINES, COLUMNS = 24, 80


def shown(command: list[str | Path], folder: Path) -> tuple[int, str]:
    """All that a command writes on a terminal of 80 columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
    process = subprocess.Popen(
        [COMMAND, *map(str, command)],
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        env={**environment(folder), "TERM": "xterm"},
    )
    os.close(theirs)
    text = b""
    while True:
        try:
            more = os.read(ours, 65_536)
        except OSError:  # the other end is closed
            break
        if not more:
            break
        text += more
    os.close(ours)
    return process.wait(60), text.decode()


def plain(text: str) -> list[str]:
    """The lines without what moves the cursor or colours them."""
    inside, kept = False, []
    for letter in text:
        if letter == "\x1b":
            inside = True
        elif inside:
            inside = not (letter.isalpha() or letter in "=>")
        else:
            kept.append(letter)
    return "".join(kept).replace("\r", "\n").split("\n")


def test_what_is_learned_and_spent_fits_80_columns(
    ohmloop: Command, board: Board, weights: Path, tmp_path: Path
) -> None:
    where: list[str | Path] = ["-d", board.url, "--dut", board.dut, "-m", weights]
    assert ohmloop("program", *where, "--policy", "vipi", "--tolerance", "0.05").code == 0
    draw = np.random.default_rng(6)
    inputs = draw.uniform(-1, 1, (120, 8))
    np.savez(tmp_path / "lesson.npz", allow_pickle=False, inputs=inputs, targets=draw.integers(0, 4, 120))
    code, text = shown(["tune", *where, tmp_path / "lesson.npz", "--rule", "sgd", "--steps", "25"], tmp_path)
    assert code == 0, text
    lines = plain(text)
    assert max(map(len, lines)) <= COLUMNS
    steps = [line for line in lines if line.startswith("step ")]
    assert any("loss" in line and "accuracy" in line and "best" in line for line in steps)
    assert any("pulses a cell, at most" in line and "µJ" in line for line in lines)
    curves = [line.split()[1] for line in lines if line.startswith("accuracy ")]
    assert max(map(len, curves)) == 25
    assert set("".join(curves)) <= set("▁▂▃▄▅▆▇█")
