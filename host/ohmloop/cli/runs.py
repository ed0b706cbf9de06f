"""`ohmloop runs`: what has been done, as the store kept it."""

from __future__ import annotations

from collections.abc import Sequence
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ohmloop.cli.drawing import check_can_draw
from ohmloop.cli.failure import CommandError
from ohmloop.cli.options import StorePath, open_store
from ohmloop.cli.output import AsJson, print_json, print_table
from ohmloop.cli.report_view import print_reports

if TYPE_CHECKING:
    from ohmloop.procedures.iv_sweep import Curves
    from ohmloop.procedures.pulse_response import Response
    from ohmloop.programming import Report
    from ohmloop.programming.characterisation import Characterisation
    from ohmloop.store import Run, RunSummary

LONGEST_SHOWN = 200
"""Letters of an event in the table."""

app = typer.Typer(help="List, show and export runs.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="RUN", help="Number of the run, as `ohmloop runs list` shows it.")]


@app.command("list")
def list_runs(store: StorePath = None, json: AsJson = False) -> None:
    """List all runs, oldest first."""
    from ohmloop.service.runs import as_json

    with open_store(store) as kept:
        runs = kept.runs()
    if json:
        print_json([as_json(run) for run in runs])
        return
    print_table(
        ("run", "kind", "state", "started", "took"),
        [(run.id, run.kind, run.state, f"{run.started:%Y-%m-%d %H:%M:%S}", _took(run)) for run in runs],
    )


@app.command()
def show(
    number: Number,
    picture: Annotated[Path | None, typer.Option(help="Draw what the run found into this PNG.")] = None,
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Show one run: what was asked, what came of it, its reports and its events."""
    from ohmloop.programming.kept import kept_reports
    from ohmloop.service.characterising import found_in
    from ohmloop.service.experimenting import kept as kept_experiment
    from ohmloop.service.runs import find_run, whole

    if picture is not None:
        check_can_draw()
    with open_store(store) as kept:
        said, run = whole(kept, number), find_run(kept, number)
        reports = kept_reports(run)
        measured = found_in(run) if not reports else None
        experiment = kept_experiment(run)
        if picture is not None:
            _draw(run, reports, measured or experiment, picture)
    if json:
        print_json({**said, "reports": [loads(report.to_json()) for report in reports]})
        return
    print_table(("", ""), [(key, value) for key, value in said.items() if key not in ("events", "summary")])
    if reports:
        print_reports(reports)
    print_table(("at", "event", ""), [(event["at"], event["kind"], _short(event["data"])) for event in said["events"]])


def _draw(
    run: Run, reports: Sequence[Report], measured: Characterisation | Curves | Response | None, picture: Path
) -> None:
    from ohmloop.learning.picture import draw_session
    from ohmloop.procedures.iv_sweep import Curves
    from ohmloop.procedures.pictures import draw_curves, draw_response
    from ohmloop.procedures.pulse_response import Response
    from ohmloop.programming.characterised import draw_characterisation
    from ohmloop.programming.maps import draw_maps
    from ohmloop.service.learned import KIND

    if run.kind == KIND:
        draw_session(run, picture)
    elif reports:
        draw_maps(reports, picture)
    elif isinstance(measured, Curves):
        draw_curves(measured, picture)
    elif isinstance(measured, Response):
        draw_response(measured, picture)
    elif measured is not None:
        draw_characterisation(measured, picture)
    else:
        raise CommandError(f"run {run.id} has found nothing that could be drawn")


def _short(data: object) -> str:
    said = str(data)
    return said if len(said) <= LONGEST_SHOWN else f"{said[:LONGEST_SHOWN]}… (--json shows all)"


@app.command()
def export(
    number: Number,
    folder: Annotated[Path, typer.Argument(help="Folder for the CSV files; made if needed.")],
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Write pulses, readings and events of a run as CSV files."""
    from ohmloop.service.runs import find_run

    with open_store(store) as kept:
        paths = find_run(kept, number).export_csv(folder)
    if json:
        print_json([str(path) for path in paths])
        return
    for path in paths:
        print(path)


def _took(run: RunSummary) -> str:
    return f"{(run.ended - run.started).total_seconds():.1f} s" if run.ended else ""
