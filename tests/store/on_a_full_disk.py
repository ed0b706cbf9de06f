"""Runs on a small file system of its own (argv[1]) and says what the store does as the disk fills up."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.store.entries import BOARD, PULSES, SETUP, result, token

from ohmloop.crossbar import ExchangeStatus, Readback
from ohmloop.store import Store, StoreFull

folder = Path(sys.argv[1])
filler = folder / "filler"
store = Store(folder / "runs.sqlite")
run = store.begin("test", {}, {})
log = run.log(BOARD)
sent = log.intend(token(1), PULSES, Readback.AFTER, SETUP)

with filler.open("wb", buffering=0) as file:
    try:
        while file.write(bytes(4096)):
            pass
    except OSError:
        pass

log.settle(sent, ExchangeStatus.DONE, result(1))
refusals = 0
while True:  # what the reserve left may still hold a few
    try:
        log.settle(log.intend(token(2), PULSES, Readback.AFTER, SETUP), ExchangeStatus.REFUSED, None)
    except StoreFull:
        refusals += 1
        break
statuses = [record.status for record in run.exchanges()]
filler.unlink()
log.intend(token(3), PULSES, Readback.AFTER, SETUP)
told = {"statuses": statuses, "refusals": refusals, "afterwards": sum(1 for _ in run.exchanges())}
sys.stdout.write(json.dumps(told))
