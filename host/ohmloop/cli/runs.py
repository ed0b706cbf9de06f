"""`ohmloop runs`: what has been done, as the store kept it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ohmloop.cli.options import StorePath, open_store
from ohmloop.cli.output import AsJson, print_json, print_table

if TYPE_CHECKING:
    from ohmloop.store import RunSummary

app = typer.Typer(help="List, show and export runs.", no_args_is_help=True)

Number = Annotated[int, typer.Argument(metavar="RUN", help="Number of the run, as `ohmloop runs list` shows it.")]


def as_json(run: RunSummary) -> dict[str, Any]:
    """A run as plain JSON values."""
    return {
        "id": run.id,
        "kind": run.kind,
        "state": run.state,
        "started": run.started.isoformat(),
        "ended": run.ended.isoformat() if run.ended else None,
        "parameters": dict(run.parameters),
        "summary": dict(run.summary),
    }


@app.command("list")
def list_runs(store: StorePath = None, json: AsJson = False) -> None:
    """List all runs, oldest first."""
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
    with open_store(store) as kept:
        run = kept.open(number)
        summary = next(summary for summary in kept.runs() if summary.id == run.id)
        events = run.events()
    whole = as_json(summary) | {
        "origin": run.origin,
        "events": [{"at": event.at.isoformat(), "kind": event.kind, "data": event.data} for event in events],
    }
    if json:
        print_json(whole)
        return
    print_table(("", ""), [(key, value) for key, value in whole.items() if key != "events"])
    print_table(("at", "event", ""), [(event["at"], event["kind"], event["data"]) for event in whole["events"]])


@app.command()
def export(
    number: Number,
    folder: Annotated[Path, typer.Argument(help="Folder for the CSV files; made if needed.")],
    store: StorePath = None,
    json: AsJson = False,
) -> None:
    """Write pulses, readings and events of a run as CSV files."""
    with open_store(store) as kept:
        paths = kept.open(number).export_csv(folder)
    if json:
        print_json([str(path) for path in paths])
        return
    for path in paths:
        print(path)


def _took(run: RunSummary) -> str:
    return f"{(run.ended - run.started).total_seconds():.1f} s" if run.ended else ""
