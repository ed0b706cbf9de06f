"""The Manhattan rule: only the signs of the gradient count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ohmloop.learning.rules.checks import checked_batch
from ohmloop.learning.rules.gradient import backpropagated, gradient
from ohmloop.learning.trace import Change, HeldLayer, Trace


class Manhattan:
    """Every weight whose gradient is among the largest of its layer moves by one fixed step against its sign.

    Schiffmann, Joost and Werner (1994); on crossbars, Zamanidoost et al., "Manhattan rule training for memristive
    crossbar circuit pattern classifiers", WISP 2015. Bias follows in the same way.

    Args:
        step: change of a weight, as a fraction of the largest deployed weight of its layer.
        share: fraction of the weights of a layer that move in a step, those with the largest gradients.
        batch: input vectors a step.
    """

    name = "manhattan"

    def __init__(self, step: float = 0.15, share: float = 0.02, batch: int | None = None) -> None:
        if not (0 < step <= 1 and 0 < share <= 1):
            raise ValueError(f"a step and a share must be above 0 to 1, not {step} and {share}")
        self._step, self._share = step, share
        self.batch = checked_batch(batch)

    @property
    def parameters(self) -> Mapping[str, float]:
        """Step, share and batch (0 for all)."""
        return {"step": self._step, "share": self._share, "batch": self.batch or 0}

    def propose(self, trace: Trace, held: Sequence[HeldLayer]) -> Sequence[Change]:
        """One step of every layer."""
        errors = backpropagated(trace, held, [layer.layer.weights for layer in held])
        changes = []
        for index, error in enumerate(errors):
            slope = gradient(trace, held, index, error).weights
            assert slope is not None, "a gradient has weights"
            least = np.quantile(np.abs(slope), 1 - self._share)
            step = self._step * float(np.abs(held[index].deployed.weights).max())
            changes.append(Change(np.where(np.abs(slope) >= least, -step * np.sign(slope), 0.0)))
        return changes

    def state(self) -> Mapping[str, NDArray[np.float64]]:
        """Nothing is remembered."""
        return {}

    def restore(self, state: Mapping[str, NDArray[np.float64]]) -> None:
        """Nothing is remembered."""
