"""What learning looks at: the activations of a batch, the network as the chip holds it, and the change it asks for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmloop.network import Linear

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LayerTrace:
    """One layer of a forward pass on the chip.

    Attributes:
        inputs: shape (batch, inputs). products: of inputs and weights, as measured, shape (batch, outputs).
        sums: products with gain and bias, what the activation is applied to.
    """

    inputs: Matrix
    products: Matrix
    sums: Matrix


@dataclass(frozen=True, slots=True)
class Trace:
    """One batch through the chip.

    Attributes:
        layers: the layers in order. outputs: of the network before any softmax, shape (batch, outputs).
        wanted: what they should be, same shape.
        slope: derivative of the mean loss by each output, same shape. loss, score: of the batch.
    """

    layers: tuple[LayerTrace, ...]
    outputs: Matrix
    wanted: Matrix
    slope: Matrix
    loss: float
    score: float


@dataclass(frozen=True, slots=True)
class HeldLayer:
    """One layer as the chip holds it.

    Attributes:
        layer: weights as last measured, and the digital bias, gain and activation.
        deployed: the layer as it was deployed, with the weights that were to be programmed.
        wanted: weights that the shadow asks for; they differ from the measured ones by changes not yet due.
        low, high: smallest and largest weight that the cells can reach, those that no longer move left as they are.
            Like `wanted` of shape (inputs, outputs).
    """

    layer: Linear
    deployed: Linear
    wanted: Matrix
    low: Matrix
    high: Matrix


@dataclass(frozen=True, slots=True)
class Change:
    """What a rule asks of one layer; None leaves a part alone.

    Attributes:
        weights: to be added to the weights, shape (inputs, outputs). bias, gain: likewise, shape (outputs,).
    """

    weights: Matrix | None = None
    bias: NDArray[np.float64] | None = None
    gain: NDArray[np.float64] | None = None
