"""Feed-forward networks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmloop.network.errors import InputError, ModelError


class Activation(StrEnum):
    """What follows a linear layer, digitally."""

    NONE = "none"
    RELU = "relu"
    SOFTMAX = "softmax"


@dataclass(frozen=True, slots=True)
class Linear:
    """One layer: outputs = activation(gain × (inputs @ weights) + bias).

    Attributes:
        weights: shape (inputs, outputs). bias: shape (outputs,).
        activation: SOFTMAX only in the last layer.
        gain: factor on each product, shape (outputs,), applied digitally; None stands for 1.

    Raises ModelError for shapes that do not fit each other and for numbers that are not finite.
    """

    weights: NDArray[np.float64]
    bias: NDArray[np.float64]
    activation: Activation = Activation.RELU
    gain: NDArray[np.float64] | None = None

    def __post_init__(self) -> None:
        if self.weights.ndim != 2 or not self.weights.size:
            raise ModelError(f"weights must be a matrix (inputs, outputs), not of shape {self.weights.shape}")
        if self.bias.shape != (self.weights.shape[1],):
            raise ModelError(f"{self.weights.shape[1]} outputs need a bias each, not a bias of shape {self.bias.shape}")
        if self.gain is not None and self.gain.shape != self.bias.shape:
            raise ModelError(f"{self.bias.size} outputs need a gain each, not gains of shape {self.gain.shape}")
        for name, values in (("weight", self.weights), ("bias", self.bias), ("gain", self.gain)):
            if values is not None and not np.isfinite(values).all():
                place = ",".join(map(str, np.argwhere(~np.isfinite(values))[0]))
                raise ModelError(f"{name} {place} is not finite")

    @property
    def gains(self) -> NDArray[np.float64]:
        """The gain of every output, shape (outputs,)."""
        return np.ones_like(self.bias) if self.gain is None else self.gain

    def sums(self, products: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the activation is applied to, from the products of inputs and weights; shape (batch, outputs)."""
        return (products if self.gain is None else products * self.gain) + self.bias

    def activated(self, sums: NDArray[np.float64]) -> NDArray[np.float64]:
        """The outputs from the sums; a softmax is left to `Model.answers`."""
        return np.maximum(sums, 0.0) if self.activation is Activation.RELU else sums

    def outputs(self, products: NDArray[np.float64]) -> NDArray[np.float64]:
        """The outputs from the products of inputs and weights, shape (batch, outputs)."""
        return self.activated(self.sums(products))


@dataclass(frozen=True, slots=True)
class Model:
    """A feed-forward network.

    Attributes:
        name: what it is called.
        layers: its layers; outputs of one are inputs of the next.
        input_ranges: largest magnitude of each layer's inputs over training data, or None while not calibrated.

    Raises ModelError if layers do not fit each other or a range is not positive and finite.
    """

    name: str
    layers: tuple[Linear, ...]
    input_ranges: tuple[float, ...] | None = None

    def __post_init__(self) -> None:
        if not self.layers:
            raise ModelError(f"network {self.name!r} has no layers")
        for index, (layer, following) in enumerate(zip(self.layers, self.layers[1:], strict=False)):
            if layer.activation is Activation.SOFTMAX:
                raise ModelError(f"layer {index} of {self.name!r} has a softmax, which only the last layer may have")
            if layer.weights.shape[1] != following.weights.shape[0]:
                raise ModelError(
                    f"layer {index} of {self.name!r} gives {layer.weights.shape[1]} outputs, "
                    f"but layer {index + 1} takes {following.weights.shape[0]} inputs"
                )
        ranges = self.input_ranges
        if ranges is not None and not (
            len(ranges) == len(self.layers) and all(np.isfinite(r) and r > 0 for r in ranges)
        ):
            raise ModelError(f"{len(self.layers)} layers need a positive input range each, not {ranges}")

    @property
    def inputs(self) -> int:
        """Numbers that one input vector has."""
        return int(self.layers[0].weights.shape[0])

    @property
    def outputs(self) -> int:
        """Numbers that one output vector has."""
        return int(self.layers[-1].weights.shape[1])

    @property
    def weights(self) -> list[NDArray[np.float64]]:
        """The weights of every layer, each of shape (inputs, outputs), as `mapping.place` takes them."""
        return [layer.weights for layer in self.layers]

    def checked(self, inputs: ArrayLike) -> NDArray[np.float64]:
        """Input vectors as float64 of shape (batch, inputs); raises InputError for anything else."""
        try:
            batch = np.asarray(inputs, dtype=np.float64)
        except (TypeError, ValueError) as error:
            raise InputError(f"inputs of {self.name!r} must be numbers: {error}") from error
        if batch.ndim != 2 or batch.shape[1] != self.inputs:
            raise InputError(f"{self.name!r} takes inputs of shape (batch, {self.inputs}), not {batch.shape}")
        if not np.isfinite(batch).all():
            row, col = np.argwhere(~np.isfinite(batch))[0]
            raise InputError(f"input {col} of vector {row} is {batch[row, col]}; inputs must be finite")
        return batch

    def digital(self, inputs: ArrayLike) -> NDArray[np.float64]:
        """Outputs before any softmax (logits), computed digitally: (batch, inputs) to (batch, outputs)."""
        values = self.checked(inputs)
        for layer in self.layers:
            values = layer.outputs(values @ layer.weights)
        return values

    def calibrated(self, training_inputs: ArrayLike) -> Model:
        """The same network with input ranges from training data, which must not be test data."""
        values = self.checked(training_inputs)
        if not len(values):
            raise InputError("calibration needs at least one training vector")
        ranges = []
        for layer in self.layers:
            ranges.append(float(np.abs(values).max()) or 1.0)
            values = layer.outputs(values @ layer.weights)
        return replace(self, input_ranges=tuple(ranges))

    def answers(self, logits: NDArray[np.float64]) -> NDArray[np.float64]:
        """What the network answers for its logits: probabilities if it ends in a softmax, else the logits."""
        if self.layers[-1].activation is not Activation.SOFTMAX:
            return logits
        powers = np.exp(logits - logits.max(axis=1, keepdims=True))
        probabilities: NDArray[np.float64] = powers / powers.sum(axis=1, keepdims=True)
        return probabilities


def sequential(
    name: str, matrices: Sequence[tuple[NDArray[np.float64], NDArray[np.float64]]], last: Activation = Activation.NONE
) -> Model:
    """Layers of (weights, bias) with rectifiers in between and `last` at the end."""
    activations = [Activation.RELU] * (len(matrices) - 1) + [last]
    layers = [
        Linear(weights, bias, activation) for (weights, bias), activation in zip(matrices, activations, strict=True)
    ]
    return Model(name, tuple(layers))
