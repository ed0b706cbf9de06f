"""Another order of inputs and outputs."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmloop.mapping.errors import MappingError


class Permute:
    """Input `input_order[i]` goes to row i, and output `output_order[j]` to column j.

    Raises MappingError unless both are permutations, here or when a layer of another size is given.
    """

    def __init__(self, input_order: ArrayLike, output_order: ArrayLike) -> None:
        self._inputs = _permutation("input", input_order)
        self._outputs = _permutation("output", output_order)
        self._back = np.argsort(self._outputs)

    def weights(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """The weights in the new order."""
        if weights.shape != (self._inputs.size, self._outputs.size):
            expected = (self._inputs.size, self._outputs.size)
            raise MappingError(f"this permutation is for weights of shape {expected}, not {weights.shape}")
        return weights[np.ix_(self._inputs, self._outputs)]

    def inputs(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """The inputs in the new order."""
        return inputs[:, self._inputs]

    def outputs(self, outputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """The outputs in the layer's own order."""
        return outputs[:, self._back]


def _permutation(name: str, order: ArrayLike) -> NDArray[np.intp]:
    indices = np.asarray(order)
    if indices.ndim != 1 or not np.array_equal(np.sort(indices), np.arange(indices.size)):
        raise MappingError(f"the {name} order must hold each of 0 to {max(indices.size - 1, 0)} once")
    return indices.astype(np.intp)
