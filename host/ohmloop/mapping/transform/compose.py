"""Several transforms, one after another."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ohmloop.mapping.transform.transform import Transform


class Compose:
    """Applies transforms in order; outputs go back through them in the opposite order."""

    def __init__(self, transforms: Sequence[Transform]) -> None:
        self._transforms = tuple(transforms)

    def weights(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """The weights after every transform."""
        for transform in self._transforms:
            weights = transform.weights(weights)
        return weights

    def inputs(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """The inputs after every transform."""
        for transform in self._transforms:
            inputs = transform.inputs(inputs)
        return inputs

    def outputs(self, outputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """The outputs before every transform."""
        for transform in reversed(self._transforms):
            outputs = transform.outputs(outputs)
        return outputs
