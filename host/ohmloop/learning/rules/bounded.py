"""Least squares with bounds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


class BoundedLeastSquares:
    """Weights and an offset for which inputs @ weights + offset is near a goal; for many goals on the same inputs.

    Args:
        inputs: shape (vectors, inputs).
    """

    def __init__(self, inputs: NDArray[np.float64]) -> None:
        self._centre = inputs.mean(axis=0)
        self._spread = inputs - self._centre
        self._square = self._spread.T @ self._spread

    def solve(self, goal: Vector, begin: Vector, low: Vector, high: Vector, penalty: float) -> tuple[Vector, float]:
        """Weights of shape (inputs,) and the offset that minimise the squared error and penalty · |weights - begin|².

        Weights that come to a bound are fixed there and the rest solved again.

        `goal` is of shape (vectors,), `begin` and the bounds `low` and `high` of shape (inputs,); where the bounds are
        equal a weight stays at `begin`. `penalty` is above 0.
        """
        middle = float(goal.mean())
        weights, free = begin.copy(), low < high
        for _ in range(len(begin)):
            if not free.any():
                break
            missing = goal - middle - self._spread @ weights
            system = self._square[np.ix_(free, free)] + penalty * np.eye(int(free.sum()))
            pull = self._spread[:, free].T @ missing - penalty * (weights - begin)[free]
            trial = weights.copy()
            trial[free] += np.linalg.solve(system, pull)
            weights = np.clip(trial, low, high)
            if (weights == trial).all():
                break
            free &= weights == trial
        return weights, middle - float(self._centre @ weights)
