"""Writes exchanges into a store for ever, and says of each that it has been settled; a test kills this process."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.store.entries import BOARD, PULSES, SETUP, result, token

from ohmloop.crossbar import ExchangeStatus, Readback
from ohmloop.store import Store


def say(what: str, entry: int, number: int) -> None:
    sys.stdout.write(f"{what} {entry} {number}\n")
    sys.stdout.flush()


store = Store(Path(sys.argv[1]))
number = int(sys.argv[2])
log = store.begin("test", {}, {}).log(BOARD)
while True:
    entry = log.intend(token(number), PULSES, Readback.AFTER, SETUP)
    say("intended", entry, number)
    log.settle(entry, ExchangeStatus.DONE, result(number))
    say("settled", entry, number)
    number += 1
