"""Server-sent events, read as they come."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx


@dataclass(frozen=True)
class Event:
    number: int
    kind: str
    data: dict[str, Any]


@contextmanager
def listening(http: httpx.Client, after: int | None = None) -> Iterator[Iterator[Event]]:
    """The events of a service; the stream is open when the context is."""
    headers = {} if after is None else {"Last-Event-ID": str(after)}
    with http.stream("GET", "/v1/events", headers=headers) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        lines = answer.iter_lines()
        assert next(lines) == ": ohmloop"
        yield _events(lines)


def _events(lines: Iterator[str]) -> Iterator[Event]:
    fields: dict[str, str] = {}
    for line in lines:
        if line:
            name, _, value = line.partition(": ")
            fields[name] = value
        elif "data" in fields:
            yield Event(int(fields["id"]), fields["event"], json.loads(fields["data"]))
            fields = {}


def until(events: Iterator[Event], kind: str, **expected: object) -> Event:
    """The next event of a kind whose data hold what is expected."""
    for event in events:
        if event.kind == kind and all(event.data.get(key) == value for key, value in expected.items()):
            return event
    raise AssertionError(f"the stream ended without an event {kind} {expected}")
