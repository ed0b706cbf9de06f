"""Hosts that start quickly: a process that has imported everything and forks one when it is told to."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[1]


@contextmanager
def forking(module: str) -> Iterator[subprocess.Popen[str]]:
    """The process of a module that forks, with pipes to talk to it; killed in the end."""
    command = [sys.executable, "-m", module]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, bufsize=1
    ) as process:
        try:
            yield process
        finally:
            process.kill()
