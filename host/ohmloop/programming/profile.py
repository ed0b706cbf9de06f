"""How a device under test wants to be programmed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite

from ohmloop.crossbar import Crossbar, Unarmed
from ohmloop.programming.errors import ProgrammingError

UNARMED_CODE = 101
"""Error number that a board itself gives for a pulse without an armed device."""


@dataclass(frozen=True, slots=True)
class Drive:
    """Amplitudes of one polarity, magnitudes in V.

    Attributes:
        start_v: first amplitude worth trying: below it a typical cell does not move.
        nominal_v: amplitude near the threshold of a typical cell; the unit in which policies scale their steps.
        max_v: the most that a policy may propose.

    Raises ValueError unless 0 < start_v <= max_v and nominal_v > 0.
    """

    start_v: float
    nominal_v: float
    max_v: float

    def __post_init__(self) -> None:
        values = (self.start_v, self.nominal_v, self.max_v)
        if not (all(isfinite(v) and v > 0 for v in values) and self.start_v <= self.max_v):
            raise ValueError(f"amplitudes need 0 < start_v <= max_v and nominal_v > 0, not {values} V")


@dataclass(frozen=True, slots=True)
class ProgrammingProfile:
    """What the device file says about programming.

    Attributes:
        g_min_s, g_max_s: conductance range, S; tolerances and errors are fractions of its width.
        set_drive, reset_drive: amplitudes of each polarity.
        width_s: pulse width, s; the longest that a policy may choose.
        shortest_s: the shortest that a policy may choose, s; None if every pulse has `width_s`.

    Raises ValueError for a range that is empty or negative, or widths that are not positive or do not rise.
    """

    g_min_s: float
    g_max_s: float
    set_drive: Drive
    reset_drive: Drive
    width_s: float
    shortest_s: float | None = None

    def __post_init__(self) -> None:
        if not (isfinite(self.g_max_s) and 0 <= self.g_min_s < self.g_max_s):
            raise ValueError(f"a conductance range needs 0 <= g_min < g_max, not {self.g_min_s} to {self.g_max_s} S")
        if not (isfinite(self.width_s) and self.width_s > 0):
            raise ValueError(f"a pulse width must be above 0 s, not {self.width_s} s")
        if self.shortest_s is not None and not 0 < self.shortest_s <= self.width_s:
            raise ValueError(
                f"the shortest width must be above 0 s and up to {self.width_s} s, not {self.shortest_s} s"
            )

    @property
    def span_s(self) -> float:
        """Width of the conductance range, S."""
        return self.g_max_s - self.g_min_s

    @property
    def widths_s(self) -> tuple[float, float]:
        """Shortest and longest pulse that a policy may choose, s."""
        return (self.width_s if self.shortest_s is None else self.shortest_s), self.width_s

    def within(self, crossbar: Crossbar) -> ProgrammingProfile:
        """The same profile with widths and amplitudes that this crossbar accepts, even in the worst case of its lines.

        Raises Unarmed if no device is armed, ProgrammingError if not even the start amplitude can be used.
        """
        armed, board = crossbar.limits, crossbar.capabilities
        if armed is None:
            raise Unarmed(f"board {board.serial} is not armed: arm a device before programming", UNARMED_CODE)
        if self.width_s > min(armed.width_max_s, board.limits.width_max_s) or self.width_s < board.pulse_min_s:
            raise ProgrammingError(
                f"board {board.serial} gives pulses of {board.pulse_min_s} s to "
                f"{min(armed.width_max_s, board.limits.width_max_s)} s, not {self.width_s} s: change the device file"
            )
        return replace(
            self,
            set_drive=_usable(crossbar, "SET", self.set_drive, min(armed.v_set, board.limits.v_set)),
            reset_drive=_usable(crossbar, "RESET", self.reset_drive, min(armed.v_reset, board.limits.v_reset)),
            shortest_s=None if self.shortest_s is None else max(self.shortest_s, board.pulse_min_s),
        )


def _usable(crossbar: Crossbar, polarity: str, drive: Drive, limit_v: float) -> Drive:
    usable_v = crossbar.capabilities.accuracy.pulse_volts_within(limit_v)
    if usable_v < drive.start_v:
        raise ProgrammingError(
            f"{polarity} on board {crossbar.capabilities.serial} starts at {drive.start_v:.6f} V, but at most "
            f"{usable_v:.6f} V stays within the limit of {limit_v:.6f} V in the worst case of its lines: "
            "lower the start amplitude or raise the limit in the device file"
        )
    return replace(drive, max_v=min(drive.max_v, usable_v))
