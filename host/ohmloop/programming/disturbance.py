"""What programming one cell does to the others, and whether an array can be programmed in spite of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from math import ceil, isfinite, log
from typing import Any, Self

import numpy as np

from ohmloop.crossbar import Bias, Geometry
from ohmloop.programming.errors import CharacterisationError

VISIBLE = 3.0
"""A mean that many standard deviations of the mean above 0 is a disturbance."""

FIRST_ERROR = 0.3
"""Error of a cell before it is programmed, as a fraction of the range: the mean distance of two random places."""

PASSES_MAX = 12


@dataclass(frozen=True, slots=True)
class Disturbance:
    """What pulses of one polarity on one cell did to the others under one bias scheme.

    Attributes:
        bias: the scheme. way: 1 for SET, -1 for RESET. volts: amplitude of the pulses, magnitude, V.
        rates: of each cell that the bias disturbs, shape (n,): by one pulse it goes the part 1 - exp(-rate) of its way
            to the bound that the disturbing voltage drives to.
        scatter: standard deviation of these by read noise alone.
        own_rate: rate of a typical cell that sees the pulse in full.

    Raises CharacterisationError for values that make no sense.
    """

    bias: Bias
    way: int
    volts: float
    rates: tuple[float, ...]
    scatter: float
    own_rate: float

    def __post_init__(self) -> None:
        numbers = (self.volts, self.scatter, self.own_rate)
        if (
            self.way not in (1, -1)
            or not all(isfinite(value) and value > 0 for value in numbers)
            or not all(isfinite(rate) for rate in self.rates)
        ):
            raise CharacterisationError(f"a disturbance by pulses of {self.volts} V and way {self.way} makes no sense")

    @property
    def visible(self) -> bool:
        """Whether the other cells moved by more than read noise tells."""
        count = len(self.rates)
        return bool(count and np.mean(self.rates) > VISIBLE * self.scatter / np.sqrt(count))

    @property
    def selectivity(self) -> float:
        """Rate of the selected cell over the mean rate of the others; read noise bounds it where none is visible."""
        if not self.rates:
            return float("inf")
        least = VISIBLE * self.scatter / np.sqrt(len(self.rates))
        return self.own_rate / max(float(np.mean(self.rates)), float(least))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {**asdict(self), "bias": self.bias.value, "rates": list(self.rates)}

    @classmethod
    def from_dict(cls, values: Any) -> Self:
        """From what `to_dict` gives. Raises CharacterisationError."""
        try:
            fields = dict(values)
            fields["bias"] = Bias(fields["bias"])
            fields["rates"] = tuple(float(rate) for rate in fields["rates"])
            return cls(**fields)
        except (TypeError, ValueError, KeyError) as error:
            raise CharacterisationError(f"a disturbance is not understood: {error}") from error


@dataclass(frozen=True, slots=True)
class Outlook:
    """How programming a whole array under one bias scheme will go.

    Attributes:
        bias: the scheme.
        contraction: error of a typical cell after a pass over its error before it. Each pass corrects what the pulses
            of the one before did to it: below 1 it converges.
        held: fraction of the cells for which it does; the weakest cells are disturbed most.
    """

    bias: Bias
    contraction: float
    held: float

    def passes(self, tolerance: float) -> int:
        """Passes over the array until a typical cell is within `tolerance` of the range, at most PASSES_MAX."""
        if self.contraction >= 1:
            return PASSES_MAX
        if self.contraction <= 0:
            return 1
        return min(PASSES_MAX, max(1, 1 + ceil(log(tolerance / FIRST_ERROR / 2) / log(self.contraction))))


def outlook(disturbances: Sequence[Disturbance], bias: Bias, geometry: Geometry) -> Outlook | None:
    """What the disturbances say of an array of this size under a scheme; None if it was not measured.

    A pass over the array pulses the rows + cols - 2 cells on a cell's lines (V/2) or all others (V/3), each with a
    total rate in proportion to its error, and moves the cell by the sum of what leaks to it. So its error after the
    pass over that before is neighbours / selectivity, with the selectivity of each cell that was seen.
    """
    found = [d for d in disturbances if d.bias is bias]
    if not found:
        return None
    neighbours = geometry.rows + geometry.cols - 2 if bias is Bias.HALF else geometry.cells - 1
    if not any(d.visible for d in found):
        return Outlook(bias, 0.0, 1.0)
    leaks = np.concatenate([neighbours * np.array(d.rates) / d.own_rate for d in found])
    return Outlook(bias, max(float(np.median(leaks)), 0.0), float((leaks < 1).mean()))
