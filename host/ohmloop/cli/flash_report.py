"""What `ohmloop flash` says on its way and at its end."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from ohmloop.cli.output import print_json

if TYPE_CHECKING:
    from ohmloop.station.arrival import Arrival


def say(text: str, json: bool) -> None:
    """A line of progress for a person."""
    if not json:
        print(text, file=sys.stderr)


def report(arrived: Arrival, written: dict[str, Any], json: bool) -> None:
    """The board as it runs now, with what was written to it."""
    said = arrived.capabilities
    if json:
        print_json({**written, "board": said.serial, "url": arrived.url, "firmware": said.firmware})
    else:
        print(f"board {said.serial} answers at {arrived.url}: {said.board}, {said.geometry}, firmware {said.firmware}")
