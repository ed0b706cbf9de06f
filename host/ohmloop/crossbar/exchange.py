"""Pulses, what came of them, and the log that is written before they are sent."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar.conditions import Setup
from ohmloop.crossbar.readings import Readings


class Readback(StrEnum):
    """What an exchange reads: nothing, each cell after its pulse, or all its cells after the last pulse."""

    NONE = "NONE"
    EACH = "EACH"
    AFTER = "AFTER"


@dataclass(frozen=True, slots=True)
class PulseList:
    """Pulses for cells, in order.

    Attributes:
        rows, cols: cell of each pulse, int, shape (n,).
        volts: amplitude in V, positive towards SET, shape (n,), never 0.
        widths_s: width in s, shape (n,).

    Raises ValueError for unequal shapes, non-finite or zero amplitudes, and widths that are not positive.
    """

    rows: NDArray[np.int32]
    cols: NDArray[np.int32]
    volts: NDArray[np.float64]
    widths_s: NDArray[np.float64]

    def __post_init__(self) -> None:
        shapes = {np.shape(a) for a in (self.rows, self.cols, self.volts, self.widths_s)}
        if len(shapes) != 1 or len(next(iter(shapes))) != 1:
            raise ValueError(f"rows, cols, volts and widths must be vectors of one length, not {sorted(shapes)}")
        if not (np.isfinite(self.volts).all() and np.all(self.volts != 0)):
            raise ValueError("pulse amplitudes must be finite and not zero")
        if not (np.isfinite(self.widths_s).all() and np.all(self.widths_s > 0)):
            raise ValueError("pulse widths must be finite and positive")

    def __len__(self) -> int:
        return len(self.rows)

    def part(self, start: int, stop: int) -> PulseList:
        """The pulses from start (included) to stop (excluded)."""
        cut = slice(start, stop)
        return PulseList(self.rows[cut], self.cols[cut], self.volts[cut], self.widths_s[cut])


@dataclass(frozen=True, slots=True)
class PulseResult:
    """What came of a pulse list.

    Attributes:
        applied: pulses applied, all of them unless the exchange was aborted or tripped.
        readings: shape (n,), one per pulse (NaN for those not taken), or None without read-back.
    """

    applied: int
    readings: Readings | None


class ExchangeStatus(StrEnum):
    """What is known of an exchange."""

    INTENDED = "intended"
    DONE = "done"
    REFUSED = "refused"
    PARTIAL = "partial"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class EffectToken:
    """What makes an exchange happen at most once: boot epoch, generation, number, and the lease it is sent under.

    `body_crc` is the CRC-32 of the request body, by which the board recognises a repetition.
    """

    epoch: str
    generation: int
    number: int
    lease: str
    body_crc: int


class ExchangeLog(Protocol):
    """Where exchanges are written before they are sent (law 4: nothing measured is lost)."""

    def intend(self, token: EffectToken, pulses: PulseList, readback: Readback, setup: Setup) -> int:
        """Record durably that an exchange is about to be sent under `setup`; returns its identity."""
        ...

    def settle(self, exchange: int, status: ExchangeStatus, result: PulseResult | None, note: str = "") -> None:
        """Record durably what came of it."""
        ...
