"""What a crossbar says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from ohmloop.crossbar.geometry import Geometry
from ohmloop.crossbar.limits import Limits


@dataclass(frozen=True, slots=True)
class LineAccuracy:
    """Worst-case transfer of a line driver before calibration: offset in V, rounding included, and relative gain."""

    offset_v: float
    gain: float

    def pulse_volts_within(self, limit_v: float) -> float:
        """Largest pulse amplitude in V that stays within `limit_v` in the worst case (two driven lines)."""
        return max(0.0, (limit_v - 2 * self.offset_v) / (1 + self.gain))

    def read_volts_within(self, limit_v: float) -> float:
        """Largest read voltage in V that stays within `limit_v` in the worst case (one driven line)."""
        return max(0.0, (limit_v - self.offset_v) / (1 + self.gain))


@dataclass(frozen=True, slots=True)
class Capabilities:
    """What a crossbar can do, as negotiated at connect.

    Attributes:
        board: model and revision; serial: identity of this board; firmware: version of its application.
        geometry: size of the array.
        max_pulses: pulses in one exchange; max_readings: cells in one read; max_vectors: vectors in one multiplication.
        full_scale_a: largest current of each range, A.
        limits: the board's own limits (v_set = v_reset = the cell limit).
        v_read_unarmed: the most that a read may apply while no device is armed, V.
        pulse_min_s: shortest pulse, s. exchange_max_s: longest list of several pulses, s.
        accuracy: worst-case line transfer.
        calibration: identity of the calibration in force, or "none".
        features: names of optional abilities.
    """

    board: str
    serial: str
    firmware: str
    protocol: int
    geometry: Geometry
    max_pulses: int
    max_readings: int
    max_vectors: int
    full_scale_a: Mapping[str, float]
    limits: Limits
    v_read_unarmed: float
    pulse_min_s: float
    exchange_max_s: float
    accuracy: LineAccuracy
    calibration: str
    features: frozenset[str]
