"""Limits of a device under test."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite

from ohmloop.crossbar.conditions import CurrentRange


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that any cell of a device under test may see; the lower of these and the board's holds.

    Attributes:
        v_read: largest read or input voltage, V.
        v_set, v_reset: largest magnitude in the SET and in the RESET direction, V.
        width_max_s: longest pulse, s.
        range_max: widest current range that may be used.
        pulses_max: pulses a cell may receive while armed.
        set_polarity: +1 if a row more positive than its column drives towards SET, else -1.
    """

    v_read: float
    v_set: float
    v_reset: float
    width_max_s: float
    range_max: CurrentRange = CurrentRange.H
    pulses_max: int = 1_000_000
    set_polarity: int = 1

    def __post_init__(self) -> None:
        for name in ("v_read", "v_set", "v_reset", "width_max_s"):
            value = getattr(self, name)
            if not (isfinite(value) and value >= 0):
                raise ValueError(f"limit {name} must be finite and not negative, not {value}")
        if self.range_max is CurrentRange.AUTO:
            raise ValueError("limit range_max must be L, M or H")
        if self.pulses_max < 0:
            raise ValueError(f"limit pulses_max must not be negative, not {self.pulses_max}")
        if self.set_polarity not in (1, -1):
            raise ValueError(f"set_polarity must be 1 or -1, not {self.set_polarity}")
