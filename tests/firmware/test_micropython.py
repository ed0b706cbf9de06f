"""The same test files under MicroPython, with the same C engine loaded through its ffi."""

import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = Path(__file__).parent
FETCH = ROOT / "tools" / "fetch_micropython.sh"
UNAVAILABLE = 3

# These need modules that only CPython has.
CPYTHON_ONLY = {"test_micropython", "test_parser_properties", "test_engine_codes", "test_wire_page"}
FILES = sorted(path.stem for path in TESTS.glob("test_*.py") if path.stem not in CPYTHON_ONLY)


@pytest.fixture(scope="module")
def micropython() -> str:
    """Path of MicroPython's unix binary; skips with the reason where it cannot be had."""
    done = subprocess.run([FETCH], capture_output=True, text=True, check=False, timeout=280)
    if done.returncode == UNAVAILABLE:
        pytest.skip("; ".join(done.stderr.splitlines()))
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def engine() -> None:
    """The C engine as a shared library."""
    done = subprocess.run(
        ["make", "--silent", "build/libohmengine.so"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr


@pytest.mark.usefixtures("engine")
@pytest.mark.parametrize("name", FILES)
def test_file_passes_under_micropython(micropython: str, name: str) -> None:
    done = subprocess.run(
        [micropython, "tests/firmware/run_micropython.py", name],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    lines = done.stdout.splitlines()
    failing = [line.removeprefix("FAIL ") for line in lines if line.startswith("FAIL ")]
    assert not failing, "\n".join([f"fails under MicroPython: {', '.join(failing)}", *lines])
    assert done.returncode == 0, done.stdout + done.stderr
    assert any(line.startswith("ok ") for line in lines)
