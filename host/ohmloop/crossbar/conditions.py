"""How a crossbar reads, and what unselected lines do while a cell is pulsed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

LEAST_V = 1e-6
"""The finest step of a board's voltages, V."""


class Bias(StrEnum):
    """What unselected lines do while a cell is pulsed with V.

    GND grounds them (isolated devices only: cells that share a line with the selected one see V);
    HALF gives half-selected cells V/2 and the others 0; THIRD gives every unselected cell at most V/3.
    """

    GND = "GND"
    HALF = "HALF"
    THIRD = "THIRD"


class CurrentRange(StrEnum):
    """Current range of the columns, from the finest; AUTO (reading only) chooses for each column."""

    L = "L"
    M = "M"
    H = "H"
    AUTO = "AUTO"


@dataclass(frozen=True, slots=True)
class ReadConditions:
    """How cells are read.

    Attributes:
        volts: read voltage in V, row minus column, from 1 µV to below 10 V.
        averages: conversions averaged into one reading, a power of two from 1 to 4096.
        current_range: range of the columns.
    """

    volts: float = 0.04
    averages: int = 16
    current_range: CurrentRange = CurrentRange.AUTO

    def __post_init__(self) -> None:
        if not LEAST_V <= self.volts < 10:
            raise ValueError(f"the read voltage must be a microvolt or more and below 10 V, not {self.volts} V")
        if not (1 <= self.averages <= 4096 and self.averages & (self.averages - 1) == 0):
            raise ValueError(f"averages must be a power of two from 1 to 4096, not {self.averages}")


@dataclass(frozen=True, slots=True)
class Setup:
    """The whole set-up of a board: a reading or a pulse is only believed under the set-up that was asked for."""

    read: ReadConditions = field(default_factory=ReadConditions)
    bias: Bias = Bias.HALF
    pulse_range: CurrentRange = CurrentRange.H

    def __post_init__(self) -> None:
        if self.pulse_range is CurrentRange.AUTO:
            raise ValueError("pulses need a fixed current range: L, M or H")
