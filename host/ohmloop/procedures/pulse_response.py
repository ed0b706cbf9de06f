"""Trains of equal pulses, SET and RESET in turn: how a cell's conductance follows their number."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import isfinite

import numpy as np

from ohmloop.crossbar import Crossbar, Setup
from ohmloop.procedures.probe import Floats, Place, Probe
from ohmloop.programming.safe_points import SafePoints
from ohmloop.store import Run


@dataclass(frozen=True, slots=True)
class Trains:
    """What the cells receive: `cycles` times `pulses` SET pulses, then as many RESET pulses.

    Attributes:
        set_v, reset_v: amplitudes, magnitudes in V. width_s: width of every pulse, s.
        pulses: pulses of a train. cycles: trains of each polarity.

    Raises ValueError for values that make no sense.
    """

    set_v: float
    reset_v: float
    width_s: float
    pulses: int = 20
    cycles: int = 1

    def __post_init__(self) -> None:
        if not all(isfinite(value) and value > 0 for value in (self.set_v, self.reset_v, self.width_s)):
            raise ValueError(f"amplitudes and width of a pulse train must be above 0, not {self}")
        if self.pulses < 1 or self.cycles < 1:
            raise ValueError(f"a pulse train has at least one pulse and comes at least once, not {self}")

    @property
    def volts(self) -> Floats:
        """Amplitude of every pulse in order, V, positive for SET, shape (2 pulses cycles,)."""
        return np.tile(np.repeat([self.set_v, -self.reset_v], self.pulses), self.cycles)


@dataclass(frozen=True, slots=True)
class Response:
    """What the cells did.

    Attributes:
        place: the cells. trains: what they received.
        conductances_s: before the first pulse and after each, S, shape (1 + pulses in all, cells); NaN where the
            board gave no reading.
    """

    place: Place
    trains: Trains
    conductances_s: Floats


def pulse_response(
    crossbar: Crossbar,
    setup: Setup,
    place: Place,
    trains: Trains,
    *,
    run: Run | None = None,
    safe_points: SafePoints | None = None,
    tell: Callable[[int, int], None] | None = None,
) -> Response:
    """Give cells trains of equal pulses and read them after each.

    Args:
        crossbar: armed; it refuses pulses above the limits of its device.
        setup: how cells are read and biased.
        place: the cells.
        trains: the pulses.
        run: journals every pulse and reading.
        safe_points: where it may be ended or held.
        tell: called with the pulses that each cell has had, and will have.

    Raises CrossbarErrors (LimitExceeded among them), SafePoint if it was ended.
    """
    volts = trains.volts
    most = volts.size * len(place)
    with Probe(crossbar, setup, run, safe_points or SafePoints(), pulses_max=most) as probe:
        conductances_s = [probe.read(place)[0]]
        for number, pulse_v in enumerate(volts, 1):
            given = np.full(len(place), pulse_v), np.full(len(place), trains.width_s)
            conductances_s.append(probe.pulse(place, *given))
            if tell is not None:
                tell(number, volts.size)
    return Response(place, trains, np.array(conductances_s))
