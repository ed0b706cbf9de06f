"""A short look at a board without a device file: nothing is armed, nothing moves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ohmloop.crossbar import Crossbar
from ohmloop.drivers.registry import open_crossbar
from ohmloop.station.lock import PortLock


@contextmanager
def visit(url: str) -> Iterator[Crossbar]:
    """Own a board for the length of a block. Raises PortOwned and CrossbarErrors."""
    with PortLock(url), open_crossbar(url) as crossbar:
        yield crossbar
