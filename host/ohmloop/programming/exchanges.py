"""How a round of pulses is cut into exchanges."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ohmloop.crossbar import Capabilities, PulseList

OVERHEAD_S = 200e-6
"""Time that a board spends on a pulse besides its width, s: converters, settling and reading back, generously."""


def exchanges(pulses: PulseList, capabilities: Capabilities) -> Iterator[PulseList]:
    """Parts that one exchange can carry, as few as possible, in order.

    Limited by `max_pulses` and by `exchange_max_s`; a single pulse may last longer than that.
    """
    ends_s = np.cumsum(pulses.widths_s + OVERHEAD_S)
    start = 0
    while start < len(pulses):
        begun_s = ends_s[start - 1] if start else 0.0
        fitting = int(np.searchsorted(ends_s, begun_s + capabilities.exchange_max_s, side="right"))
        stop = max(start + 1, min(fitting, start + capabilities.max_pulses))
        yield pulses.part(start, stop)
        start = stop
