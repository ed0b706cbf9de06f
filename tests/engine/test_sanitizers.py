"""No number makes the engine overflow or leave its memory: random calls under the compiler's sanitizers."""

import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ENGINE = ROOT / "firmware" / "engine"
WARNINGS = ["-Wall", "-Wextra", "-Wpedantic", "-Wconversion", "-Werror"]
SANITIZERS = ["-fsanitize=undefined,address", "-fno-sanitize-recover=all"]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Path:
    compiler = shutil.which("gcc")
    assert compiler, "gcc is missing: the engine is built with it, so it is needed here too"
    program = tmp_path_factory.mktemp("hostile") / "hostile"
    sources = [path for path in sorted(ENGINE.glob("*.c")) if path.name != "ohm_bench.c"]
    options = ["-std=c99", "-g", "-O1", *WARNINGS, *SANITIZERS, f"-I{ENGINE}", "-o", program]
    subprocess.run([compiler, *options, Path(__file__).with_name("hostile.c"), *sources], check=True, timeout=120)
    return program


@pytest.mark.parametrize("seed", range(1, 6))
def test_random_calls(hostile, seed):
    run = subprocess.run([hostile, str(seed)], capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    assert int(run.stdout) > 3_000, "too few requests were carried out to say anything"
