"""No number makes the engine overflow or leave its memory: random calls under the compiler's sanitizers."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "firmware" / "engine"
FLAGS = [
    "-std=c99",
    "-g",
    "-O1",
    "-Wall",
    "-Wextra",
    "-Wpedantic",
    "-Wconversion",
    "-Werror",
    "-fsanitize=undefined,address",
]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("gcc")
    assert compiler, "gcc is missing: the engine is built with it, so it is needed here too"
    program = tmp_path_factory.mktemp("hostile") / "hostile"
    sources = [path for path in sorted(ENGINE.glob("*.c")) if path.name != "ohm_bench.c"]
    command = [compiler, *FLAGS, "-fno-sanitize-recover=all", f"-I{ENGINE}", Path(__file__).with_name("hostile.c")]
    subprocess.run([*command, *sources, "-o", program], check=True, timeout=120)
    return program


@pytest.mark.parametrize("seed", range(1, 6))
def test_random_calls(hostile, seed):
    run = subprocess.run([hostile, str(seed)], capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 3_000, "too few requests were carried out to say anything"
