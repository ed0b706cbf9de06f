"""Closed-form repair: without labels, each layer brought back to what it was to compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ohmloop.learning.trace import Change, HeldLayer, Matrix, Trace


class Repair:
    """Least squares, layer by layer: the outputs that the deployed weights would give, from the weights the chip holds.

    For every output of a layer, with the measured inputs X, held weights w, deployed weights w*, deployed bias b*:

        minimise |X (w + d) + b - X* w* - b*|² + ridge · mean|x|² · n · |d|²      over d and b, low <= w + d <= high

    where X* are the inputs that the digital network would see; so a layer also makes up for what went wrong before it.
    Weights at a bound are fixed there and the rest solved again. Weights that gain less than `least` stay as they are.

    Args:
        ridge: weight of the penalty on changes. least: smallest change worth a pulse, as a fraction of the layer's
            largest deployed weight.
    """

    name = "repair"
    batch = None

    def __init__(self, ridge: float = 0.01, least: float = 0.05) -> None:
        if not (0 < ridge < np.inf and 0 <= least <= 1):
            raise ValueError(f"a ridge must be above 0 and finite, the least change 0 to 1, not {ridge} and {least}")
        self._ridge, self._least = ridge, least
        self._step = 0

    @property
    def parameters(self) -> Mapping[str, float]:
        """Ridge and least change."""
        return {"ridge": self._ridge, "least": self._least}

    def propose(self, trace: Trace, held: Sequence[HeldLayer]) -> Sequence[Change]:
        """The weights and bias of one layer; the next step takes the next layer."""
        index = self._step % len(held)
        self._step += 1
        values = trace.layers[0].inputs
        for layer in held[:index]:
            values = layer.deployed.outputs(values @ layer.deployed.weights)
        layer = held[index]
        wanted = layer.deployed.sums(values @ layer.deployed.weights)
        weights, bias = self._solve(trace.layers[index].inputs, wanted / layer.layer.gains, layer)
        changes = [Change()] * len(held)
        changes[index] = Change(weights - layer.wanted, bias * layer.layer.gains - layer.layer.bias)
        return changes

    def _solve(self, inputs: Matrix, wanted: Matrix, layer: HeldLayer) -> tuple[Matrix, NDArray[np.float64]]:
        held = layer.layer.weights
        penalty = self._ridge * len(inputs) * float(np.mean(inputs**2))
        mean = inputs.mean(axis=0)
        spread = inputs - mean
        square = spread.T @ spread
        least = self._least * float(np.abs(layer.deployed.weights).max())
        weights = held.copy()
        for output in range(held.shape[1]):
            low, high = layer.low[:, output], layer.high[:, output]
            goal = wanted[:, output] - wanted[:, output].mean()
            free = low < high
            column = held[:, output].copy()
            for _ in range(held.shape[0]):
                missing = goal - spread @ column
                if not free.any():
                    break
                system = square[np.ix_(free, free)] + penalty * np.eye(int(free.sum()))
                pull = spread[:, free].T @ missing - penalty * (column - held[:, output])[free]
                trial = column.copy()
                trial[free] += np.linalg.solve(system, pull)
                column = np.clip(trial, low, high)
                if (column == trial).all():
                    break
                free &= column == trial
            weights[:, output] = np.where(np.abs(column - held[:, output]) >= least, column, held[:, output])
        bias = (wanted - inputs @ weights).mean(axis=0)
        return weights, bias

    def state(self) -> Mapping[str, NDArray[np.float64]]:
        """Which step comes next."""
        return {"step": np.array(float(self._step))}

    def restore(self, state: Mapping[str, NDArray[np.float64]]) -> None:
        """Go on with it."""
        self._step = int(state["step"])
