"""The interface of an encoding."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ohmloop.mapping.errors import MappingError


@dataclass(frozen=True, slots=True)
class EncodedTile:
    """The conductances of a tile and what is needed to read its currents as outputs.

    Attributes:
        targets_s: S, shape (inputs, columns).
        scale_s: conductance that stands for a weight of 1, S.
        offset: weight that the reference conductance stands for.
        reference_s: conductance that stands for `offset`, S.
    """

    targets_s: NDArray[np.float64]
    scale_s: float
    offset: float
    reference_s: float


class Encoding(Protocol):
    """Turns the weights of a tile into conductances and currents back into outputs."""

    @property
    def name(self) -> str:
        """Short name for reports."""
        ...

    @property
    def columns(self) -> int:
        """Columns that one output takes."""
        ...

    def encode(self, weights: NDArray[np.float64], g_min_s: float, g_max_s: float) -> EncodedTile:
        """Conductances of `weights`, shape (inputs, outputs), within g_min_s to g_max_s."""
        ...

    def weights(self, tile: EncodedTile, conductances_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """The weights that conductances of the tile stand for: shape (inputs, columns) to (inputs, outputs)."""
        ...

    def outputs(
        self, tile: EncodedTile, currents_a: NDArray[np.float64], volts: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Products of input and weight, in V, from currents (batch, columns) under inputs `volts` (batch, inputs)."""
        ...


def checked(weights: NDArray[np.float64], g_min_s: float, g_max_s: float) -> NDArray[np.float64]:
    """The weights of a tile as float64.

    Raises MappingError unless they are a non-empty matrix of finite numbers and 0 <= g_min_s < g_max_s.
    """
    matrix = np.asarray(weights, dtype=np.float64)
    if matrix.ndim != 2 or not matrix.size:
        raise MappingError(
            f"weights must be a matrix (inputs, outputs) with at least one weight, not of shape {matrix.shape}"
        )
    if not np.isfinite(matrix).all():
        row, col = np.argwhere(~np.isfinite(matrix))[0]
        raise MappingError(f"the weight of input {row} and output {col} is {matrix[row, col]}; weights must be finite")
    if not (isfinite(g_max_s) and 0 <= g_min_s < g_max_s):
        raise MappingError(f"a conductance range needs 0 <= g_min < g_max, not {g_min_s} to {g_max_s} S")
    return matrix


def scale(largest: float, span_s: float) -> float:
    """Conductance for a weight of 1, S, so that `largest` takes the whole span; any scale will do for zero weights.

    Raises MappingError if the weights are too small or too large for floating-point numbers to scale.
    """
    if largest == 0:
        return span_s
    with np.errstate(over="ignore", under="ignore"):
        scale_s = float(np.float64(span_s) / np.float64(largest))
    if not (isfinite(scale_s) and scale_s >= np.finfo(np.float64).tiny):
        raise MappingError(f"weights up to {largest} cannot be scaled to {span_s} S: rescale the layer")
    return scale_s
