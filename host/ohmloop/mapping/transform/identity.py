"""The transform that changes nothing."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


class Identity:
    """Leaves everything as it is."""

    def weights(self, weights: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same weights."""
        return weights

    def inputs(self, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same inputs."""
        return inputs

    def outputs(self, outputs: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same outputs."""
        return outputs
