"""The command line as a user meets it: the installed command, in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ohmloop.crossbar import Geometry
from ohmloop.station import DeviceFile
from ohmloop.station.emulated import EmulatorProcess

COMMAND = Path(sys.executable).with_name("ohmloop")
LONGEST_S = 120


@dataclass(frozen=True)
class Ended:
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


Command = Callable[..., Ended]


@pytest.fixture
def ohmloop(tmp_path: Path) -> Command:
    """Runs `ohmloop ARGUMENTS` with a store of its own and waits for its end."""

    def run(*arguments: str | Path) -> Ended:
        done = subprocess.run(
            [COMMAND, *map(str, arguments)],
            capture_output=True,
            text=True,
            timeout=LONGEST_S,
            env=environment(tmp_path),
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    return run


def environment(folder: Path) -> dict[str, str]:
    return {"PATH": "/usr/bin:/bin", "OHMLOOP_STORE": str(folder / "runs.sqlite")}


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    """A weight file for one 8x8 array."""
    draw = np.random.default_rng(4)
    path = tmp_path / "small.npz"
    arrays = {"0.weight": draw.normal(size=(4, 8)), "0.bias": draw.normal(size=4), "input_ranges": np.ones(1)}
    np.savez(path, allow_pickle=False, **arrays)
    return path


@dataclass(frozen=True)
class Board:
    """An emulated board that outlives commands."""

    url: str
    dut: Path
    emulator: EmulatorProcess


@pytest.fixture
def board(tmp_path: Path) -> Iterator[Board]:
    geometry = Geometry(8, 8)
    dut = tmp_path / "dut.toml"
    dut.write_text(DeviceFile.shipped("vteam", geometry).text)
    with EmulatorProcess(geometry, {"seed": "3"}) as emulator:
        yield Board(emulator.boards[0].url, dut, emulator)
