"""What the emulator asks of a board's hardware, whichever way that is emulated."""

from __future__ import annotations

from typing import Protocol

from ohmsim.clock import Clock
from ohmsim.frontend import FrontEnd
from ohmsim.hal import BadReply, Reset


class Hardware(Protocol):
    """The hardware of one board. It survives resets of its processor.

    Attributes:
        failed: why the processor is in reset, or None while it runs.
        bad_conversions: so many of the next converter replies are bad.
        bad_reply: how they are bad.
        driven: whether a gate is open now: any line may be away from 0 V.
        rails_v: positive and negative supply of the analogue part, as their monitors see them, V.
        gates: programming gates opened since the emulator began.
        last_gate_ns: how long the last gate was open.
        faults: what chip models found wrong with the signals they were given.
    """

    front: FrontEnd
    time: Clock
    failed: Reset | None
    bad_conversions: int
    bad_reply: BadReply
    rails_v: list[float]
    gates: int
    last_gate_ns: int
    faults: list[str]

    @property
    def driven(self) -> bool:
        """A gate is open."""

    def boot(self) -> None:
        """The processor starts."""

    def reset(self, reason: Reset) -> None:
        """The processor goes into reset: lines are off."""

    def reset_after(self, ns: int) -> None:
        """Reset the processor in so many nanoseconds of its own time."""

    def reset_at_gate(self, gates: int) -> None:
        """Reset the processor in the middle of the n-th programming gate from now."""

    def trip(self) -> None:
        """The comparators trip."""

    def trip_at_gate(self, gates: int) -> None:
        """Trip in the middle of the n-th programming gate from now."""

    def hang(self) -> None:
        """The application runs no more, until the watchdog resets the processor."""

    def hang_at_gate(self, gates: int) -> None:
        """Hang in the middle of the n-th programming gate from now."""

    def silence_line_converters(self, sides: int) -> None:
        """Break the read-back of the row (1) and column (2) converter, or repair it. Raises ParameterError."""

    def advance(self, ns: int) -> None:
        """Let time pass that nobody else counts."""

    def clock_ns(self) -> int:
        """Nanoseconds since the processor started."""
