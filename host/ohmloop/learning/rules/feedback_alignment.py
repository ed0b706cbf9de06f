"""Direct feedback alignment: errors reach every layer through fixed random weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from ohmloop.learning.rules.checks import checked_seed
from ohmloop.learning.rules.descending import Descending
from ohmloop.learning.rules.gradient import gate, gradient
from ohmloop.learning.trace import Change, HeldLayer, Trace


class FeedbackAlignment(Descending):
    """The error at the outputs reaches each hidden layer directly, through a fixed random matrix of its own.

    No transposed read is needed and all layers are taught at once. A. Nøkland, "Direct Feedback Alignment Provides
    Learning in Deep Neural Networks", NeurIPS 2016.

    Args:
        seed: of the random matrices, which are uniform with the deviation 1 / sqrt(outputs).
    """

    name = "feedback-alignment"

    def __init__(self, rate: float = 0.02, momentum: float = 0.9, batch: int | None = 256, seed: int = 0) -> None:
        super().__init__(rate, momentum, batch)
        self._seed = checked_seed(seed)

    @property
    def parameters(self) -> Mapping[str, float]:
        """Those of the descent, and the seed."""
        return {**super().parameters, "seed": self._seed}

    def gradients(self, trace: Trace, held: Sequence[HeldLayer]) -> list[Change]:
        """True for the last layer, aligned with time for the others."""
        slopes = []
        outputs = trace.slope.shape[1]
        for index in range(len(held) - 1):
            rng = np.random.default_rng([self._seed, index])
            feedback = rng.uniform(-1, 1, (outputs, trace.layers[index].sums.shape[1])) * np.sqrt(3 / outputs)
            slopes.append(gradient(trace, held, index, (trace.slope @ feedback) * gate(trace, held, index)))
        last = len(held) - 1
        return [*slopes, gradient(trace, held, last, trace.slope * gate(trace, held, last))]
