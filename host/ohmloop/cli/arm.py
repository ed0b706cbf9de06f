"""`ohmloop arm`: the limits of a device under test, loaded into its boards."""

from __future__ import annotations

from typing import Annotated

import typer

from ohmloop.cli.failure import USAGE, CommandError
from ohmloop.cli.opening import open_device
from ohmloop.cli.options import Devices, DutFile, StorePath, open_store
from ohmloop.cli.output import AsJson, print_json, print_table


def arm(
    device: Devices,
    dut: DutFile = None,
    disarm: Annotated[bool, typer.Option("--disarm", help="Unload the limits instead.")] = False,
    forming: Annotated[
        bool, typer.Option("--forming", help="With the forming limit of the file in place of its SET limit.")
    ] = False,
    clear: Annotated[
        bool, typer.Option("--clear", help="Clear a latched shutdown first; find out its reason before.")
    ] = False,
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Load the limits of a device file into the boards. Moves nothing; pulses are possible from then on."""
    from ohmloop.station import Station

    if forming and disarm:
        raise CommandError("--forming arms and --disarm disarms: choose one", USAGE)
    under_test = open_device(device, dut)
    with open_store(store) as kept, Station(device, under_test, kept) as station:
        if clear:
            for board in station.boards:
                board.clear()
        if disarm:
            for board in station.boards:
                board.disarm()
        else:
            station.arm(forming=forming)
        boards = [
            {
                "board": board.capabilities.serial,
                "geometry": str(board.capabilities.geometry),
                "armed": None if board.limits is None else under_test.name,
                "hash": None if board.limits is None else under_test.hash,
            }
            for board in station.boards
        ]
    if json:
        print_json({"boards": boards})
        return
    print_table(("board", "array", "armed for"), [(b["board"], b["geometry"], b["armed"] or "nothing") for b in boards])
