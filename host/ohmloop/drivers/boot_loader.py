"""Sends a running board into the boot loader of its processor, whatever version of the firmware it runs."""

from __future__ import annotations

from ohmloop.crossbar import LinkTimeout, NotSupported
from ohmloop.drivers.lease_key import new_lease_key
from ohmloop.drivers.opening import connector
from ohmloop.drivers.refusals import LEASE_HELD, refusal
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
    address = DeviceAddress.parse(url)
    client = Client(connector(address), str(address), reconnect_s=1.0)
    try:
        key = new_lease_key()
        lease = client.request("SYSTem:LEASe?", lease=key).frame
        if lease.code == LEASE_HELD:
            raise refusal(url, lease.code, lease.text)
        try:
            frame = client.request("SYSTem:BOOTloader", lease=key, attempts=1).frame
        except LinkTimeout:
            return
        if frame.code == UNDEFINED_HEADER:
            raise NotSupported(f"the firmware of the board at {url} does not know its boot loader yet: {BUTTON}")
        if frame.code:
            client.request("SYSTem:LEASe:RELease", lease=key)
            raise refusal(url, frame.code, frame.text)
    finally:
        client.close()
