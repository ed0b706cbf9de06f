"""A crossbar in front of another one: what a wrapper does not change, it passes on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import (
    Capabilities,
    Crossbar,
    EffectToken,
    ExchangeLog,
    Limits,
    PulseList,
    PulseResult,
    Readback,
    Readings,
    RowCorrections,
    Setup,
)


class ForwardingCrossbar(Crossbar):
    """Passes everything on to the crossbar behind it."""

    def __init__(self, crossbar: Crossbar) -> None:
        self._crossbar = crossbar

    @property
    def log(self) -> ExchangeLog | None:
        """Journal of the crossbar behind it."""
        return self._crossbar.log

    @log.setter
    def log(self, log: ExchangeLog | None) -> None:
        self._crossbar.log = log

    @property
    def capabilities(self) -> Capabilities:
        """Of the crossbar behind it."""
        return self._crossbar.capabilities

    @property
    def setup(self) -> Setup:
        """Of the crossbar behind it."""
        return self._crossbar.setup

    @property
    def limits(self) -> Limits | None:
        """Of the crossbar behind it."""
        return self._crossbar.limits

    def configure(self, setup: Setup) -> None:
        """Passed on."""
        self._crossbar.configure(setup)

    def arm(self, limits: Limits, device_hash: str) -> None:
        """Passed on."""
        self._crossbar.arm(limits, device_hash)

    def disarm(self) -> None:
        """Passed on."""
        self._crossbar.disarm()

    def read_cells(self, rows: NDArray[np.integer], cols: NDArray[np.integer]) -> Readings:
        """Passed on."""
        return self._crossbar.read_cells(rows, cols)

    def read_array(self) -> Readings:
        """Passed on."""
        return self._crossbar.read_array()

    def pulse(self, pulses: PulseList, readback: Readback = Readback.AFTER) -> PulseResult:
        """Passed on."""
        return self._crossbar.pulse(pulses, readback)

    def recover(self, token: EffectToken, pulses: PulseList, readback: Readback, setup: Setup) -> PulseResult | None:
        """Passed on: it moves nothing."""
        return self._crossbar.recover(token, pulses, readback, setup)

    def resume(self) -> None:
        """Passed on."""
        self._crossbar.resume()

    def multiply(self, volts: NDArray[np.float64]) -> Readings:
        """Passed on."""
        return self._crossbar.multiply(volts)

    def correct_rows(self, corrections: RowCorrections, *, keep: bool = False) -> None:
        """Passed on."""
        self._crossbar.correct_rows(corrections, keep=keep)

    def stop(self) -> None:
        """Passed on."""
        self._crossbar.stop()

    def clear(self) -> None:
        """Passed on."""
        self._crossbar.clear()

    def close(self) -> None:
        """Passed on."""
        self._crossbar.close()
