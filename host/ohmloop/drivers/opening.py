"""Opens our own board at a device URL."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack

from ohmloop.crossbar import AddressError
from ohmloop.drivers.native import NativeCrossbar
from ohmloop.link.address import DeviceAddress
from ohmloop.link.child import EmulatorProcess
from ohmloop.link.client import RECONNECT_S, TIMEOUT_S
from ohmloop.link.serial_port import SerialPort
from ohmloop.link.tcp import TcpPort
from ohmloop.link.transport import Transport

WAITS = ("timeout", "reconnect")
"""Options of every address, in s."""

EMULATOR = ("device", "seed", "realtime", "state-dir", "target", "firmware")
"""Options of emu:// that are the emulator's own; any other sets a parameter of the preset."""


def open_native(url: str, timeout_s: float | None = None) -> NativeCrossbar:
    """Open `serial://`, `tcp://` or `emu://`, which starts an emulator that ends with this process.

    The options `timeout` (wait for a reply) and `reconnect` (how long a lost port is looked for) are in s.
    Raises AddressError, LinkLost, ProtocolError.
    """
    address = DeviceAddress.parse(url)
    timeout_s = timeout_s or address.seconds("timeout") or TIMEOUT_S
    reconnect_s = address.seconds("reconnect") or RECONNECT_S
    with ExitStack() as owned:
        if address.scheme == "emu":
            others = {name: value for name, value in address.options.items() if name not in WAITS}
            options = {name: others.pop(name) for name in EMULATOR if name in others}
            emulator = owned.enter_context(EmulatorProcess(address.geometry(), options, others))
            connect = connector(DeviceAddress.parse(emulator.boards[0].url))
        else:
            address.only(WAITS)
            connect = connector(address)
        crossbar = NativeCrossbar(connect, str(address), timeout_s=timeout_s, reconnect_s=reconnect_s)
        crossbar.owned = owned.pop_all()
    return crossbar


def connector(address: DeviceAddress) -> Callable[[], Transport]:
    """What opens the port at a serial or TCP address. Raises AddressError for another."""
    if address.scheme == "serial":
        path = address.serial_path()
        return lambda: SerialPort(path)
    if address.scheme == "tcp":
        host, port = address.host_port()
        return lambda: TcpPort(host, port)
    raise AddressError(f"{address} is no address of a board: it begins with serial://, tcp:// or emu://")
