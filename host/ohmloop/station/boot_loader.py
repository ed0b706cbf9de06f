"""A running board that nobody works with, sent into its boot loader."""

from __future__ import annotations

from ohmloop.drivers.boot_loader import enter_boot_loader
from ohmloop.station.lock import PortLock


def leave_for_boot_loader(url: str) -> None:
    """See `drivers.boot_loader`. Raises PortOwned if another process has the port, and CrossbarErrors."""
    with PortLock(url):
        enter_boot_loader(url)
