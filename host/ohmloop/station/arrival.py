"""A board that is expected on a port: after its firmware was written it restarts, and USB finds it anew."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from ohmloop.crossbar import Capabilities, LinkLost, ProtocolError
from ohmloop.station.errors import BoardMissing, PortOwned
from ohmloop.station.visit import visit

LOOK_EVERY_S = 0.25

USB_VENDOR, USB_PRODUCT = 0x2E8A, 0x0005
"""A Raspberry Pi board that runs MicroPython (registry of USB product ids of Raspberry Pi)."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """Where a board has come up, and what it says of itself."""

    url: str
    capabilities: Capabilities


def board_ports() -> frozenset[str]:
    """Addresses of the serial ports behind which a board may be."""
    from serial.tools.list_ports import comports

    return frozenset(
        f"serial://{'' if port.device.startswith('/') else '/'}{port.device}"
        for port in comports()
        if (port.vid, port.pid) == (USB_VENDOR, USB_PRODUCT)
    )


def await_board(where: Callable[[], Collection[str]], within_s: float) -> Arrival:
    """The first board that answers at one of the addresses which `where` names each time it is asked.

    Raises BoardMissing if none does in time, ProtocolError if one answers that we do not understand.
    """
    until_s = time.monotonic() + within_s
    last = "no port appeared"
    while time.monotonic() < until_s:
        for url in where():
            try:
                with visit(url) as board:
                    return Arrival(url, board.capabilities)
            except ProtocolError:
                raise
            except (LinkLost, PortOwned) as error:
                last = str(error)
        time.sleep(LOOK_EVERY_S)
    raise BoardMissing(
        f"the board did not come back within {within_s:g} s ({last}): unplug it, plug it in without BOOTSEL, "
        "and look with `ohmloop doctor`"
    )
