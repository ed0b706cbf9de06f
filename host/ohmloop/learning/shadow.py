"""The digital shadow of the arrays: where every cell is, and where learning wants it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohmloop.learning.errors import LearningError
from ohmloop.mapping import PlacedTile, Placement

Matrix = NDArray[np.float64]


@dataclass(slots=True)
class ArrayShadow:
    """One array, each attribute of its shape (rows, cols); NaN, False or 0 where no weight is placed.

    Attributes:
        measured_s: last measured conductance, S. wanted_s: where learning wants the cell, S.
        pulses: received since learning began. unmoved: of these, the last in a row that did not move the cell.
        stuck: cells that no longer move.
    """

    measured_s: Matrix
    wanted_s: Matrix
    pulses: NDArray[np.int64]
    unmoved: NDArray[np.int64]
    stuck: NDArray[np.bool_]

    @classmethod
    def blank(cls, targets_s: Matrix) -> ArrayShadow:
        """Cells with a target, taken to be there until they are read."""
        shape = targets_s.shape
        counts = np.zeros(shape, np.int64)
        return cls(targets_s.copy(), targets_s.copy(), counts, counts.copy(), np.zeros(shape, np.bool_))


class Shadow:
    """Weights of all layers as cells of all arrays.

    Every weight is offset + Σ c·G over the cells of its output; the factors c are asked of the encoding. A change of a
    weight is laid on its cells one after the other, first on those that it lowers: that keeps conductances, and with
    them currents, low. What a stuck cell or the end of the range does not allow falls to the other cells of the weight.

    Args:
        placement: where the weights are; its transforms may reorder and change signs, nothing else.
        g_min_s, g_max_s: conductance range, S.

    Raises LearningError for a transform that mixes weights.

    Attributes:
        arrays: one shadow an array.
    """

    def __init__(self, placement: Placement, g_min_s: float, g_max_s: float) -> None:
        self.placement = placement
        self._range_s = g_min_s, g_max_s
        self.arrays = [ArrayShadow.blank(placement.targets(index)) for index in range(len(placement.arrays))]
        self._maps = [_line_maps(placement, layer) for layer in range(len(placement.shapes))]
        self.deployed = [self.weights(layer, [a.wanted_s for a in self.arrays]) for layer in range(len(self._maps))]

    def weights(self, layer: int, conductances_s: list[Matrix]) -> Matrix:
        """The weights of a layer that conductances of all arrays stand for, S to shape (inputs, outputs)."""
        return self._from_array(layer, self.placement.weights(layer, conductances_s))

    def reach(self, layer: int) -> tuple[Matrix, Matrix]:
        """Smallest and largest weight that the cells can reach, stuck ones left where they are."""
        low, high = np.empty((2, *self.placement.shapes[layer]))
        low_s, high_s = self._range_s
        for tile in self.placement.of(layer):
            outputs = tile.outputs(self.placement.encoding.columns)
            place = np.ix_(tile.rows, tile.cols)
            held_s, stuck = self.arrays[tile.array].measured_s[place], self.arrays[tile.array].stuck[place]
            raising = np.tile(self._factors(tile) > 0, outputs.stop - outputs.start)
            for end, first_s, other_s in ((low, low_s, high_s), (high, high_s, low_s)):
                cells_s = np.where(stuck, held_s, np.where(raising, first_s, other_s))
                end[tile.inputs, outputs] = self.placement.encoding.weights(tile.encoded, cells_s)
        one, other = self._from_array(layer, low), self._from_array(layer, high)
        return np.minimum(one, other), np.maximum(one, other)

    def add(self, layer: int, change: Matrix) -> None:
        """Add to the wanted weights of a layer, shape (inputs, outputs); what no cell can take is let go."""
        inputs, outputs = self._maps[layer]
        on_array = inputs.T @ change @ outputs.T
        for tile in self.placement.of(layer):
            self._lay(tile, on_array[tile.inputs, tile.outputs(self.placement.encoding.columns)])

    def take_over(self, index: int, cells: NDArray[np.bool_]) -> None:
        """Take cells of an array as stuck: what learning wanted of them falls to the other cells of their weights."""
        array = self.arrays[index]
        array.stuck |= cells
        missing_s = np.where(array.stuck, array.wanted_s - array.measured_s, 0.0)
        array.wanted_s = np.where(array.stuck, array.measured_s, array.wanted_s)
        for tile in self.placement.on(index):
            lost_s = np.nan_to_num(missing_s[np.ix_(tile.rows, tile.cols)])
            if lost_s.any():
                columns = self.placement.encoding.columns
                lost = (lost_s.reshape(tile.rows.size, -1, columns) * self._factors(tile)).sum(axis=2)
                self._lay(tile, lost)

    def _lay(self, tile: PlacedTile, change: Matrix) -> None:
        """Lay changes of the weights of a tile, shape (inputs, outputs), on its cells."""
        columns = self.placement.encoding.columns
        array = self.arrays[tile.array]
        place = np.ix_(tile.rows, tile.cols)
        wanted_s = array.wanted_s[place].reshape(tile.rows.size, -1, columns)
        free = ~array.stuck[place].reshape(wanted_s.shape)
        low_s, high_s = self._range_s
        left = change.copy()
        factors = self._factors(tile)
        for lowering in (True, False):
            for column in np.argsort(-np.abs(factors)):
                step_s = left / factors[column]
                chosen = free[..., column] & ((step_s < 0) == lowering)
                held_s = wanted_s[..., column]
                room_s = np.where(step_s < 0, np.minimum(low_s - held_s, 0), np.maximum(high_s - held_s, 0))
                taken_s = np.where(chosen, np.sign(step_s) * np.minimum(np.abs(step_s), np.abs(room_s)), 0.0)
                wanted_s[..., column] += taken_s
                left -= taken_s * factors[column]
        array.wanted_s[place] = wanted_s.reshape(tile.rows.size, -1)

    def _factors(self, tile: PlacedTile) -> NDArray[np.float64]:
        """What a siemens in each column of an output adds to its weight, shape (columns,), 1/S."""
        columns = self.placement.encoding.columns
        zero = self.placement.encoding.weights(tile.encoded, np.zeros((1, columns)))[0, 0]
        return np.array(
            [self.placement.encoding.weights(tile.encoded, row[None, :])[0, 0] - zero for row in np.eye(columns)]
        )

    def _from_array(self, layer: int, on_array: Matrix) -> Matrix:
        inputs, outputs = self._maps[layer]
        weights: Matrix = inputs @ on_array @ outputs
        return weights


def _line_maps(placement: Placement, layer: int) -> tuple[Matrix, Matrix]:
    """Matrices N and M with weights of the layer = N @ weights on the array @ M."""
    rows, cols = placement.shapes[layer]
    transform = placement.transforms[layer]
    maps = transform.inputs(np.eye(rows)), transform.outputs(np.eye(cols))
    for matrix in maps:
        if not (np.isin(matrix, (-1, 0, 1)).all() and (np.abs(matrix).sum(axis=0) == 1).all()):
            raise LearningError(f"the transform of layer {layer} mixes weights: learning needs one cell group a weight")
    return maps
