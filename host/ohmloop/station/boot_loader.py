"""A running board that nobody works with, taken out of its application."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ohmloop.drivers.boot_loader import enter_boot_loader, hold_disarmed
from ohmloop.link.address import DeviceAddress
from ohmloop.station.lock import PortLock


def leave_for_boot_loader(url: str) -> None:
    """See `drivers.boot_loader`. Raises PortOwned if another process has the port, and CrossbarErrors."""
    with PortLock(url):
        enter_boot_loader(url)


@contextmanager
def console_port(url: str) -> Iterator[str]:
    """Where pyserial finds the port of a disarmed board at a serial or TCP address, which is ours meanwhile.

    Raises PortOwned if another process has the port, AddressError for another kind of address, and see
    `drivers.boot_loader.hold_disarmed`.
    """
    address = DeviceAddress.parse(url)
    with PortLock(url):
        hold_disarmed(url)
        if address.scheme == "serial":
            yield address.serial_path()
        else:
            host, port = address.host_port()
            yield f"socket://{host}:{port}"
