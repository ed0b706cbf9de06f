"""The interface of a learning rule."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ohmloop.learning.trace import Change, HeldLayer, Trace


class Rule(Protocol):
    """Decides how a network should change, from what the chip made of a batch.

    A rule knows weights, not cells: which cells move, and when a change is large enough for a pulse, is decided below
    it. All it remembers is in `state`, so that an interrupted session goes on where it was.
    """

    @property
    def name(self) -> str:
        """Short name for reports."""
        ...

    @property
    def parameters(self) -> Mapping[str, float]:
        """Parameters by name, for the origin of a run."""
        ...

    @property
    def batch(self) -> int | None:
        """Input vectors that a step works on; None for all there are."""
        ...

    def propose(self, trace: Trace, held: Sequence[HeldLayer]) -> Sequence[Change]:
        """A change for every layer. Raises LearningError for a network that the rule cannot teach."""
        ...

    def state(self) -> Mapping[str, NDArray[np.float64]]:
        """What the rule remembers, as named arrays."""
        ...

    def restore(self, state: Mapping[str, NDArray[np.float64]]) -> None:
        """Remember what `state` gave."""
        ...
