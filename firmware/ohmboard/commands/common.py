"""The common commands of IEEE 488.2 that make sense here. Requests run one at a time, so nothing is ever pending."""

from ohmboard import _board
from ohmboard.arguments import Whole
from ohmboard.command import ANYTIME, SETUP, Command
from ohmboard.engine_codes import OK
from ohmboard.refusals import refusal
from ohmboard.setup import DEFAULT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ohmboard.board import Board
    from ohmboard.request import Request

REGISTER_MAX = 255


def clear(board: "Board", request: "Request", values: "list[Any]") -> None:
    """*CLS."""
    board.errors.clear()
    board.status.events = 0


def set_event_enable(board: "Board", request: "Request", values: "list[Any]") -> None:
    """*ESE."""
    board.status.event_enable = values[0]


def event_enable(board: "Board", request: "Request", values: "list[Any]") -> str:
    """*ESE?."""
    return str(board.status.event_enable)


def events(board: "Board", request: "Request", values: "list[Any]") -> str:
    """*ESR?."""
    return str(board.status.take_events())


def identity(board: "Board", request: "Request", values: "list[Any]") -> str:
    """*IDN?."""
    return "ohmloop,%s-%dx%d,%s,%s" % (_board.NAME, board.rows, board.cols, board.serial, board.firmware)


def complete(board: "Board", request: "Request", values: "list[Any]") -> None:
    """*OPC."""
    board.status.complete()


def is_complete(board: "Board", request: "Request", values: "list[Any]") -> str:
    """*OPC?."""
    return "1"


def reset(board: "Board", request: "Request", values: "list[Any]") -> None:
    """*RST."""
    status = board.engine.disarm()
    if status != OK:
        raise refusal(board.engine, status)
    board.armed = None
    board.setup.apply(DEFAULT)


def set_service_enable(board: "Board", request: "Request", values: "list[Any]") -> None:
    """*SRE: bit 6 cannot be set."""
    board.status.service_enable = values[0] & ~0x40


def service_enable(board: "Board", request: "Request", values: "list[Any]") -> str:
    """*SRE?."""
    return str(board.status.service_enable)


def status_byte(board: "Board", request: "Request", values: "list[Any]") -> str:
    """*STB?."""
    return str(board.status.byte(board.errors.count))


def self_test(board: "Board", request: "Request", values: "list[Any]") -> str:
    """*TST?."""
    return "0" if board.check_self() is None else "1"


def wait(board: "Board", request: "Request", values: "list[Any]") -> None:
    """*WAI."""


COMMANDS = (
    Command("*CLS", (), clear, ANYTIME, "clears the error queue and the event status register"),
    Command("*ESE", (Whole("mask", 0, REGISTER_MAX),), set_event_enable, 0, "sets the event status enable register"),
    Command("*ESE?", (), event_enable, 0, "the event status enable register"),
    Command("*ESR?", (), events, 0, "the event status register, which reading clears"),
    Command("*IDN?", (), identity, 0, "maker, model with geometry, serial number, firmware version"),
    Command("*OPC", (), complete, 0, "sets the operation complete bit; requests run one at a time"),
    Command("*OPC?", (), is_complete, 0, "1 when all before it is done"),
    Command("*RST", (), reset, SETUP, "default set-up, disarmed; moves no cell, keeps lease and calibration"),
    Command(
        "*SRE", (Whole("mask", 0, REGISTER_MAX),), set_service_enable, 0, "sets the service request enable register"
    ),
    Command("*SRE?", (), service_enable, 0, "the service request enable register"),
    Command("*STB?", (), status_byte, 0, "the status byte: errors 4, events 32, master summary 64"),
    Command("*TST?", (), self_test, 0, "self-test without energising a line: 0 passed, 1 failed"),
    Command("*WAI", (), wait, 0, "does nothing: requests run one at a time"),
)
