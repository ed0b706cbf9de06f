"""Error numbers of a board as typed errors."""

from __future__ import annotations

from ohmloop.crossbar import BoardRefusal, BoardShutdown, Busy, LeaseHeld, LimitExceeded, Unarmed

SETTINGS_CONFLICT = -221
UNARMED = 101
LIMITS = range(102, 109)
TRIPPED, ABORTED, CONVERTER = 109, 110, 111
RAIL = 113
COLUMN = 114
SHUTDOWN = 120
LEASE_HELD, LEASE_MISSING = 121, 122
EPOCH, GENERATION, TOKEN_REUSED, OUT_OF_SEQUENCE = 130, 131, 132, 133
BUSY = 140

OUT_OF_DATE = frozenset({LEASE_MISSING, GENERATION, TOKEN_REUSED, OUT_OF_SEQUENCE})
"""Refusals of a token that is not the next one any more."""

TOKEN = OUT_OF_DATE | {SHUTDOWN, EPOCH}
"""Refusals of a repetition which do not say whether an earlier copy of the exchange had run."""

CLEAR = "clear the shutdown with `ohmloop arm --clear`"

_ENDS = {
    TRIPPED: "a trip of the hardware",
    ABORTED: "an abort",
    CONVERTER: "bad replies of the current converter",
    RAIL: "a supply out of bounds",
}

_ADVICE = {
    UNARMED: (Unarmed, "arm a device first"),
    TRIPPED: (BoardShutdown, f"its lines are at 0 V: find the cause, then {CLEAR}"),
    CONVERTER: (BoardShutdown, f"its lines are at 0 V: look with `ohmloop doctor`, then {CLEAR}"),
    RAIL: (BoardShutdown, f"mend the supply, then {CLEAR}"),
    SHUTDOWN: (BoardShutdown, f"find the cause, then {CLEAR}"),
    LEASE_HELD: (LeaseHeld, "wait until the other client gives the board back"),
    BUSY: (Busy, "wait until it has finished"),
}


def end(code: int) -> str:
    """What ended an exchange before its last pulse, in words."""
    return _ENDS.get(code, f"error {code}")


def refusal(board: str, code: int, text: str) -> BoardRefusal:
    """The error for a request that `board` refused with `code` and the message `text`."""
    if code in LIMITS or code == COLUMN:
        return LimitExceeded(f"board {board}: {text}", code)
    kind, advice = _ADVICE.get(code, (BoardRefusal, ""))
    return kind(f"board {board}: {text}" + (f"; {advice}" if advice else f" ({code})"), code)
