"""The interface of a policy: what decides the next pulse of every cell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.context import PolicyContext


@dataclass(frozen=True, slots=True)
class Proposal:
    """The next pulse of some cells: amplitudes in V, positive towards SET, and widths in s, both of shape (n,)."""

    volts: NDArray[np.float64]
    widths_s: NDArray[np.float64]


class Policy(Protocol):
    """Decides the next pulse, for many cells at once.

    A policy knows cells by their index into the targets it was started with, and conductances as they were measured;
    it never touches a board. `propose` changes nothing: all state is kept by `learn`, which a resumed campaign calls
    again for every pulse of the journal, so that the policy goes on where it was.
    """

    @property
    def name(self) -> str:
        """Short name for reports."""
        ...

    @property
    def parameters(self) -> Mapping[str, float]:
        """Parameters by name, for the origin of a run."""
        ...

    def start(self, targets_s: NDArray[np.float64], context: PolicyContext) -> None:
        """Forget everything and take new targets, S, shape (cells,)."""
        ...

    def propose(self, cells: NDArray[np.intp], measured_s: NDArray[np.float64]) -> Proposal:
        """The next pulse of each listed cell, from its present conductance in S (finite).

        An amplitude above `max_v` of its polarity must be held at it by the policy: the campaign refuses a larger one.
        """
        ...

    def learn(
        self,
        cells: NDArray[np.intp],
        volts: NDArray[np.float64],
        widths_s: NDArray[np.float64],
        before_s: NDArray[np.float64],
        after_s: NDArray[np.float64],
    ) -> None:
        """Pulses that were applied: amplitude in V, width in s, conductance in S before and after; shape (n,)."""
        ...
