"""What a learner is taught with: examples in an order that any session finds again."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmloop.learning.errors import LearningError


@dataclass(frozen=True, slots=True)
class Examples:
    """Inputs with their targets, the first axis of both being the examples.

    The batch of a step follows from the step and the seed alone: every pass goes through all examples once, in an
    order of its own; what is left at its end is too few for a batch and waits for the next pass.

    Raises LearningError if there are not as many targets as inputs, or none, and for a seed below 0.
    """

    inputs: NDArray[np.float64]
    targets: NDArray[np.generic]
    seed: int = 0

    def __post_init__(self) -> None:
        if len(self.inputs) != len(self.targets) or not len(self.inputs):
            raise LearningError(
                f"{len(self.inputs)} inputs need as many targets, at least one, not {len(self.targets)}"
            )
        if self.seed < 0:
            raise LearningError(f"a seed must not be negative, not {self.seed}")

    def batch(self, step: int, size: int | None) -> tuple[NDArray[np.float64], NDArray[np.generic]]:
        """Inputs and targets of a step, counted from 0; all of them if `size` is None or larger than all."""
        count = len(self.inputs)
        if size is None or size >= count:
            return self.inputs, self.targets
        passed, place = divmod(step, count // size)
        order = np.random.default_rng([self.seed, passed]).permutation(count)
        chosen = order[place * size : (place + 1) * size]
        return self.inputs[chosen], self.targets[chosen]
