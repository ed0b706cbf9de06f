"""`ohmloop program`: a network into the boards, by read-program-verify."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from ohmloop.cli.drawing import check_can_draw
from ohmloop.cli.failure import FAILED, USAGE, CommandError
from ohmloop.cli.interrupt import carry_out
from ohmloop.cli.opening import armed_station, open_device, open_model
from ohmloop.cli.options import Devices, DutFile, ModelName, StorePath
from ohmloop.cli.output import AsJson, print_json, print_table


def program(
    device: Devices,
    model: ModelName,
    dut: DutFile = None,
    policy: Annotated[
        str, typer.Option(help="Decides the next pulse: bayes, ekf, vipi, ispp, alibart, level or openmena.")
    ] = "vipi",
    tolerance: Annotated[float, typer.Option(help="Half-width of the band, as a fraction of the range.")] = 0.02,
    pulses: Annotated[int, typer.Option(min=1, help="Pulses after which a cell is given up.")] = 100,
    time_s: Annotated[float, typer.Option("--time", help="Seconds after which all cells are given up.")] = 600.0,
    resume: Annotated[int | None, typer.Option(metavar="RUN", help="Go on with an interrupted run.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read, plan and count, but send no pulse.")] = False,
    maps: Annotated[Path | None, typer.Option(help="Draw target, achieved and error maps into this PNG.")] = None,
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Program a network into the boards. The first Ctrl-C waits for a safe point, the second stops at once."""
    from ohmloop.cli.progress import CampaignProgress
    from ohmloop.programming import Acceptance, Stops
    from ohmloop.service.hosted import HostedNetwork, ProgrammingPlan
    from ohmloop.service.programming import KIND, Programming, settle_interrupted
    from ohmloop.station import PulsesWithheld, Station

    if maps is not None:
        check_can_draw()
    try:
        plan = ProgrammingPlan(policy, Acceptance(tolerance=tolerance), Stops(pulses=pulses, time_s=time_s))
    except ValueError as error:
        raise CommandError(str(error), USAGE) from None
    network, under_test = open_model(model), open_device(device, dut)

    def settle(station: Station) -> None:
        if resume is not None:
            settle_interrupted(station, resume)

    with (
        armed_station(device, under_test, store, dry_run=dry_run, before=settle) as station,
        HostedNetwork(network, station.boards, under_test) as hosted,
        CampaignProgress(quiet=json) as progress,
    ):
        programming = Programming(station, hosted, plan, resume=resume, tell=progress)
        job = carry_out(station, KIND, programming)
        if isinstance(job.failure, PulsesWithheld):
            print(f"ohmloop: {job.failure}; everything else is ready", file=sys.stderr)
            return
        if job.failure is not None:
            raise job.failure
        if maps is not None:
            from ohmloop.programming.maps import draw_maps

            draw_maps(programming.reports, maps)
    summary = programming.summary()
    if json:
        print_json(summary)
    else:
        print_table(
            ("board", "outcome", "cells", "in band", "pulses a cell", "reads a cell", "exchanges"),
            [
                (
                    report["board"],
                    report["outcome"],
                    report["cells"],
                    f"{report['declared_in_band']:.2%}",
                    f"{report['pulses_per_cell']['mean']:.1f}",
                    f"{report['reads_per_cell']['mean']:.1f}",
                    report["exchanges"],
                )
                for report in summary["boards"]
            ],
        )
    if not programming.complete:
        reasons = "; ".join(f"board {board['board']}: {board['note']}" for board in summary["boards"] if board["note"])
        raise CommandError(f"stopped before the end ({reasons}); go on with --resume {programming.run.id}", FAILED)
