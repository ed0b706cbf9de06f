"""`ohmloop runs`: what has been done, as the store kept it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from json import loads
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ohmloop.cli.failure import CommandError
from ohmloop.cli.files import check_picture, draw_into
from ohmloop.cli.options import StorePath, open_store
from ohmloop.cli.output import AsJson, print_json, print_table
from ohmloop.cli.report_view import print_reports

if TYPE_CHECKING:
    from ohmloop.procedures.iv_sweep import Curves
    from ohmloop.procedures.pulse_response import Response
    from ohmloop.programming import Report
    from ohmloop.programming.characterisation import Characterisation
    from ohmloop.store import Run, RunSummary

LONGEST_SHOWN = 120
"""Letters of a value in a table."""

RESUMED_BY = {"program": "program", "form": "form", "learn": "tune"}
"""Command that goes on with an unfinished run of a kind."""

UNFINISHED = ("running", "paused")
"""States of a run that can go on; one whose host ended without a word is still said to be running."""

app = typer.Typer(help="List, show and export runs.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="RUN", help="Number of the run, as `ohmloop runs list` shows it.")]


@app.command("list")
def list_runs(store: StorePath = None, json: AsJson = False) -> None:
    """List all runs, oldest first."""
    from ohmloop.service.runs import as_json

    with open_store(store, reading=True) as kept:
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

    check_picture(picture)
    with open_store(store, reading=True) as kept:
        said, run = whole(kept, number), find_run(kept, number)
        reports = kept_reports(run)
        measured = found_in(run) if not reports else None
        experiment = kept_experiment(run)
        if json:
            print_json({**said, "reports": [loads(report.to_json()) for report in reports]})
        else:
            _print(said, reports, experiment)
        draw_into(picture, number, lambda path: _draw(run, reports, measured or experiment, path))


def _print(said: Mapping[str, Any], reports: Sequence[Report], experiment: Curves | Response | None) -> None:
    from ohmloop.cli.iv_sweep import print_curves
    from ohmloop.cli.pulse_response import print_response
    from ohmloop.procedures.iv_sweep import Curves

    print_table(("", ""), _facts(said))
    if reports:
        print_reports(reports)
    elif isinstance(experiment, Curves):
        print_curves(experiment)
    elif experiment is not None:
        print_response(experiment)
    if said["events"]:
        events = [(event["at"][11:19], event["kind"], _short(_listed(event["data"]))) for event in said["events"]]
        print_table(("at", "event", ""), events)


def _facts(said: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """A run in lines: what it is, what it was made with, what it was asked for, why it ended early."""
    origin, summary = said["origin"], said["summary"]
    yield "run", f"{said['id']}, {said['kind']}"
    yield "state", said["state"]
    yield "from", f"{said['started']:.19} UTC"
    yield "to", f"{said['ended']:.19} UTC" if said["ended"] else "-"
    over_rest = said["kind"] == "learn" and "steps" not in said["parameters"]
    if (command := RESUMED_BY.get(said["kind"])) and said["state"] in UNFINISHED and not over_rest:
        yield "go on with", f"ohmloop {command} --resume {said['id']}"
    for why in ("error", "reason"):
        if why in summary:
            yield why, summary[why]
    yield "device", ", ".join(filter(None, (origin.get("device"), origin.get("chip"))))
    yield "device file", f"SHA-256 {origin.get('device_hash', ''):.16}…"
    for board in origin.get("boards", ()):
        yield (
            "board",
            f"{board['serial']}, {board['board']}, firmware {board['firmware']}, calibration {board['calibration']}",
        )
    yield "ohmloop", str(origin.get("ohmloop"))
    for name, value in said["parameters"].items():
        inner = value.items() if isinstance(value, dict) else [("", value)]
        for part, shown in inner:
            yield f"{name} {part}".rstrip(), _short(_listed(shown))


def _listed(value: object) -> str:
    """A value in one line; of a mapping, what is neither a list nor a mapping itself."""
    if not isinstance(value, dict):
        return str(value)
    plain = {name: each for name, each in value.items() if not isinstance(each, list | dict)}
    return ", ".join(
        f"{name} {each:.6g}" if isinstance(each, float) else f"{name} {each}" for name, each in plain.items()
    )


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

    with open_store(store, reading=True) as kept:
        paths = find_run(kept, number).export_csv(folder)
    if json:
        print_json([str(path) for path in paths])
        return
    for path in paths:
        print(path)


def _took(run: RunSummary) -> str:
    return f"{(run.ended - run.started).total_seconds():.1f} s" if run.ended else ""
