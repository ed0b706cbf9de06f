"""The stored reply of an exchange: what the board says came of it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ohmloop.crossbar import EffectToken, Origin, ProtocolError, PulseResult, Readback, Readings, Setup
from ohmloop.drivers.words import amperes
from ohmloop.link.bulk import unpack_words


@dataclass(frozen=True, slots=True)
class Effect:
    """Number and generation of the exchange, pulses applied, error number at its end, board time, readings."""

    number: int
    generation: int
    applied: int
    status: int
    time_us: int
    readings: str

    @classmethod
    def parse(cls, text: str) -> Effect | None:
        """Read a stored reply; None if the text is none."""
        fields = text.split(",")
        try:
            number, generation, applied, status, time_us = (int(field) for field in fields[:5])
            (readings,) = fields[5:]
        except ValueError:
            return None
        return cls(number, generation, applied, status, time_us, readings)

    def answers(self, token: EffectToken) -> bool:
        """Whether it is what came of this token, provided that the boot is the same."""
        return (self.number, self.generation) == (token.number, token.generation)

    def result(self, count: int, readback: Readback, setup: Setup, origin: Origin) -> PulseResult:
        """What it says of its `count` pulses. Raises ProtocolError if that cannot be about them."""
        if not 0 <= self.applied <= count or (self.status == 0 and self.applied != count):
            raise ProtocolError(f"the board reports {self.applied} of {count} pulses applied, status {self.status}")
        if readback is Readback.NONE:
            return PulseResult(self.applied, None)
        currents = amperes(unpack_words(self.readings))
        if len(currents) > count or (self.status == 0 and len(currents) != count):
            raise ProtocolError(f"the board sent {len(currents)} readings for {count} pulses")
        currents = np.concatenate([currents, np.full(count - len(currents), np.nan)])
        return PulseResult(self.applied, Readings(currents, setup.read, self.time_us, origin))
