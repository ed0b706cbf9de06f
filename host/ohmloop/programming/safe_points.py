"""Where a campaign may be held or ended: between two exchanges, when nothing is under way."""

from __future__ import annotations

import threading
import time

LOOK_UP_S = 0.2
"""How often a wait looks up, s."""


class SafePoint(Exception):
    """A stop was asked for and nothing is under way."""


class SafePoints:
    """A campaign passes here before everything it sends. Any thread may ask it to wait, to go on, or to end."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self._free = threading.Event()
        self._free.set()
        self.held_s = 0.0
        """How long the campaign has been held so far, s."""

    def hold(self) -> None:
        """Let the campaign wait at its next safe point."""
        self._free.clear()

    def go_on(self) -> None:
        """End a wait that `hold` asked for."""
        self._free.set()

    def stop(self) -> None:
        """Let the campaign end at its next safe point, also while it is held or rests."""
        self._stop.set()

    def pass_by(self) -> None:
        """Wait while the campaign is held. Raises SafePoint if it is to end."""
        begun_s = time.monotonic()
        waited = False
        while not (self._free.is_set() or self._stop.is_set()):
            self._free.wait(LOOK_UP_S)
            waited = True
        if waited:
            self.held_s += time.monotonic() - begun_s
        if self._stop.is_set():
            raise SafePoint

    def rest(self, seconds: float) -> None:
        """Wait for so long. Raises SafePoint as soon as the campaign is to end."""
        self._stop.wait(seconds)
        self.pass_by()
