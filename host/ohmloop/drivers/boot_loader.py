"""Takes a running board out of its application, whatever version of the firmware it runs: to write another to it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from ohmloop.crossbar import LinkTimeout, NotSupported, ProtocolError
from ohmloop.drivers.facts import parse_state
from ohmloop.drivers.lease_key import new_lease_key
from ohmloop.drivers.opening import connector
from ohmloop.drivers.refusals import LEASE_HELD, SETTINGS_CONFLICT, refusal
from ohmloop.link.address import DeviceAddress
from ohmloop.link.client import Client

UNDEFINED_HEADER = -113
BUTTON = "hold BOOTSEL while you plug it in"


def enter_boot_loader(url: str) -> None:
    """Ask the board at a serial or TCP address to leave its application; the port goes away then.

    Raises LinkLost if no board is there, LeaseHeld if somebody works with it, BoardRefusal if a device is armed or it
    has no boot loader, NotSupported if its firmware is older than this request. No reply is no error: the board may be
    gone.
    """
    with _leased(url) as (client, key):
        try:
            frame = client.request("SYSTem:BOOTloader", lease=key, attempts=1).frame
        except LinkTimeout:
            return
        if frame.code == UNDEFINED_HEADER:
            raise NotSupported(f"the firmware of the board at {url} does not know its boot loader yet: {BUTTON}")
        if frame.code:
            client.request("SYSTem:LEASe:RELease", lease=key)
            raise refusal(url, frame.code, frame.text)


def hold_disarmed(url: str) -> None:
    """Take the lease of the board at a serial or TCP address, so that for ten seconds nobody else can arm it.

    A board that does not answer, or not as we know it, is taken to be disarmed: its application may be a broken one.
    Raises LinkLost if the port cannot be opened, LeaseHeld if somebody works with the board, BoardRefusal if a device
    is armed.
    """
    try:
        with _leased(url) as (client, key):
            if parse_state(client.request("SYSTem:STATe?").frame.text).armed is None:
                return
            client.request("SYSTem:LEASe:RELease", lease=key)
    except (LinkTimeout, ProtocolError):
        return
    raise refusal(url, SETTINGS_CONFLICT, "a device is armed: DISarm first")


@contextmanager
def _leased(url: str) -> Iterator[tuple[Client, str]]:
    """A client of the board and the key of its lease. Raises LinkLost, LeaseHeld."""
    address = DeviceAddress.parse(url)
    client = Client(connector(address), str(address), reconnect_s=1.0)
    try:
        key = new_lease_key()
        lease = client.request("SYSTem:LEASe?", lease=key).frame
        if lease.code == LEASE_HELD:
            raise refusal(url, lease.code, lease.text)
        yield client, key
    finally:
        client.close()
