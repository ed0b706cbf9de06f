"""Finds what opens a device address: entry points of the group `ohmloop.crossbars`, by the scheme of the URL."""

from __future__ import annotations

from importlib.metadata import entry_points

from ohmloop.crossbar import AddressError, Crossbar, ExchangeLog
from ohmloop.link.address import DeviceAddress

GROUP = "ohmloop.crossbars"
"""An entry point is named after a scheme and loads a callable (url: str, timeout_s: float | None) -> Crossbar."""


def open_crossbar(url: str, *, log: ExchangeLog | None = None, timeout_s: float | None = None) -> Crossbar:
    """Open the crossbar at a device URL; `timeout_s` is the wait for a reply in s, the driver's own if None.

    Raises AddressError for an unknown scheme, and what the driver raises.
    """
    scheme = DeviceAddress.parse(url).scheme
    openers = entry_points(group=GROUP)
    if scheme not in openers.names:
        raise AddressError(f"nothing installed opens {scheme}://; there are {', '.join(sorted(openers.names))}")
    crossbar = openers[scheme].load()(url, timeout_s)
    if not isinstance(crossbar, Crossbar):
        raise TypeError(f"the entry point {scheme} of {GROUP} opened a {type(crossbar).__name__}, not a Crossbar")
    crossbar.log = log
    return crossbar
