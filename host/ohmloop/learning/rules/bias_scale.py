"""Bias and gain only: the published baseline, in which no cell moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ohmloop.learning.rules.descending import Descending
from ohmloop.learning.rules.gradient import backpropagated, gradient
from ohmloop.learning.trace import Change, HeldLayer, Trace


class BiasScale(Descending):
    """Tunes the digital bias and gain of every output; spends no pulse.

    Args:
        rate, momentum, batch: see Descending.
        scale: whether gains are tuned, too, or biases alone.
        hidden: whether all layers are tuned, or the outputs of the network alone, as published board code does.
    """

    name = "bias-scale"

    def __init__(
        self,
        rate: float = 0.05,
        momentum: float = 0.9,
        batch: int | None = 256,
        *,
        scale: bool = True,
        hidden: bool = True,
    ) -> None:
        super().__init__(rate, momentum, batch)
        if not {scale, hidden} <= {False, True}:
            raise ValueError(f"scale and hidden are 0 or 1, not {scale} and {hidden}")
        self._scale = scale
        self._hidden = hidden

    @property
    def parameters(self) -> Mapping[str, float]:
        """Those of the descent, and what is tuned."""
        return {**super().parameters, "scale": self._scale, "hidden": self._hidden}

    def gradients(self, trace: Trace, held: Sequence[HeldLayer]) -> list[Change]:
        """Backpropagated through the measured weights, those of the weights left out."""
        errors = backpropagated(trace, held, [layer.layer.weights for layer in held])
        slopes = [gradient(trace, held, index, error) for index, error in enumerate(errors)]
        tuned = [Change(None, slope.bias, slope.gain if self._scale else None) for slope in slopes]
        return tuned if self._hidden else [*[Change()] * (len(tuned) - 1), tuned[-1]]
