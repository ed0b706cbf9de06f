"""Everything that can go wrong between a caller and an array, by type."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ohmloop.crossbar.exchange import PulseList


class CrossbarError(Exception):
    """Something went wrong at a crossbar. The message says what, where, and what to do."""


class AddressError(CrossbarError):
    """A device address could not be understood."""


class LinkLost(CrossbarError):
    """The port closed or could not be opened."""


class LinkTimeout(LinkLost):
    """No reply came within the time allowed, repetitions included."""


class NotSupported(CrossbarError):
    """This crossbar has no such ability; `capabilities.features` names the optional ones that it has."""


class ProtocolError(CrossbarError):
    """The device does not speak a protocol that we know, or broke it."""


class FirmwareMismatch(ProtocolError):
    """The firmware of the board does not go with this ohmloop; the message ends with the command to run."""


class BoardRefusal(CrossbarError):
    """The board refused a request; nothing moved. `code` is the board's error number."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


class LimitExceeded(BoardRefusal):
    """A request above the limits of the board or of the armed device under test."""


class Unarmed(BoardRefusal):
    """Pulses need an armed device under test."""


class LeaseHeld(BoardRefusal):
    """Another client holds the lease: it alone may move cells and change the set-up."""


class Busy(BoardRefusal):
    """The board is occupied."""


class ForeignSetup(CrossbarError):
    """The set-up or the boot of the board is not the one that was asked for; the reading is not believed."""


class BoardReset(ForeignSetup):
    """The board has restarted: it is unarmed and its set-up is the default."""


class BoardShutdown(BoardRefusal):
    """The board has latched a shutdown: all lines are at 0 V until it is cleared."""


class Stopped(CrossbarError):
    """The exchange ended before its last pulse (abort, trip, converter fault); `applied` pulses had been applied."""

    def __init__(self, message: str, applied: int) -> None:
        super().__init__(message)
        self.applied = applied


class UncertainExchange(CrossbarError):
    """An exchange was sent and its outcome cannot be known; its cells and their neighbours must be read again."""

    def __init__(self, message: str, pulses: PulseList) -> None:
        super().__init__(message)
        self.pulses = pulses
