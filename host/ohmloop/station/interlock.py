"""One thing at a time: whatever drives the boards of a station holds its interlock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ohmloop.station.errors import StationBusy


class Interlock:
    """Held by one activity at a time; an emergency stop does not need it."""

    def __init__(self) -> None:
        self._free = threading.Condition()
        self._holder: str | None = None

    @property
    def holder(self) -> str | None:
        """What holds it now."""
        return self._holder

    def take(self, activity: str, wait_s: float = 0.0) -> None:
        """Take it, waiting at most `wait_s`. Raises StationBusy, naming what holds it."""
        with self._free:
            if not self._free.wait_for(lambda: self._holder is None, wait_s):
                raise StationBusy(f"the station is busy with {self._holder}: wait until it ends, or stop it")
            self._holder = activity

    def release(self) -> None:
        """Let the next one have it."""
        with self._free:
            self._holder = None
            self._free.notify()

    @contextmanager
    def held(self, activity: str, wait_s: float = 0.0) -> Iterator[None]:
        """Hold it for the length of a block. Raises StationBusy."""
        self.take(activity, wait_s)
        try:
            yield
        finally:
            self.release()
