"""Virtual time of one board: it moves only when the board works or waits."""

from __future__ import annotations

import time

NEVER = 1 << 62


class Clock:
    """Nanoseconds since the emulator's start; `now_ns` is moved by the HAL alone, `idle_ns` of them were spent waiting.

    With `realtime` the board is held back when it is ahead of the wall clock; it is never pushed forward.
    """

    def __init__(self, *, realtime: bool = False) -> None:
        self.now_ns = 0
        self.idle_ns = 0
        self.realtime = realtime
        self._zero_s = time.monotonic()

    def idle(self, ns: int) -> None:
        """The board had nothing to do for so long: from here on both clocks are counted anew."""
        self.idle_ns += ns
        self._zero_s = time.monotonic() - self.now_ns * 1e-9

    def ahead_s(self) -> float:
        """How far virtual time is ahead of the wall clock, s; 0 unless paced."""
        if not self.realtime:
            return 0.0
        return max(0.0, self.now_ns * 1e-9 - (time.monotonic() - self._zero_s))
