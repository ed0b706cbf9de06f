"""`python -m tests.bench.learning [PART …]`; parts are the modules of this folder in PARTS, all by default."""

from __future__ import annotations

import importlib
import json
import sys

from tests.bench.results import PHYSICS, Row, record

PARTS = ("single_column", "interrupted", "continual", "depth", "digits", "robot")
RESULTS = PHYSICS.with_name("learning.json")


def main(parts: list[str]) -> None:
    """Measure, keep the rows seed by seed, and print them, part by part."""
    for part in parts or PARTS:
        rows: list[Row] = []
        for rows in importlib.import_module(f"tests.bench.learning.{part}").growing_rows():
            record(rows, RESULTS)
        for row in rows:
            sys.stdout.write(f"{json.dumps(row.as_json(), ensure_ascii=False)}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main(sys.argv[1:])
