"""A network that needs no boards."""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from ohmloop.network import InputError

INPUTS = 6
OUTPUTS = 3
LARGEST = 1000.0
OVER_RANGE = 777.0
BODY_LIMIT = 200_000
"""Bytes that the service around it accepts."""


@dataclass
class Matrix:
    """The digital network of one layer: logits = x W, x within 0 to 1 as on the crossbars."""

    name: str = "matrix"
    weights: NDArray[np.float64] = field(default_factory=lambda: np.arange(18.0).reshape(INPUTS, OUTPUTS) - 7.0)
    inputs: int = INPUTS
    outputs: int = OUTPUTS

    def infer(self, batch: NDArray[np.float64]) -> NDArray[np.float64]:
        """The logits; inputs above LARGEST are refused, OVER_RANGE in front stands for a column out of range."""
        if np.abs(batch).max() > LARGEST:
            raise InputError(f"inputs must be within {-LARGEST:g} to {LARGEST:g}")
        return np.where(batch[:, :1] == OVER_RANGE, np.inf, batch @ self.weights)
