"""The device that emulated arrays hold in tests, and lists of pulses for it; beside it what `make bench` runs."""

from __future__ import annotations

import numpy as np

from ohmloop.crossbar import Limits, PulseList, ReadConditions, Setup

LIMITS = Limits(v_read=0.25, v_set=1.8, v_reset=1.8, width_max_s=1e-3)
"""Of the emulator's default device."""

SETUP = Setup(ReadConditions(volts=0.2, averages=16))

DEVICE_HASH = "0d" * 32


def pulse_list(*cells: tuple[int, int], volts: float = 1.3, width_s: float = 10e-6) -> PulseList:
    """One pulse for each cell."""
    rows, cols = np.array(cells, dtype=np.int32).reshape(-1, 2).T
    return PulseList(rows, cols, np.full(len(cells), volts), np.full(len(cells), width_s))
