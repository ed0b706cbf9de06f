"""What the board knows of its own health."""

import json

from ohmboard.command import Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ohmboard.board import Board
    from ohmboard.request import Request


def counters(board: "Board", request: "Request", values: "list[Any]") -> str:
    """DIAGnostic:COUNters?."""
    return json.dumps(board.counters.as_dict())


def self_test(board: "Board", request: "Request", values: "list[Any]") -> str:
    """DIAGnostic:SELF?."""
    fault = board.check_self()
    return '0,"pass"' if fault is None else '1,"%s"' % fault


def files(board: "Board", request: "Request", values: "list[Any]") -> str:
    """DIAGnostic:FILEs?."""
    return json.dumps(board.store.describe())


COMMANDS = (
    Command("DIAGnostic:COUNters?", (), counters, 0, "what happened since boot, in JSON"),
    Command("DIAGnostic:SELF?", (), self_test, 0, "self-test without energising a line: number and what was found"),
    Command("DIAGnostic:FILEs?", (), files, 0, "the files of the store with size and sequence number, in JSON"),
)
