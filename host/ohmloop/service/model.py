"""What the service needs of a network that it serves."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

VERSION = "1"
"""The only version of every model: what is programmed into the arrays now."""

INPUT = "input"
LOGITS = "logits"
CLASS = "class"


class ServedModel(Protocol):
    """A network on crossbars: a batch of input vectors in, logits out."""

    @property
    def name(self) -> str:
        """Name in the URL."""
        ...

    @property
    def inputs(self) -> int:
        """Length of an input vector."""
        ...

    @property
    def outputs(self) -> int:
        """Number of logits."""
        ...

    def infer(self, batch: NDArray[np.float64]) -> NDArray[np.float64]:
        """Logits of shape (batch, outputs) for inputs of shape (batch, inputs), computed on the crossbars.

        Raises CrossbarError if a board cannot answer, InputError for inputs that the network does not take.
        """
        ...


def metadata(model: ServedModel) -> dict[str, object]:
    """Model metadata of the Open Inference Protocol."""
    return {
        "name": model.name,
        "versions": [VERSION],
        "platform": "ohmloop_crossbar",
        "inputs": [{"name": INPUT, "datatype": "FP32", "shape": [-1, model.inputs]}],
        "outputs": [
            {"name": LOGITS, "datatype": "FP32", "shape": [-1, model.outputs]},
            {"name": CLASS, "datatype": "INT64", "shape": [-1]},
        ],
    }
