"""Corrections of the line drivers."""

from ohmboard import numbers
from ohmboard.arguments import Argument, Choice, Whole
from ohmboard.calibration import KINDS, OFFSET, SIDES
from ohmboard.command import SETUP, Command
from ohmboard.errors import MEMORY_LOST, Refusal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ohmboard.board import Board
    from ohmboard.request import Request


def correct(board: "Board", request: "Request", values: "list[Any]") -> None:
    """CALibration:LINE."""
    side, kind, index, text = values
    value = numbers.microvolts(text) if kind == OFFSET else numbers.whole(text)
    board.calibration.set(side, kind, index, value)


def correction(board: "Board", request: "Request", values: "list[Any]") -> str:
    """CALibration:LINE?."""
    side, kind, index = values
    value = board.calibration.get(side, kind, index)
    return numbers.fixed(value, 6) if kind == OFFSET else str(value)


def save(board: "Board", request: "Request", values: "list[Any]") -> None:
    """CALibration:SAVE."""
    board.work.make_safe()
    if not board.calibration.save():
        raise Refusal(MEMORY_LOST, "the calibration could not be kept")


def identity(board: "Board", request: "Request", values: "list[Any]") -> str:
    """CALibration?."""
    return board.calibration.identity()


def reset(board: "Board", request: "Request", values: "list[Any]") -> None:
    """CALibration:RESet."""
    board.calibration.reset()


LINE = (Choice("side", SIDES), Choice("kind", KINDS), Whole("line"))

COMMANDS = (
    Command("CALibration:LINE", LINE + (Argument("V or ppm"),), correct, SETUP, "corrects a line; in force at once"),
    Command("CALibration:LINE?", LINE, correction, 0, "the correction of a line, V or ppm"),
    Command("CALibration:SAVE", (), save, SETUP, "keeps the corrections in force, in the safe state"),
    Command("CALibration:RESet", (), reset, SETUP, "no corrections in force; saved ones stay saved"),
    Command("CALibration?", (), identity, 0, "identity of the corrections in force: CRC-32, or none"),
)
