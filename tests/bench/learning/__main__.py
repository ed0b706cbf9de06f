"""`python -m tests.bench.learning [PART …]`: digits, single_column, depth, continual, interrupted; all by default."""

from __future__ import annotations

import importlib
import json
import sys

from tests.bench.results import PHYSICS, record

PARTS = ("single_column", "interrupted", "continual", "depth", "digits")
RESULTS = PHYSICS.with_name("learning.json")


def main(parts: list[str]) -> None:
    """Measure, print, and keep the rows, part by part."""
    for part in parts or PARTS:
        rows = importlib.import_module(f"tests.bench.learning.{part}").rows()
        record(rows, RESULTS)
        for row in rows:
            sys.stdout.write(f"{json.dumps(row.as_json(), ensure_ascii=False)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
