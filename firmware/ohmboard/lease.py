"""The lease: one client moves cells and changes the set-up, others may read."""

import os

from ohmboard.errors import LEASE_HELD, LEASE_MISSING, Refusal
from ohmboard.request import NO_LEASE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ohmboard.surfaces import Engine

LEASE_US = 10_000_000
"""How long a lease lasts after its last use, microseconds of board time."""


class Lease:
    """Its key, and until when it holds."""

    def __init__(self, engine: "Engine") -> None:
        self._engine = engine
        self._key = NO_LEASE
        self._until_us = 0

    def remaining_us(self) -> int:
        """Microseconds for which it still holds, 0 if nobody holds it."""
        if self._key == NO_LEASE:
            return 0
        return max(0, self._until_us - self._engine.time_us())

    def remaining_s(self) -> int:
        """The same in whole seconds, rounded up."""
        return (self.remaining_us() + 999_999) // 1_000_000

    def held_by(self, key: int) -> bool:
        """Whether this key holds the lease."""
        return key != NO_LEASE and key == self._key and self._engine.time_us() < self._until_us

    def renew(self, key: int) -> None:
        """Use extends it."""
        if key == self._key and key != NO_LEASE:
            now = self._engine.time_us()
            if now < self._until_us:
                self._until_us = now + LEASE_US

    def take(self, key: int) -> int:
        """Take the free lease; returns its key.

        A client may propose the key, so that a repeated request whose reply was lost finds its own lease.
        """
        if key == NO_LEASE:
            key = int.from_bytes(os.urandom(4), "little")
        self._key = key
        self._until_us = self._engine.time_us() + LEASE_US
        return key

    def release(self) -> None:
        """Nobody holds it any more."""
        self._key = NO_LEASE

    def refuse_others(self, key: int) -> None:
        """Raise Refusal if somebody else holds it."""
        if self.remaining_us() > 0 and not self.held_by(key):
            raise Refusal(LEASE_HELD, "%d s left" % self.remaining_s())

    def demand(self, key: int) -> None:
        """Raise Refusal unless this key holds it."""
        if not self.held_by(key):
            raise Refusal(LEASE_MISSING, "SYSTem:LEASe? takes it")
