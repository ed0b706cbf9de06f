"""Which cells an experiment is made on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Annotated

import typer

from ohmloop.cli.failure import USAGE, CommandError

if TYPE_CHECKING:
    from ohmloop.procedures.probe import Place
    from ohmloop.station import DeviceFile

CellList = Annotated[
    list[str] | None,
    typer.Option("--cell", metavar="ROW,COL", help="A cell to measure; repeat for more. Otherwise some are chosen."),
]
CellCount = Annotated[int, typer.Option(min=1, max=1024, help="Cells to choose, spread over the array.")]


def places(named: list[str] | None, count: int, device: DeviceFile) -> Place:
    """The named cells, or `count` usable ones spread over the array. Raises CommandError for one that is not usable."""
    import numpy as np

    from ohmloop.procedures.probe import Place, spread
    from ohmloop.service.characterising import conditions_of

    conditions = conditions_of(device)
    if not named:
        return spread(conditions.rows, conditions.cols, count)
    lines = []
    for text in named:
        match = re.fullmatch(r"(\d{1,4}),(\d{1,4})", text.strip())
        if match is None or int(match[1]) not in conditions.rows or int(match[2]) not in conditions.cols:
            raise CommandError(
                f"a cell is a usable ROW,COL of the {device.geometry} array, from 0,0, not {text!r}", USAGE
            )
        lines.append((int(match[1]), int(match[2])))
    rows, cols = np.unique(np.array(lines, dtype=np.int32), axis=0).T
    return Place(rows, cols)
