"""A full disk: no pulse is sent any more, and the outcome of the last one that was sent is still written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SMALL = "mount -t tmpfs -o size=3m tmpfs {folder} && exec {python} -m tests.store.on_a_full_disk {folder}"


def test_the_outcome_of_a_sent_exchange_finds_room(tmp_path: Path) -> None:
    script = SMALL.format(folder=tmp_path, python=sys.executable)
    unshared = ["unshare", "--map-root-user", "--mount"]
    if subprocess.run([*unshared, "mount", "-t", "tmpfs", "tmpfs", str(tmp_path)], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a file system of their own")
    ended = subprocess.run([*unshared, "sh", "-c", script], capture_output=True, text=True, cwd=ROOT, timeout=60)
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert told["statuses"][0] == "done"
    assert "intended" not in told["statuses"]
    assert told["refusals"] == 1
    assert told["afterwards"] == len(told["statuses"]) + 1
