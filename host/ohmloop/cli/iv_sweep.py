"""`ohmloop iv-sweep`: current against voltage of a few cells."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ohmloop.cli.drawing import check_can_draw
from ohmloop.cli.failure import FAILED, USAGE, CommandError
from ohmloop.cli.interrupt import carry_out
from ohmloop.cli.opening import armed_station, open_device
from ohmloop.cli.options import Devices, DutFile, StorePath
from ohmloop.cli.output import AsJson, print_json, print_table
from ohmloop.cli.places import CellCount, CellList, places


def iv_sweep(
    device: Devices,
    dut: DutFile = None,
    cell: CellList = None,
    cells: CellCount = 4,
    volts: Annotated[
        float | None, typer.Option(help="Largest read voltage, V; that of the device file unless given.")
    ] = None,
    points: Annotated[int, typer.Option(min=2, max=1000, help="Voltages up to there.")] = 10,
    picture: Annotated[Path | None, typer.Option(help="Draw the curves into this PNG.")] = None,
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Read a few cells of the first board at rising and falling read voltages. Moves nothing.

    Every reading is kept with the run; `runs export` writes them as CSV.
    """
    from ohmloop.procedures.iv_sweep import there_and_back
    from ohmloop.service.experimenting import IV_SWEEP, sweeping

    if picture is not None:
        check_can_draw()
    under_test = open_device(device, dut)
    place = places(cell, cells, under_test)
    try:
        sweep = there_and_back(under_test.setup.read.volts if volts is None else volts, points)
    except ValueError as error:
        raise CommandError(str(error), USAGE) from None
    with armed_station(device, under_test, store) as station:
        work = sweeping(station, place, sweep)
        carry_out(station, IV_SWEEP, work)
    if (found := work.found) is None:
        raise CommandError(f"ended early; what was read is run {work.run.id}", FAILED)
    if picture is not None:
        from ohmloop.procedures.pictures import draw_curves

        draw_curves(found, picture)
    measured = zip(place.rows.tolist(), place.cols.tolist(), found.currents_a.T, found.nonlinearity, strict=True)
    if json:
        cells_found = [
            {"row": row, "col": col, "currents_a": currents.tolist(), "nonlinearity": float(bend)}
            for row, col, currents, bend in measured
        ]
        print_json({"run": work.run.id, "volts": found.volts.tolist(), "cells": cells_found})
        return
    print_table(
        ("cell", "conductance at the least", "and at the most voltage", "change"),
        [
            (
                f"{row},{col}",
                f"{currents[0] / sweep[0] * 1e6:.2f} µS",
                f"{currents[points - 1] / sweep[points - 1] * 1e6:.2f} µS",
                f"{bend:+.1%}",
            )
            for row, col, currents, bend in measured
        ],
    )
