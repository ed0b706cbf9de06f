"""A running board that nobody works with, before its firmware is replaced."""

from __future__ import annotations

from ohmloop.crossbar import LinkLost, ProtocolError
from ohmloop.drivers.boot_loader import enter_boot_loader
from ohmloop.drivers.facts import parse_state
from ohmloop.drivers.opening import open_native
from ohmloop.link.address import DeviceAddress
from ohmloop.station.errors import StationBusy
from ohmloop.station.lock import PortLock


def leave_for_boot_loader(url: str) -> None:
    """See `drivers.boot_loader`. Raises PortOwned if another process has the port, and CrossbarErrors."""
    with PortLock(url):
        enter_boot_loader(url)


def console_port(url: str) -> str:
    """Where pyserial finds the port of a serial or TCP address. Raises AddressError for another."""
    address = DeviceAddress.parse(url)
    if address.scheme == "serial":
        return address.serial_path()
    host, port = address.host_port()
    return f"socket://{host}:{port}"


def require_disarmed(url: str) -> None:
    """Raise StationBusy if a device is armed at `url`, PortOwned if another process has the port.

    A board that does not answer, or not as we know it, is taken to be disarmed: its application may be a broken one.
    """
    with PortLock(url):
        try:
            board = open_native(url)
        except (LinkLost, ProtocolError):
            return
        with board:
            armed = parse_state(board.ask("SYSTem:STATe?").frame.text).armed
    if armed is not None:
        raise StationBusy(f"the board at {url} is armed for a device: `ohmloop arm --disarm` first")
