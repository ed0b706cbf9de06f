"""A rehearsal: everything is read, nothing is moved."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import (
    BoardRefusal,
    Capabilities,
    Crossbar,
    EffectToken,
    Limits,
    PulseList,
    PulseResult,
    Readback,
    Readings,
    Setup,
)

WITHHELD = 0
"""No board gave this refusal a number."""


class PulsesWithheld(BoardRefusal):
    """A dry run does not pulse; nothing was sent."""


class DryRunCrossbar(Crossbar):
    """Passes everything on to a crossbar except pulses, which it refuses and counts.

    Attributes:
        withheld: pulses refused so far.
    """

    def __init__(self, crossbar: Crossbar) -> None:
        self._crossbar = crossbar
        self.withheld = 0

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
        """Passed on: reading at the device's read voltage needs it."""
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
        """Refused and counted. Raises PulsesWithheld."""
        self.withheld += len(pulses)
        raise PulsesWithheld(f"dry run: {len(pulses)} pulses withheld, {self.withheld} so far", WITHHELD)

    def recover(self, token: EffectToken, pulses: PulseList, readback: Readback, setup: Setup) -> PulseResult | None:
        """Passed on: it moves nothing."""
        return self._crossbar.recover(token, pulses, readback, setup)

    def resume(self) -> None:
        """Passed on."""
        self._crossbar.resume()

    def multiply(self, volts: NDArray[np.float64]) -> Readings:
        """Passed on."""
        return self._crossbar.multiply(volts)

    def stop(self) -> None:
        """Passed on."""
        self._crossbar.stop()

    def clear(self) -> None:
        """Passed on."""
        self._crossbar.clear()

    def close(self) -> None:
        """Passed on."""
        self._crossbar.close()
