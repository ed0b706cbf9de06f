"""A rehearsal: everything is read, nothing is moved."""

from __future__ import annotations

from ohmloop.crossbar import BoardRefusal, Crossbar, PulseList, PulseResult, Readback
from ohmloop.station.forwarding import ForwardingCrossbar

WITHHELD = 0
"""No board gave this refusal a number."""


class PulsesWithheld(BoardRefusal):
    """A dry run does not pulse; nothing was sent."""


class DryRunCrossbar(ForwardingCrossbar):
    """Passes everything on to a crossbar except pulses, which it refuses and counts.

    Arming is passed on, too: reading at the device's read voltage needs it.

    Attributes:
        withheld: pulses refused so far.
    """

    def __init__(self, crossbar: Crossbar) -> None:
        super().__init__(crossbar)
        self.withheld = 0

    def pulse(self, pulses: PulseList, readback: Readback = Readback.AFTER) -> PulseResult:
        """Refused and counted. Raises PulsesWithheld."""
        self.withheld += len(pulses)
        raise PulsesWithheld(f"dry run: {len(pulses)} pulses withheld, {self.withheld} so far", WITHHELD)
