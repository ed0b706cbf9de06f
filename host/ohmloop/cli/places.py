"""Which cells an experiment is made on, and how a request that makes no sense is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from ohmloop.cli.failure import USAGE, CommandError

CellList = Annotated[
    list[str] | None,
    typer.Option("--cell", metavar="ROW,COL", help="A cell to measure; repeat for more. Otherwise some are chosen."),
]
CellCount = Annotated[int, typer.Option(min=1, max=1024, help="Cells to choose, spread over the array.")]


def named(texts: list[str] | None) -> list[tuple[int, int]] | None:
    """Cells by row and column; None if none is named. Raises CommandError."""
    cells = []
    for text in texts or ():
        match = re.fullmatch(r"([0-9]{1,4}),([0-9]{1,4})", text.strip())
        if match is None:
            raise CommandError(f"a cell is ROW,COL, from 0,0, not {text!r}", USAGE)
        cells.append((int(match[1]), int(match[2])))
    return cells or None


@contextmanager
def usage_errors() -> Iterator[None]:
    """Turn what makes no sense in a request, or is beyond its device, into a CommandError."""
    from pydantic import ValidationError

    from ohmloop.procedures.errors import ProcedureError
    from ohmloop.service.validation import readable

    try:
        yield
    except ValidationError as error:
        raise CommandError(readable(error), USAGE) from None
    except ProcedureError as error:
        raise CommandError(str(error), USAGE) from None
