"""Runs as plain JSON values, for the service and the command line."""

from __future__ import annotations

from typing import Any

from ohmloop.service import experimenting
from ohmloop.service.errors import NotFound
from ohmloop.store import Run, RunSummary, Store


def summary_of(store: Store, number: int) -> RunSummary:
    """The summary of one run. Raises NotFound."""
    for run in store.runs():
        if run.id == number:
            return run
    raise NotFound(f"there is no run {number} in {store.path}")


def find_run(store: Store, number: int) -> Run:
    """One run. Raises NotFound."""
    return store.open(summary_of(store, number).id)


def as_json(run: RunSummary) -> dict[str, Any]:
    """One line of the list of runs."""
    return {
        "id": run.id,
        "kind": run.kind,
        "state": run.state,
        "started": run.started.isoformat(),
        "ended": run.ended.isoformat() if run.ended else None,
        "parameters": dict(run.parameters),
        "summary": dict(run.summary),
    }


def whole(store: Store, number: int) -> dict[str, Any]:
    """One run with its origin and events, and what it found if it was an experiment. Raises NotFound."""
    summary = summary_of(store, number)
    run = store.open(number)
    events = [{"at": event.at.isoformat(), "kind": event.kind, "data": event.data} for event in run.events()]
    said = as_json(summary) | {"origin": run.origin, "events": events}
    found = experimenting.kept(run)
    return said if found is None else said | {"found": experimenting.as_json(found)}
