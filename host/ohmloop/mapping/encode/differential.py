"""Differential pairs: one column for positive weights and one beside it for negative ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmloop.mapping.encode.encoding import EncodedTile, checked, scale


class Differential:
    """w = (G⁺ - G⁻) / scale. One of the two cells carries |w|, the other stays at the lowest conductance.

    Columns alternate: 2j is positive, 2j + 1 negative. The largest |w| of the tile takes the whole range.
    """

    name = "differential"
    columns = 2

    def encode(self, weights: NDArray[np.float64], g_min_s: float, g_max_s: float) -> EncodedTile:
        """Conductances of a tile of weights; raises MappingError for weights that are not finite."""
        matrix = checked(weights, g_min_s, g_max_s)
        scale_s = scale(float(np.abs(matrix).max()), g_max_s - g_min_s)
        targets_s = np.empty((matrix.shape[0], 2 * matrix.shape[1]))
        targets_s[:, 0::2] = g_min_s + scale_s * np.maximum(matrix, 0)
        targets_s[:, 1::2] = g_min_s + scale_s * np.maximum(-matrix, 0)
        return EncodedTile(np.minimum(targets_s, g_max_s), scale_s, offset=0.0, reference_s=g_min_s)

    def weights(self, tile: EncodedTile, conductances_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """The weights that these conductances stand for."""
        return (conductances_s[:, 0::2] - conductances_s[:, 1::2]) / tile.scale_s

    def outputs(
        self, tile: EncodedTile, currents_a: NDArray[np.float64], volts: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Products of input and weight, V."""
        return (currents_a[:, 0::2] - currents_a[:, 1::2]) / tile.scale_s
