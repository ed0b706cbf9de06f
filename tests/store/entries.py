"""Exchanges and readings as a driver writes them."""

from __future__ import annotations

import numpy as np

from ohmloop.crossbar import (
    Bias,
    CurrentRange,
    EffectToken,
    Origin,
    PulseList,
    PulseResult,
    ReadConditions,
    Readings,
    Setup,
)

BOARD = "B-1"
SETUP = Setup(ReadConditions(0.2, 64, CurrentRange.M), Bias.THIRD, CurrentRange.M)
PULSES = PulseList(
    np.array([0, 7], np.int32), np.array([3, 127], np.int32), np.array([1.25, -0.9]), np.array([1e-5, 2.5e-7])
)


def token(number: int) -> EffectToken:
    return EffectToken("00000001deadbeef", 12, number, "0badcafe", 0xFFFFFFFF)


def result(number: int, applied: int = 2) -> PulseResult:
    currents = np.array([number * 1e-9, np.inf])
    return PulseResult(
        applied, Readings(currents, SETUP.read, 1000 + number, Origin(BOARD, "00000001deadbeef", 12, "c0ffee"))
    )
