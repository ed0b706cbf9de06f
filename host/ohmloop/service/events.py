"""What happens at the station, as server-sent events (WHATWG HTML, section 9.2)."""

from __future__ import annotations

import asyncio
import json
import threading
from collections import deque
from collections.abc import AsyncIterator, Mapping
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from ohmloop.station import Job

KEPT = 1000
"""Events kept for those who come back after a lost connection."""

KEEPALIVE_S = 15.0
"""A comment is sent when nothing has happened for so long, so that a lost connection is noticed, s."""


class Events:
    """Takes events from any thread and gives them to every listener, in order."""

    def __init__(self) -> None:
        self._kept: deque[tuple[int, str]] = deque(maxlen=KEPT)
        self._last = 0
        self._lock = threading.Lock()
        self._listeners: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._closed = False

    def publish(self, kind: str, data: Mapping[str, Any]) -> None:
        """Send an event; from any thread."""
        with self._lock:
            self._last += 1
            text = f"id: {self._last}\nevent: {kind}\ndata: {json.dumps(data, allow_nan=False)}\n\n"
            self._kept.append((self._last, text))
        self._wake()

    def job(self, job: Job, run: int) -> None:
        """Tell how a job stands, and its run."""
        self.publish("job", {"id": job.id, "kind": job.kind, "state": job.state.value, "run": run})

    def close(self) -> None:
        """End every stream."""
        self._closed = True
        self._wake()

    async def stream(self, after: int | None) -> AsyncIterator[str]:
        """Events as they come, after those up to number `after`; None begins with what comes next."""
        woken = asyncio.Event()
        with self._lock:
            self._listeners[woken] = asyncio.get_running_loop()
            seen = self._last if after is None else min(after, self._last)
        try:
            yield ": ohmloop\n\n"
            while not self._closed:
                woken.clear()
                with self._lock:
                    due = [(number, text) for number, text in self._kept if number > seen]
                for number, text in due:
                    seen = number
                    yield text
                if due:
                    continue
                try:
                    await asyncio.wait_for(woken.wait(), KEEPALIVE_S)
                except TimeoutError:
                    yield ": still here\n\n"
        finally:
            with self._lock:
                del self._listeners[woken]

    def _wake(self) -> None:
        with self._lock:
            listeners = list(self._listeners.items())
        for woken, loop in listeners:
            if not loop.is_closed():
                loop.call_soon_threadsafe(woken.set)


def event_routes(events: Events) -> APIRouter:
    """The route /v1/events."""
    routes = APIRouter(prefix="/v1", tags=["station"])

    @routes.get("/events", response_class=StreamingResponse)
    def stream(request: Request) -> StreamingResponse:
        """Server-sent events: `job` for each change of a job, `progress` for each round, `stop` for a stop.

        `experiment` tells each step of an experiment.
        `learning` tells each step, verification and roll-back of a session: loss, score, pulses, wear.
        """
        last = request.headers.get("last-event-id", "")
        after = int(last) if last.isascii() and last.isdigit() else None
        return StreamingResponse(
            events.stream(after), media_type="text/event-stream", headers={"Cache-Control": "no-store"}
        )

    return routes
