"""Chip-in-the-loop stochastic gradient descent on all layers."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from ohmloop.learning.rules.descending import Descending
from ohmloop.learning.rules.gradient import backpropagated, gradient
from ohmloop.learning.trace import Change, HeldLayer, Matrix, Trace

Back = Callable[[Sequence[HeldLayer]], list[Matrix]]
"""Weights that errors return through, one matrix (inputs, outputs) a layer."""


def measured(held: Sequence[HeldLayer]) -> list[Matrix]:
    """The weights as last measured."""
    return [layer.layer.weights for layer in held]


class Sgd(Descending):
    """Forward on the chip, backward digitally through the measured conductances, straight-through in between.

    Args:
        back: what errors return through; a transposed read of the array may be put here.
    """

    name = "sgd"

    def __init__(
        self, rate: float = 0.02, momentum: float = 0.9, batch: int | None = 128, back: Back = measured
    ) -> None:
        super().__init__(rate, momentum, batch)
        self._back = back

    def gradients(self, trace: Trace, held: Sequence[HeldLayer]) -> list[Change]:
        """Of all weights, biases and gains."""
        errors = backpropagated(trace, held, self._back(held))
        return [gradient(trace, held, index, error) for index, error in enumerate(errors)]
