"""Digital training of networks that will live on arrays: disturbed weights, bounds, and few weights that change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ohmloop.learning.loss import Loss
from ohmloop.network import Activation, Linear

Matrix = NDArray[np.float64]

BETA, BETA_SQUARE, TINY = 0.9, 0.999, 1e-8
"""D. P. Kingma and J. Ba, "Adam: A Method for Stochastic Optimization", ICLR 2015."""


@dataclass(frozen=True, slots=True)
class Training:
    """How a digital network is trained.

    Attributes:
        epochs, batch: passes over the data, vectors a step.
        rate: step of Adam, as a fraction of the largest weight of the layer; it falls to 0 along a cosine.
        noise: deviation of the disturbance that every weight gets anew in each step, as a fraction of the largest
            weight of its layer: what programming and drift will do to it.
        stay: pull of every weight towards where it began, as a fraction of the largest weight a step at full rate;
            weights that have nothing to gain stay exactly where they are, and cost no pulse.
    """

    epochs: int = 60
    batch: int = 64
    rate: float = 0.01
    noise: float = 0.03
    stay: float = 0.0

    def __post_init__(self) -> None:
        if self.epochs < 1 or self.batch < 1 or not (self.rate > 0 and self.noise >= 0 and self.stay >= 0):
            raise ValueError(f"training needs epochs, a batch and a positive rate, and nothing negative, not {self}")


def train(
    layers: Sequence[Linear],
    inputs: Matrix,
    wanted: Matrix,
    loss: Loss,
    training: Training,
    rng: np.random.Generator,
    bounds: Sequence[tuple[Matrix, Matrix]] | None = None,
) -> list[Linear]:
    """Trained copies of layers that follow one another.

    `inputs` are those of the first layer, (vectors, inputs), `wanted` the outputs of the last, (vectors, outputs);
    `bounds` are the smallest and largest weights of each layer, if they have any.
    """
    trained = list(layers)
    begun = [layer.weights for layer in layers]
    units = [float(np.abs(layer.weights).max()) or 1.0 for layer in layers]
    moments: dict[tuple[int, str], tuple[Matrix, Matrix]] = {}
    batches = int(np.ceil(len(inputs) / training.batch))
    for step in range(training.epochs * batches):
        if step % batches == 0:
            order = rng.permutation(len(inputs))
        chosen = order[step % batches * training.batch :][: training.batch]
        fall = 0.5 * (1 + np.cos(np.pi * step / (training.epochs * batches)))
        noisy = [
            replace(layer, weights=layer.weights + training.noise * unit * rng.standard_normal(layer.weights.shape))
            for layer, unit in zip(trained, units, strict=True)
        ]
        for index, slopes in enumerate(slopes_of(noisy, inputs[chosen], wanted[chosen], loss)):
            moved = {}
            for part, slope in zip(("weights", "bias"), slopes, strict=True):
                mean, square = moments.get((index, part), (np.zeros_like(slope), np.zeros_like(slope)))
                mean, square = BETA * mean + (1 - BETA) * slope, BETA_SQUARE * square + (1 - BETA_SQUARE) * slope**2
                moments[index, part] = mean, square
                unbiased = np.sqrt(square / (1 - BETA_SQUARE ** (step + 1))) + TINY
                way = training.rate * fall * units[index] * mean / (1 - BETA ** (step + 1)) / unbiased
                moved[part] = getattr(trained[index], part) - way
            away = moved["weights"] - begun[index]
            pull = training.stay * fall * units[index]
            weights = begun[index] + np.sign(away) * np.maximum(np.abs(away) - pull, 0)
            if bounds is not None:
                weights = np.clip(weights, *bounds[index])
            trained[index] = replace(trained[index], weights=weights, bias=moved["bias"])
    return trained


def slopes_of(
    layers: Sequence[Linear], inputs: Matrix, wanted: Matrix, loss: Loss
) -> list[tuple[Matrix, NDArray[np.float64]]]:
    """Derivatives of the loss by weights and bias of every layer."""
    values, seen, sums = inputs, [], []
    for layer in layers:
        seen.append(values)
        sums.append(layer.sums(values @ layer.weights))
        values = layer.activated(sums[-1])
    error = loss.slope(values, wanted)
    slopes = []
    for layer, before, total in zip(reversed(layers), reversed(seen), reversed(sums), strict=True):
        if layer.activation is Activation.RELU:
            error = error * (total > 0)
        gained = error * layer.gains
        slopes.append((before.T @ gained, error.sum(axis=0)))
        error = gained @ layer.weights.T
    return slopes[::-1]
