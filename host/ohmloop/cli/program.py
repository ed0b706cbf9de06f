"""`ohmloop program`: a network into the boards, by read-program-verify."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ohmloop.cli.characterise import warn
from ohmloop.cli.duration import parse_duration_s
from ohmloop.cli.failure import FAILED, USAGE, CommandError
from ohmloop.cli.files import check_picture, draw_into
from ohmloop.cli.interrupt import carry_out
from ohmloop.cli.opening import armed_station, open_device, open_model
from ohmloop.cli.options import Devices, DutFile, ModelName, StorePath
from ohmloop.cli.output import AsJson, print_json
from ohmloop.cli.report_view import print_reports

if TYPE_CHECKING:
    from ohmloop.programming.characterisation import Characterisation
    from ohmloop.station import Station

Again = Annotated[
    list[str] | None,
    typer.Option("--recheck-after", metavar="TIME", help="Read again so long after (1s, 1h, 1d). May be repeated."),
]


def program(
    device: Devices,
    model: ModelName,
    dut: DutFile = None,
    policy: Annotated[
        str | None, typer.Option(help="What decides the next pulse, instead of what `characterise` has chosen.")
    ] = None,
    profile: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What `characterise` wrote; the newest in the store unless given."),
    ] = None,
    tolerance: Annotated[float, typer.Option(help="Half-width of the band, as a fraction of the range.")] = 0.02,
    pulses: Annotated[int, typer.Option(min=1, help="Pulses after which a cell is given up.")] = 100,
    stress: Annotated[str, typer.Option(metavar="TIME", help="Pulse time after which a cell is given up.")] = "1s",
    time: Annotated[str, typer.Option(metavar="TIME", help="Time after which all cells are given up.")] = "10min",
    settle: Annotated[
        str | None, typer.Option(metavar="TIME", help="Rest before the target is read again, for cells that relax.")
    ] = None,
    rounds: Annotated[int | None, typer.Option(min=0, help="How often it is read again and corrected.")] = None,
    recheck_after: Again = None,
    resume: Annotated[int | None, typer.Option(metavar="RUN", help="Go on with an interrupted run.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Read, plan and count, but send no pulse.")] = False,
    maps: Annotated[Path | None, typer.Option(help="Draw target, achieved and error maps into this PNG.")] = None,
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Program a network into the boards, as `characterise` has chosen for this device.

    The first Ctrl-C waits for a safe point, the second stops at once.
    """
    from ohmloop.cli.progress import CampaignProgress
    from ohmloop.programming import Stops
    from ohmloop.programming.characterisation import Characterisation
    from ohmloop.programming.maps import draw_maps
    from ohmloop.service.characterising import newest
    from ohmloop.service.hosted import HostedNetwork
    from ohmloop.service.plan import ProgrammingPlan
    from ohmloop.service.programming import KIND, Programming, settle_interrupted
    from ohmloop.station import PulsesWithheld

    check_picture(maps)
    waits_s = sorted(parse_duration_s(text) for text in recheck_after or ())
    settle_s = 0.0 if settle is None else parse_duration_s(settle)
    stops = Stops(pulses=pulses, time_s=parse_duration_s(time), stress_s=parse_duration_s(stress))
    measured = None if profile is None else Characterisation.load(profile)
    network, under_test = open_model(model), open_device(device, dut)

    def plan_for(station: Station) -> ProgrammingPlan:
        found: Characterisation | None = measured
        if found is None:
            boards = [board.capabilities.serial for board in station.boards]
            found = newest(station.store, under_test.hash, boards)
        if found is None and policy is None and resume is None:
            raise CommandError(_nobody_measured(under_test.name), USAGE)
        try:
            return ProgrammingPlan.chosen(
                under_test,
                found,
                tolerance=tolerance,
                stops=stops,
                policy=policy,
                settle_s=settle_s,
                rounds=rounds,
            )
        except ValueError as error:
            raise CommandError(str(error), USAGE) from None

    def before(station: Station) -> None:
        if resume is not None:
            settle_interrupted(station, resume)
        plan_for(station)  # what makes no sense is said before anything is armed

    with (
        armed_station(device, under_test, store, dry_run=dry_run, before=before) as station,
        HostedNetwork(network, station.boards, under_test) as hosted,
        CampaignProgress(quiet=json) as progress,
    ):
        plan = plan_for(station)
        choice = plan.choice(under_test)
        if choice is not None:
            warn(choice)
        programming = Programming(station, hosted, plan, resume=resume, recheck_after_s=waits_s, tell=progress)
        try:
            carry_out(station, KIND, programming, resume=None if dry_run else programming.run.id)
        except PulsesWithheld as withheld:
            print(f"ohmloop: {withheld}; everything else is ready", file=sys.stderr)
            return
    summary = programming.summary()
    if json:
        print_json(summary)
    else:
        print_reports(programming.reports)
    draw_into(maps, programming.run.id, lambda path: draw_maps(programming.reports, path))
    if not programming.complete:
        reasons = "; ".join(f"board {board['board']}: {board['note']}" for board in summary["boards"] if board["note"])
        raise CommandError(f"stopped before the end ({reasons}); go on with --resume {programming.run.id}", FAILED)


def _nobody_measured(device: str) -> str:
    return (
        f"nobody has characterised {device!r} in this store: run `ohmloop characterise` with the same -d and --dut "
        "first, or give --profile FILE; --policy bayes does without, and goes by what the device file says"
    )
