"""`ohmloop form`: the first conduction of cells that need forming."""

from __future__ import annotations

from typing import Annotated

import typer

from ohmloop.cli.failure import FAILED, CommandError
from ohmloop.cli.interrupt import carry_out
from ohmloop.cli.opening import open_device, our_station
from ohmloop.cli.options import Devices, DutFile, StorePath
from ohmloop.cli.output import AsJson, print_json, print_table


def form(
    device: Devices,
    dut: DutFile = None,
    resume: Annotated[int | None, typer.Option(metavar="RUN", help="Go on with an interrupted run.")] = None,
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Form every usable cell that does not conduct yet, as the device file's [forming] says. Moves cells for good.

    Cells that are formed get no pulse, so it can be repeated. The boards are armed with the forming limit meanwhile,
    and without it afterwards. The first Ctrl-C waits for a safe point, the second stops at once.
    """
    from ohmloop.cli.progress import CampaignProgress
    from ohmloop.service.forming import KIND, FormingJob
    from ohmloop.service.programming import settle_interrupted

    under_test = open_device(device, dut)
    with our_station(device, under_test, store) as station, CampaignProgress(quiet=json) as progress:
        if resume is not None:
            settle_interrupted(station, resume, KIND)
        work = FormingJob(station, resume=resume, tell=progress)
        carry_out(station, KIND, work, resume=work.run.id)
    summary = work.summary()
    if json:
        print_json(summary)
    else:
        print_table(
            ("board", "outcome", "cells", "formed", "pulses a cell", "median amplitude"),
            [
                (
                    board["board"],
                    board["outcome"],
                    board["cells"],
                    f"{board['declared_in_band']:.2%}",
                    f"{board['pulses_per_cell']['mean']:.1f}",
                    "none needed" if board["median_forming_v"] is None else f"{board['median_forming_v']:.3f} V",
                )
                for board in summary["boards"]
            ],
        )
    if not work.complete:
        notes = "; ".join(f"board {board['board']}: {board['note']}" for board in summary["boards"] if board["note"])
        raise CommandError(f"stopped before the end ({notes}); go on with --resume {work.run.id}", FAILED)
