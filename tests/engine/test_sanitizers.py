"""No number makes the engine overflow or leave its memory: random and known calls under the compiler's sanitizers."""

import shutil
import subprocess
from pathlib import Path

import pytest
from tests.engine.fuzz import CHECKED, CORPUS, REPLAY, SMALL, TARGET, known_inputs, sources


def built(program: Path, options: list[str], *own: Path) -> Path:
    """The engine with a program of our own."""
    compiler = shutil.which("gcc")
    assert compiler, "gcc is missing: the engine is built with it, so it is needed here too"
    sanitized = [*CHECKED, "-fsanitize=undefined,address", *options]
    subprocess.run([compiler, *sanitized, "-o", program, *own, *sources()], check=True, timeout=120)
    return program


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(tmp_path_factory.mktemp("hostile") / "hostile", [], Path(__file__).with_name("hostile.c"))


@pytest.mark.parametrize("seed", range(1, 6))
def test_random_calls(hostile, seed):
    run = subprocess.run([hostile, str(seed)], capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 3_000, "too few requests were carried out to say anything"


def test_inputs_that_fuzzing_found(tmp_path: Path) -> None:
    """They reach every branch of the engine; the hardware behind it checks law 3 at every gate."""
    replay = built(tmp_path / "replay", [SMALL], *TARGET, REPLAY)
    run = subprocess.run([replay], input=CORPUS.read_text(), capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) == len(known_inputs())
