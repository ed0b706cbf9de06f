"""The interface of a transform."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray


class Transform(Protocol):
    """A change of a layer that leaves its function alone: outputs(inputs(x) @ weights(W)) == x @ W."""

    def weights(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """The weights as the array shall hold them, shape (inputs, outputs)."""
        ...

    def inputs(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """The inputs that these weights expect, shape (batch, inputs)."""
        ...

    def outputs(self, outputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """The outputs of the layer from those of the array, shape (batch, outputs)."""
        ...
