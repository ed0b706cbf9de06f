"""The abstraction that everything above a board is written against: interface, value types and errors."""

from ohmloop.crossbar.capabilities import Capabilities, LineAccuracy
from ohmloop.crossbar.conditions import Bias, CurrentRange, ReadConditions, Setup
from ohmloop.crossbar.corrections import RowCorrections
from ohmloop.crossbar.errors import (
    AddressError,
    BoardRefusal,
    BoardReset,
    BoardShutdown,
    Busy,
    CrossbarError,
    FirmwareMismatch,
    ForeignSetup,
    LeaseHeld,
    LimitExceeded,
    LinkLost,
    LinkTimeout,
    NotSupported,
    ProtocolError,
    Stopped,
    Unarmed,
    UncertainExchange,
)
from ohmloop.crossbar.exchange import EffectToken, ExchangeLog, ExchangeStatus, PulseList, PulseResult, Readback
from ohmloop.crossbar.geometry import Geometry
from ohmloop.crossbar.interface import Crossbar
from ohmloop.crossbar.limits import Limits
from ohmloop.crossbar.readings import Origin, Readings
from ohmloop.crossbar.restoring import restoring

__all__ = [
    "AddressError",
    "Bias",
    "BoardRefusal",
    "BoardReset",
    "BoardShutdown",
    "Busy",
    "Capabilities",
    "Crossbar",
    "CrossbarError",
    "CurrentRange",
    "EffectToken",
    "ExchangeLog",
    "ExchangeStatus",
    "FirmwareMismatch",
    "ForeignSetup",
    "Geometry",
    "LeaseHeld",
    "LimitExceeded",
    "Limits",
    "LineAccuracy",
    "LinkLost",
    "LinkTimeout",
    "NotSupported",
    "Origin",
    "ProtocolError",
    "PulseList",
    "PulseResult",
    "ReadConditions",
    "Readback",
    "Readings",
    "RowCorrections",
    "Setup",
    "Stopped",
    "Unarmed",
    "UncertainExchange",
    "restoring",
]
