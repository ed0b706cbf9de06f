"""What rules that follow a gradient have in common."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ohmloop.learning.rules.checks import checked_batch
from ohmloop.learning.rules.descent import Descent
from ohmloop.learning.trace import Change, HeldLayer, Trace


class Descending:
    """A rule that says which gradients it follows and leaves the steps to Descent.

    Args:
        rate, momentum: see Descent. batch: input vectors a step; None for all there are.

    Raises ValueError for what is outside its range.
    """

    name = "descending"

    def __init__(self, rate: float, momentum: float, batch: int | None) -> None:
        self._descent = Descent(rate, momentum)
        self.batch = checked_batch(batch)

    @property
    def parameters(self) -> Mapping[str, float]:
        """Rate, momentum and batch (0 for all)."""
        return {"rate": self._descent.rate, "momentum": self._descent.momentum, "batch": self.batch or 0}

    def gradients(self, trace: Trace, held: Sequence[HeldLayer]) -> list[Change]:
        """Derivatives of the loss to follow, None for parts to leave alone."""
        raise NotImplementedError

    def propose(self, trace: Trace, held: Sequence[HeldLayer]) -> Sequence[Change]:
        """One step."""
        return self._descent.step(self.gradients(trace, held), held)

    def state(self) -> Mapping[str, NDArray[np.float64]]:
        """That of the descent."""
        return self._descent.state()

    def restore(self, state: Mapping[str, NDArray[np.float64]]) -> None:
        """Go on from it."""
        self._descent.restore(state)
