"""Single-ended cells: one column an output, one reference for the whole tile."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ohmloop.mapping.encode.encoding import EncodedTile, checked, scale


class NonNegative:
    """w = offset + (G - G_reference) / scale; the offset of a tile is 0, or its lowest weight if that is negative.

    Half the cells of differential pairs. The reference conducts in every cell, so its current is the same for all
    columns, G_reference times the sum of the inputs, and is taken off digitally; that amplifies common errors.
    """

    name = "non-negative"
    columns = 1

    def encode(self, weights: NDArray[np.float64], g_min_s: float, g_max_s: float) -> EncodedTile:
        """Conductances of a tile of weights; raises MappingError for weights that are not finite."""
        matrix = checked(weights, g_min_s, g_max_s)
        offset = min(0.0, float(matrix.min()))
        with np.errstate(over="ignore"):
            raised = matrix - offset
        scale_s = scale(float(raised.max()), g_max_s - g_min_s)
        return EncodedTile(np.minimum(g_min_s + scale_s * raised, g_max_s), scale_s, offset, reference_s=g_min_s)

    def weights(self, tile: EncodedTile, conductances_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """The weights that these conductances stand for."""
        return tile.offset + (conductances_s - tile.reference_s) / tile.scale_s

    def outputs(
        self, tile: EncodedTile, currents_a: NDArray[np.float64], volts: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Products of input and weight, V."""
        total_v = volts.sum(axis=1, keepdims=True)
        outputs: NDArray[np.float64] = tile.offset * total_v + (currents_a - tile.reference_s * total_v) / tile.scale_s
        return outputs
