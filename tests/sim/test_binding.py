"""A compiled engine that does not go with its sources is told of before anything runs on it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import ohmsim._engine
import pytest

import ohmsim

ROOT = Path(__file__).parents[2]
SITE = Path(np.__file__).parents[1]
LEFT_OUT = shutil.ignore_patterns("__pycache__")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """A checkout with the compiled parts as they are built here."""
    shutil.copytree(Path(ohmsim.__file__).parent, tmp_path / "sim" / "ohmsim", ignore=LEFT_OUT)
    for built in Path(ohmsim._engine.__file__).parent.glob("_*.so"):
        shutil.copy(built, tmp_path / "sim" / "ohmsim")
    shutil.copytree(ROOT / "firmware" / "engine", tmp_path / "firmware" / "engine", ignore=LEFT_OUT)
    return tmp_path


def emulate(tree: Path) -> subprocess.CompletedProcess[str]:
    """`python -m ohmsim --help` of that tree: without what is installed, but for numpy and the like."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (tree / "sim", ROOT / "firmware", SITE)))}
    command = [sys.executable, "-S", "-m", "ohmsim", "--help"]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_sources_that_changed_since(tree: Path) -> None:
    source = tree / "firmware" / "engine" / "limits.c"
    source.write_text(source.read_text() + "\n")
    done = emulate(tree)
    assert done.returncode == 2
    assert done.stderr.startswith("ohmsim: the C engine was built from other sources than")
    assert done.stderr.endswith("run `make build`\n")


def test_an_engine_that_was_not_built(tree: Path) -> None:
    (tree / "sim" / "ohmsim" / Path(ohmsim._engine.__file__).name).unlink()
    done = emulate(tree)
    assert (done.returncode, "run `make build`" in done.stderr) == (2, True)


def test_the_same_sources_and_none_at_all(tree: Path) -> None:
    """What was installed as a whole has none beside it."""
    assert emulate(tree).returncode == 0
    shutil.rmtree(tree / "firmware")
    assert emulate(tree).returncode == 0
