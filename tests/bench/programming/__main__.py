"""Plays the table, or parts of it, and writes the rows down.

python -m tests.bench.programming [league band guards robustness default passive forecast deciding ahead wire]
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable

from tests.bench.programming import parts
from tests.bench.programming.ahead import ahead
from tests.bench.programming.drawing import draw_guards, draw_league
from tests.bench.programming.forecast import forecast
from tests.bench.programming.passive import passive
from tests.bench.programming.players import Table
from tests.bench.programming.speed import deciding, wire
from tests.bench.results import PHYSICS, Row, record

PROGRAMMING = PHYSICS.with_name("programming.json")


def _drawn(table: Table) -> list[Row]:
    draw_guards(parts.guards(table))
    draw_league(table)
    return []


PARTS: dict[str, Callable[[Table], Iterable[Row]]] = {
    "band": parts.band,
    "league": parts.league,
    "default": parts.default,
    "robustness": parts.robustness,
    "guards": _drawn,
    "passive": lambda _: passive(),
    "forecast": lambda _: forecast(),
    "deciding": lambda _: deciding(),
    "ahead": lambda _: ahead(),
    "wire": lambda _: wire(),
}


def main() -> None:
    """Each part's rows are written down when it is done."""
    wanted = sys.argv[1:] or list(PARTS)
    unknown = set(wanted) - set(PARTS)
    if unknown:
        sys.exit(f"there are no cases {', '.join(sorted(unknown))}; there are {', '.join(PARTS)}")
    table = Table()
    for name in wanted:
        rows = []
        for row in PARTS[name](table):
            rows.append(row)
            met = "" if row.goal is None else ", met" if row.as_json()["met"] else ", NOT met"
            ratio = f"{row.ratio:.2f}x of {row.goal}" if row.goal is not None else f"{row.ratio:.2f}x"
            sys.stdout.write(
                f"{row.case}: {row.ours:.3g} against {row.peer:.3g} {row.unit} ({row.peer_name}), {ratio}{met}\n"
            )
            sys.stdout.flush()
        if rows:
            record(rows, PROGRAMMING)


if __name__ == "__main__":
    main()
