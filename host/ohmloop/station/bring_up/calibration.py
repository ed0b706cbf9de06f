"""How old the corrections are that a board has in force."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from ohmloop.crossbar import Crossbar
from ohmloop.station.bring_up.step import Outcome, Step, not_possible
from ohmloop.store import Store

NONE = "none"


def calibration(board: Crossbar, store: Store | None) -> Iterator[Step]:
    """The identity of the corrections in force, and when this store saw them made."""
    identity, serial = board.capabilities.calibration, board.capabilities.serial
    if identity == NONE:
        offset_v, gain = board.capabilities.accuracy.offset_v, board.capabilities.accuracy.gain
        yield not_possible(
            "calibration",
            f"none in force: drivers within {offset_v * 1e3:.1f} mV and {gain:.2%}",
            "calibrate with resistors in the socket (docs/howto/calibrate.md)",
        )
        return
    made = [
        run.ended
        for run in (store.runs() if store else ())
        if run.kind == "calibrate" and run.ended is not None
        if run.summary.get("calibrations", {}).get(serial) == identity
    ]
    if made:
        days = (datetime.now(UTC) - made[-1].astimezone(UTC)).days
        yield Step("calibration", Outcome.PASSED, f"{identity}, made {made[-1]:%Y-%m-%d}, {days} days ago")
    else:
        yield Step("calibration", Outcome.PASSED, f"{identity}; this store does not know when it was made")
