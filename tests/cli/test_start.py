"""The command line starts fast because nothing heavy is imported before it is needed."""

import subprocess
import sys

from tests.cli.conftest import Command

HEAVY = {"numpy", "fastapi", "uvicorn", "pydantic", "matplotlib", "ohmloop.station", "ohmloop.crossbar"}


def test_help_names_every_command(ohmloop: Command) -> None:
    shown = ohmloop("--help")
    assert shown.code == 0
    for command in ("emulate", "scan", "arm", "program", "tune", "infer", "serve", "runs", "doctor", "stop", "demo"):
        assert f"\n  {command} " in shown.out


def test_nothing_heavy_is_imported_at_the_top() -> None:
    program = "import sys, ohmloop.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert HEAVY.isdisjoint(loaded.stdout.split())


def test_version(ohmloop: Command) -> None:
    assert ohmloop("--version").out.count(".") == 2
