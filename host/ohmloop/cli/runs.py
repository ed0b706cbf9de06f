"""`ohmloop runs`: what has been done, as the store kept it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ohmloop.cli.options import StorePath, open_store
from ohmloop.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from ohmloop.store import RunSummary

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
def show(number: Number, store: StorePath = None, json: AsJson = False) -> None:
    """Show one run: what was asked, what came of it, and its events."""
    from ohmloop.service.runs import whole

    with open_store(store) as kept:
        run = whole(kept, number)
    if json:
        print_json(run)
        return
    print_table(("", ""), [(key, value) for key, value in run.items() if key != "events"])
    print_table(("at", "event", ""), [(event["at"], event["kind"], event["data"]) for event in run["events"]])


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
