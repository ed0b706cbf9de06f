"""`ohmloop pulse-response`: how the conductance of a few cells follows the number of equal pulses."""

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
    from ohmloop.procedures.pulse_response import Response


def pulse_response(
    device: Devices,
    dut: DutFile = None,
    cell: CellList = None,
    cells: CellCount = 4,
    set_v: Annotated[
        float | None,
        typer.Option("--set", help="SET amplitude, V; halfway between least and most of the device file unless given."),
    ] = None,
    reset_v: Annotated[float | None, typer.Option("--reset", help="RESET amplitude, a magnitude, V; likewise.")] = None,
    width: Annotated[
        float | None, typer.Option(help="Width of the pulses, s; that of the device file unless given.")
    ] = None,
    pulses: Annotated[int, typer.Option(min=1, max=10_000, help="Pulses of a train.")] = 20,
    cycles: Annotated[int, typer.Option(min=1, max=10_000, help="Trains of each polarity.")] = 1,
    picture: Annotated[Path | None, typer.Option(help="Draw the response into this PNG.")] = None,
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Give a few cells of the first board trains of equal SET and RESET pulses, reading after each. Moves cells.

    Every pulse and reading is kept with the run; `runs export` writes them as CSV.
    """
    from ohmloop.cli.progress import StepProgress
    from ohmloop.procedures.pictures import draw_response
    from ohmloop.service.experiment_requests import PulseResponseRequest
    from ohmloop.service.experimenting import as_json, pulsing
    from ohmloop.service.moving import PULSE_RESPONSE

    check_picture(picture)
    under_test = open_device(device, dut)
    with usage_errors():
        asked = PulseResponseRequest(
            cells=named(cell), count=cells, set_v=set_v, reset_v=reset_v, width_s=width, pulses=pulses, cycles=cycles
        )
        place, trains = asked.place(under_test), asked.trains(under_test)

    with armed_station(device, under_test, store) as station, StepProgress("pulses a cell", quiet=json) as progress:
        work = pulsing(station, place, trains, progress)
        carry_out(station, PULSE_RESPONSE, work)
    if (found := work.found) is None:
        raise CommandError(f"ended early; what was measured is run {work.run.id}", FAILED)
    if json:
        print_json({"run": work.run.id, **as_json(found)})
    else:
        print_response(found)
    draw_into(picture, work.run.id, lambda path: draw_response(found, path))


def print_response(found: Response) -> None:
    """What the first train of each polarity did, as a table."""
    place, pulses = found.place, found.trains.pulses
    print_table(
        ("cell", "before", "after SET", "after RESET"),
        [
            (f"{row},{col}", *(f"{value * 1e6:.2f} µS" for value in (g[0], g[pulses], g[2 * pulses])))
            for row, col, g in zip(place.rows, place.cols, found.conductances_s.T, strict=True)
        ],
    )
