"""`ohmloop iv-sweep`: current against voltage of a few cells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ohmloop.cli.failure import FAILED, CommandError
from ohmloop.cli.files import check_picture, draw_into
from ohmloop.cli.interrupt import carry_out
from ohmloop.cli.opening import armed_station, open_device
from ohmloop.cli.options import Devices, DutFile, StorePath
from ohmloop.cli.output import AsJson, print_json, print_table
from ohmloop.cli.places import CellCount, CellList, named, usage_errors

if TYPE_CHECKING:
    from ohmloop.procedures.iv_sweep import Curves


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
    from ohmloop.cli.progress import StepProgress
    from ohmloop.procedures.pictures import draw_curves
    from ohmloop.service.experiment_requests import IVSweepRequest
    from ohmloop.service.experimenting import IV_SWEEP, as_json, sweeping

    check_picture(picture)
    under_test = open_device(device, dut)
    with usage_errors():
        asked = IVSweepRequest(cells=named(cell), count=cells, volts=volts, points=points)
        place, sweep = asked.place(under_test), asked.sweep(under_test)
    with armed_station(device, under_test, store) as station, StepProgress("voltages", quiet=json) as progress:
        work = sweeping(station, place, sweep, progress)
        carry_out(station, IV_SWEEP, work)
    if (found := work.found) is None:
        raise CommandError(f"ended early; what was read is run {work.run.id}", FAILED)
    if json:
        print_json({"run": work.run.id, **as_json(found)})
    else:
        print_curves(found)
    draw_into(picture, work.run.id, lambda path: draw_curves(found, path))


def print_curves(found: Curves) -> None:
    """How conductances change over a sweep, as a table."""
    place, g = found.place, found.conductances_s
    measured = zip(place.rows, place.cols, g[0], g[found.volts.argmax()], found.nonlinearity, strict=True)
    print_table(
        ("cell", "conductance at the least", "and at the most voltage", "change"),
        [
            (f"{row},{col}", f"{least_s * 1e6:.2f} µS", f"{most_s * 1e6:.2f} µS", f"{bend:+.1%}")
            for row, col, least_s, most_s, bend in measured
        ],
    )
