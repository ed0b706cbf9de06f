"""The command line starts fast because nothing heavy is imported before it is needed."""

import subprocess
import sys
from pathlib import Path

from tests.cli.conftest import COMMAND, Command, environment

HEAVY = {"numpy", "fastapi", "uvicorn", "pydantic", "matplotlib", "ohmloop.station", "ohmloop.crossbar"}


def test_help_names_every_command(ohmloop: Command) -> None:
    shown = ohmloop("--help")
    assert shown.code == 0
    for command in ("emulate", "scan", "arm", "program", "tune", "infer", "serve", "runs", "doctor", "stop", "demo"):
        assert f"\n  {command} " in shown.out


def test_every_command_says_in_one_line_what_it_does(ohmloop: Command) -> None:
    lines = ohmloop("--help").out.partition("Commands:")[2].splitlines()
    assert len(lines) > 15
    assert max(map(len, lines)) < 80
    assert not any(line.endswith("...") for line in lines)


def test_a_shell_can_complete_commands(tmp_path: Path) -> None:
    asked = {"_OHMLOOP_COMPLETE": "complete_bash", "COMP_WORDS": "ohmloop pu", "COMP_CWORD": "1"}
    done = subprocess.run(
        [COMMAND], capture_output=True, text=True, timeout=60, check=False, env=environment(tmp_path) | asked
    )
    assert done.stdout.split() == ["pulse-response"]


def test_nothing_heavy_is_imported_at_the_top() -> None:
    program = "import sys, ohmloop.cli; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=True)
    assert HEAVY.isdisjoint(loaded.stdout.split())


def test_version(ohmloop: Command) -> None:
    assert ohmloop("--version").out.count(".") == 2
