"""What all ports of a board have in common."""

from __future__ import annotations

import selectors
from abc import ABC, abstractmethod
from collections.abc import Callable

Selector = selectors.BaseSelector
Ready = Callable[[int], None]
"""What the selector's entries carry: called with the events that are ready."""
Sink = Callable[[bytes], None]
"""Takes one whole line from a client."""

CHUNK = 1 << 16


class Port(ABC):
    """A place where clients reach the board. All its work is done in the board's thread.

    Attributes:
        address: where, for people and programs.
    """

    address: str

    @abstractmethod
    def open(self, selector: Selector, sink: Sink) -> None:
        """Listen; whole lines go to `sink`."""

    @abstractmethod
    def send(self, data: bytes) -> None:
        """Send to every client; what a client does not take at once is kept for it within bounds."""

    @abstractmethod
    def look(self) -> None:
        """See to clients that announce themselves to no selector."""

    @abstractmethod
    def hang_up(self) -> None:
        """Disconnect every client and forget what was under way."""

    @abstractmethod
    def plug(self, *, plugged: bool) -> None:
        """Take clients, or turn them away."""

    @abstractmethod
    def close(self) -> None:
        """Give everything back."""
