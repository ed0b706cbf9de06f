"""The latched shutdown, and the score of bad envelopes that may bring it about."""

BAD_STEP = 4
GOOD_STEP = 1
STORM = 64
"""A bad envelope adds 4 and a good one takes 1 away; above 64 the line to the host cannot be trusted."""


class Latch:
    """Why the board has shut down, until SYSTem:CLEar; None while it has not.

    `number` counts the shutdowns since the boot, so that whoever clears one names the one that is meant.
    """

    def __init__(self) -> None:
        self.reason = None  # type: str | None
        self.number = 0
        self._score = 0

    def set(self, reason: str) -> bool:
        """Latch; False if an earlier reason already holds."""
        if self.reason is not None:
            return False
        self.reason = reason
        self.number += 1
        return True

    def clear(self) -> None:
        """Forget the reason and the score."""
        self.reason = None
        self._score = 0

    def good(self) -> None:
        """An envelope was in order."""
        if self._score:
            self._score = max(0, self._score - GOOD_STEP)

    def bad(self) -> bool:
        """An envelope was not; True if that makes a storm."""
        self._score += BAD_STEP
        return self._score > STORM
