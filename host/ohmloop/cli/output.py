"""Printing: JSON for programs, tables and progress for people, plain lines where there is no terminal."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Annotated, Any

import typer

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


def print_json(value: Any) -> None:
    """One JSON value on one line of standard output."""
    print(json.dumps(value, allow_nan=False, default=str))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """A table on standard output; tab-separated lines without a heading where it is not a terminal."""
    import sys

    if not sys.stdout.isatty():
        for row in rows:
            print("\t".join(str(value) for value in row))
        return
    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns, box=box.SIMPLE)
    for row in rows:
        table.add_row(*(str(value) for value in row))
    Console().print(table)
