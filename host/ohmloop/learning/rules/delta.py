"""The delta rule on the last layer: local, for one array that goes on learning."""

from __future__ import annotations

from collections.abc import Sequence

from ohmloop.learning.rules.descending import Descending
from ohmloop.learning.rules.gradient import gate, gradient
from ohmloop.learning.trace import Change, HeldLayer, Trace


class Delta(Descending):
    """Each weight of the last layer changes by its own input times the error of its own output; nothing else moves.

    Widrow and Hoff (1960). It needs no backward pass: what the array sees and what its outputs should be is enough.
    """

    name = "delta"

    def __init__(self, rate: float = 0.02, momentum: float = 0.9, batch: int | None = 256) -> None:
        super().__init__(rate, momentum, batch)

    def gradients(self, trace: Trace, held: Sequence[HeldLayer]) -> list[Change]:
        """Of the last layer, without its gain."""
        last = len(held) - 1
        slope = gradient(trace, held, last, trace.slope * gate(trace, held, last))
        return [*[Change()] * last, Change(slope.weights, slope.bias)]
