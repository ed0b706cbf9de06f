"""What a client needs of a port."""

from __future__ import annotations

from typing import Protocol

READ_S = 5.0
"""Longest wait of one `Transport.read` in s; an idle link wakes its reader this often and no more."""

WRITE_S = 5.0
"""Longest wait of one `Transport.write` in s: a line is at most 16 kB, so a port this slow is stuck."""


class Transport(Protocol):
    """A byte stream to a board. One thread reads, any thread writes whole lines under the client's lock."""

    def read(self) -> bytes:
        """Wait at most READ_S for bytes; b"" if none came. Raises LinkLost once the port is gone."""
        ...

    def write(self, data: bytes) -> None:
        """Send all of `data`. Raises LinkLost, after which nothing is known of how much arrived."""
        ...

    def interrupt(self) -> None:
        """Make a waiting `read` return at once. May be called from any thread."""
        ...

    def close(self) -> None:
        """Give the port back. Not while another thread is inside `read`."""
        ...
