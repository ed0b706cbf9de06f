"""Closed-form repair: without labels, each layer brought back to what it was to compute."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from ohmloop.learning.loss import Loss, softmax
from ohmloop.learning.rules.bounded import BoundedLeastSquares
from ohmloop.learning.trace import Change, HeldLayer, Matrix, Trace

DESCENT = 150
"""Steps down the divergence of classes."""
CURVATURE = 0.5
"""No softmax bends a divergence more: D. Böhning, Ann. Inst. Statist. Math. 44, 197 (1992)."""


class Repair:
    """Least squares, layer by layer: the outputs that the deployed weights would give, from the weights the chip holds.

    For every output of a layer, with the measured inputs X, held weights w, deployed weights w*, deployed bias b*:

        minimise |X (w + d) + b - X* w* - b*|² + ridge · mean|x|² · n · |d|²      over d and b, low <= w + d <= high

    where X* are the inputs that the digital network would see; so a layer also makes up for what went wrong before it.
    Weights at a bound are fixed there and the rest solved again. Weights that gain less than `least` stay as they are.

    Where the loss is one of classes, the last layer goes on from there, down the divergence of its classes from those
    of the deployed network (Kullback-Leibler), again with least squares: each step solves the quadratic bound of the
    divergence. Outputs that compete are brought back before others, and what a stuck cell adds to one output, the
    others may add as well.

    Args:
        ridge: weight of the penalty on changes. least: smallest change worth a pulse, as a fraction of the layer's
            largest deployed weight. loss: what the outputs are for; None if they count as they are.
    """

    name = "repair"
    batch = None

    def __init__(self, ridge: float = 0.01, least: float = 0.05, *, loss: Loss | None = None) -> None:
        if not (0 < ridge < np.inf and 0 <= least <= 1):
            raise ValueError(f"a ridge must be above 0 and finite, the least change 0 to 1, not {ridge} and {least}")
        self._ridge, self._least = ridge, least
        self._loss = loss
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
        of_classes = index == len(held) - 1 and self._loss is not None and self._loss.of_classes
        weights, bias = self._solve(trace.layers[index].inputs, wanted, layer, of_classes)
        changes = [Change()] * len(held)
        changes[index] = Change(weights - layer.wanted, bias - layer.layer.bias)
        return changes

    def _solve(
        self, inputs: Matrix, wanted: Matrix, layer: HeldLayer, of_classes: bool
    ) -> tuple[Matrix, NDArray[np.float64]]:
        held, gains = layer.layer.weights, layer.layer.gains
        squares, size = BoundedLeastSquares(inputs), self._ridge * float(np.mean(inputs**2))

        def towards(goals: Matrix, penalties: NDArray[np.float64]) -> tuple[Matrix, NDArray[np.float64]]:
            solved = [
                squares.solve(goal / gain, begin, low, high, float(penalty))
                for goal, gain, begin, low, high, penalty in zip(
                    goals.T, gains, held.T, layer.low.T, layer.high.T, penalties, strict=True
                )
            ]
            return np.stack([one for one, _ in solved], axis=1), np.array([offset for _, offset in solved]) * gains

        weights, bias = towards(wanted, np.full(len(gains), size * len(inputs)))
        if of_classes:
            chances = softmax(wanted)
            penalties = size * np.sum(chances * (1 - chances), axis=0) / CURVATURE
            for _ in range(DESCENT):
                sums = inputs @ weights * gains + bias
                weights, bias = towards(sums - (softmax(sums) - chances) / CURVATURE, penalties)
        least = self._least * float(np.abs(layer.deployed.weights).max())
        weights = np.where(np.abs(weights - held) >= least, weights, held)
        sums = inputs @ weights * gains
        bias = (wanted - sums).mean(axis=0)
        if of_classes:
            for _ in range(DESCENT):
                bias = bias - np.mean(softmax(sums + bias) - chances, axis=0) / CURVATURE
        return weights, bias

    def state(self) -> Mapping[str, NDArray[np.float64]]:
        """Which step comes next."""
        return {"step": np.array(float(self._step))}

    def restore(self, state: Mapping[str, NDArray[np.float64]]) -> None:
        """Go on with it."""
        self._step = int(state["step"])
