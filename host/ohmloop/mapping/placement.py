"""Where every weight is, and how arrays become layers again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmloop.mapping.encode import EncodedTile, Encoding
from ohmloop.mapping.space import ArraySpace
from ohmloop.mapping.transform import Transform


@dataclass(frozen=True, slots=True)
class PlacedTile:
    """A tile on its array.

    Attributes:
        layer, array: which layer it is of, and which array holds it.
        rows, cols: lines of the array it takes, shape (inputs,) and (outputs × columns an output,).
        first_input, first_output: its place in the (transformed) weights of the layer.
        encoded: its conductances and scale.
    """

    layer: int
    array: int
    rows: NDArray[np.intp]
    cols: NDArray[np.intp]
    first_input: int
    first_output: int
    encoded: EncodedTile

    @property
    def inputs(self) -> slice:
        """Inputs of the layer that drive this tile."""
        return slice(self.first_input, self.first_input + self.rows.size)

    def outputs(self, columns: int) -> slice:
        """Outputs of the layer that this tile adds to, at `columns` columns an output."""
        return slice(self.first_output, self.first_output + self.cols.size // columns)


@dataclass(frozen=True, slots=True)
class Placement:
    """Layers on arrays.

    Attributes:
        arrays: the arrays, in the order in which crossbars are given later.
        shapes: (inputs, outputs) of each layer.
        encoding: how weights became conductances.
        transforms: one a layer.
        tiles: every tile.
    """

    arrays: tuple[ArraySpace, ...]
    shapes: tuple[tuple[int, int], ...]
    encoding: Encoding
    transforms: tuple[Transform, ...]
    tiles: tuple[PlacedTile, ...]

    def targets(self, array: int) -> NDArray[np.float64]:
        """Target conductances of one array in S, shape (rows, cols), NaN where nothing is placed."""
        geometry = self.arrays[array].geometry
        targets_s = np.full((geometry.rows, geometry.cols), np.nan)
        for tile in self.on(array):
            targets_s[np.ix_(tile.rows, tile.cols)] = tile.encoded.targets_s
        return targets_s

    def on(self, array: int) -> tuple[PlacedTile, ...]:
        """Tiles on one array."""
        return tuple(tile for tile in self.tiles if tile.array == array)

    def of(self, layer: int) -> tuple[PlacedTile, ...]:
        """Tiles of one layer."""
        return tuple(tile for tile in self.tiles if tile.layer == layer)

    def weights(self, layer: int, conductances_s: Sequence[NDArray[np.float64]]) -> NDArray[np.float64]:
        """The (transformed) weights of a layer that the conductances of all arrays stand for, (inputs, outputs)."""
        weights = np.full(self.shapes[layer], np.nan)
        for tile in self.of(layer):
            held_s = conductances_s[tile.array][np.ix_(tile.rows, tile.cols)]
            outputs = tile.outputs(self.encoding.columns)
            weights[tile.inputs, outputs] = self.encoding.weights(tile.encoded, held_s)
        return weights
