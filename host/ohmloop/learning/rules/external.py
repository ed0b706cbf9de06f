"""No rule of ours: changes come from outside, from an optimiser of torch for example."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ohmloop.learning.trace import Change, HeldLayer, Trace


class External:
    """Proposes nothing; whoever uses the learner calls `Learner.apply`."""

    name = "external"
    batch = None
    parameters: Mapping[str, float] = {}

    def propose(self, trace: Trace, held: Sequence[HeldLayer]) -> Sequence[Change]:
        """No change."""
        return [Change()] * len(held)

    def state(self) -> Mapping[str, NDArray[np.float64]]:
        """Nothing is remembered."""
        return {}

    def restore(self, state: Mapping[str, NDArray[np.float64]]) -> None:
        """Nothing is remembered."""
