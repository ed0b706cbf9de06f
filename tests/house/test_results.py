"""What the documentation says of policies is what was measured, and they were tuned alike."""

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_every_policy_was_tuned_with_as_many_settings_on_every_device() -> None:
    found = json.loads((ROOT / "docs" / "results" / "programming-tuning.json").read_text())
    assert len({frozenset(policies) for policies in found.values()}) == 1
    assert len({one["tried"] for policies in found.values() for one in policies.values()}) == 1


def test_the_tables_of_the_docs_are_those_of_the_rows() -> None:
    tool = ROOT / "tools" / "generate_league_tables.py"
    done = subprocess.run([sys.executable, tool, "--check"], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
