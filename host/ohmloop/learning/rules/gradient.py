"""Gradients of a loss through a network whose forward pass was measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ohmloop.learning.trace import Change, HeldLayer, Matrix, Trace
from ohmloop.network import Activation


def gate(trace: Trace, held: Sequence[HeldLayer], index: int) -> Matrix:
    """Derivative of the activation of a layer at its measured sums, shape (batch, outputs)."""
    if held[index].layer.activation is Activation.RELU:
        return (trace.layers[index].sums > 0).astype(np.float64)
    return np.ones_like(trace.layers[index].sums)


def backpropagated(trace: Trace, held: Sequence[HeldLayer], back: Sequence[Matrix]) -> list[Matrix]:
    """Derivatives of the loss by the sums of every layer, each of shape (batch, outputs).

    The forward activations are the measured ones (straight-through); `back` are the weights that errors return through,
    each of shape (inputs, outputs).
    """
    errors = [trace.slope * gate(trace, held, len(held) - 1)]
    for index in range(len(held) - 1, 0, -1):
        returned = (errors[0] * held[index].layer.gains) @ back[index].T
        errors.insert(0, returned * gate(trace, held, index - 1))
    return errors


def gradient(trace: Trace, held: Sequence[HeldLayer], index: int, error: Matrix) -> Change:
    """Derivatives of the loss by weights, bias and gain of one layer, from those by its sums."""
    layer = trace.layers[index]
    return Change(
        layer.inputs.T @ (error * held[index].layer.gains), error.sum(axis=0), (error * layer.products).sum(axis=0)
    )
