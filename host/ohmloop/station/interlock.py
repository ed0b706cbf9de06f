"""One thing at a time: whatever drives the boards of a station holds its interlock."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ohmloop.station.errors import StationBusy

LEND_S = 1.0
"""How long those who borrow may come one after the other before the holder goes on, s."""

BORROWED_S = 60.0
"""Longest wait for one of them to give it back, s: its own waits for the boards have ended by then."""


class Interlock:
    """Held by one activity at a time; an emergency stop does not need it.

    A holder that goes on for long may lend it at its safe points to activities that move nothing.
    """

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._holder: str | None = None
        self._borrower: str | None = None
        self._asking = 0
        self._lends = False
        self._offered = False

    @property
    def holder(self) -> str | None:
        """What holds it now."""
        return self._holder

    @property
    def lends(self) -> bool:
        """Whether its holder lends it now and then."""
        return self._lends

    def take(self, activity: str, wait_s: float = 0.0) -> None:
        """Take it, waiting at most `wait_s`. Raises StationBusy, naming what holds it."""
        with self._changed:
            if not self._changed.wait_for(lambda: self._holder is None, wait_s):
                raise self._busy()
            self._holder = activity

    def release(self) -> None:
        """Let the next one have it."""
        with self._changed:
            self._holder = None
            self._changed.notify_all()

    @contextmanager
    def held(self, activity: str, wait_s: float = 0.0) -> Iterator[None]:
        """Hold it for the length of a block. Raises StationBusy."""
        self.take(activity, wait_s)
        try:
            yield
        finally:
            self.release()

    @contextmanager
    def lending(self) -> Iterator[None]:
        """For the holder: in this block whoever asks to borrow it waits for `lend` and is not refused at once."""
        self._lends = True
        try:
            yield
        finally:
            self._lends = False

    def lend(self) -> None:
        """For the holder, where nothing of its own is under way: let those have it who wait, one after the other.

        Who still waits after LEND_S has to wait for the next time. Raises StationBusy if it is not given back.
        """
        with self._changed:
            self._offered = True
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._asking and self._borrower is None, LEND_S)
            self._offered = False
            if not self._changed.wait_for(lambda: self._borrower is None, BORROWED_S):
                raise StationBusy(f"{self._borrower} has had the boards for {BORROWED_S:.0f} s")

    @contextmanager
    def borrowed(self, activity: str, wait_s: float) -> Iterator[None]:
        """Hold it, or have it from a holder that lends it within `wait_s`, for the length of a block.

        Raises StationBusy. The activity must move nothing: a holder that lends relies on that.
        """
        with self._changed:
            self._asking += 1
            try:
                if not self._changed.wait_for(self._can_be_had, wait_s if self._lends else 0.0):
                    raise self._busy()
                free = self._holder is None
                if free:
                    self._holder = activity
                else:
                    self._borrower = activity
            finally:
                self._asking -= 1
                self._changed.notify_all()
        try:
            yield
        finally:
            with self._changed:
                if free:
                    self._holder = None
                else:
                    self._borrower = None
                self._changed.notify_all()

    def _can_be_had(self) -> bool:
        return self._holder is None or (self._offered and self._borrower is None)

    def _busy(self) -> StationBusy:
        return StationBusy(f"the station is busy with {self._holder}: wait until it ends, or stop it")
