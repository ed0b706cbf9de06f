"""What an error looks like on the command line: one line, and an exit code that scripts can tell apart."""

from __future__ import annotations

from dataclasses import dataclass

FAILED = 1
USAGE = 2  # as click and typer use it
UNREACHABLE = 3
REFUSED = 4
STORE = 5
INTERNAL = 70  # EX_SOFTWARE of sysexits.h


class CommandError(Exception):
    """A command cannot do what was asked; the message says why and what to do."""

    def __init__(self, message: str, code: int = FAILED) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class Failure:
    """One line for a person, and the exit code."""

    line: str
    code: int


def describe(error: Exception) -> Failure:
    """How an error is shown."""
    code = _code(error)
    said = f"{error.filename}: {error.strerror}" if isinstance(error, OSError) and error.filename else str(error)
    text = " ".join(said.split()) or type(error).__name__
    if code == INTERNAL:
        text = f"internal error, {type(error).__name__}: {text} (OHMLOOP_DEBUG=1 shows where)"
    return Failure(text, code)


def _code(error: Exception) -> int:
    from ohmloop.crossbar import AddressError, BoardRefusal, CrossbarError, LinkLost
    from ohmloop.flashing import FlashError
    from ohmloop.learning.errors import LearningError
    from ohmloop.mapping.errors import MappingError
    from ohmloop.network.errors import NetworkError
    from ohmloop.procedures.errors import ProcedureError
    from ohmloop.programming.errors import ProgrammingError
    from ohmloop.service.errors import ServiceConfigurationError, ServiceError
    from ohmloop.station.errors import BoardMissing, PortOwned, StationBusy, StationError
    from ohmloop.store import StoreError

    if isinstance(error, CommandError):
        return error.code
    table: tuple[tuple[type[Exception], int], ...] = (
        (LinkLost, UNREACHABLE),
        (BoardRefusal, REFUSED),
        (BoardMissing, UNREACHABLE),
        (PortOwned, REFUSED),
        (StationBusy, REFUSED),
        (StoreError, STORE),
        (AddressError, USAGE),
        (CrossbarError, FAILED),
        (StationError, FAILED),
        (FlashError, FAILED),
        (ProgrammingError, FAILED),
        (ProcedureError, FAILED),
        (LearningError, FAILED),
        (MappingError, FAILED),
        (NetworkError, FAILED),
        (ServiceError, FAILED),
        (ServiceConfigurationError, FAILED),
        (OSError, FAILED),
    )
    return next((code for kind, code in table if isinstance(error, kind)), INTERNAL)
