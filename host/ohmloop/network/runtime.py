"""Inference on crossbars."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmloop.crossbar import Crossbar, ReadConditions
from ohmloop.mapping import PlacedTile, Placement
from ohmloop.network.errors import NetworkError
from ohmloop.network.graph import Model
from ohmloop.network.multiplier import Multiplier


class ChipRuntime:
    """A network whose products of inputs and weights come from programmed crossbars; the rest is digital.

    The inputs of a layer are scaled so that its calibrated range is `conditions.volts`; a vector that goes beyond the
    range is scaled by its own largest input instead, so that nothing is clipped. Scales, the single-ended offset,
    biases and activations are applied digitally. Each crossbar is driven by its own thread.

    Args:
        model: a calibrated network.
        placement: where its weights are.
        crossbars: one for each array of the placement, programmed.
        conditions: averages and current range of the columns, and the voltage of a full-scale input.

    Raises NetworkError if these do not belong together or the voltage may pass a board's read limit.
    """

    def __init__(
        self, model: Model, placement: Placement, crossbars: Sequence[Crossbar], conditions: ReadConditions
    ) -> None:
        if model.input_ranges is None:
            raise NetworkError(
                f"network {model.name!r} has no input ranges: keep the largest input of each layer as input_ranges in "
                "its file (Model.calibrated finds them on training data)"
            )
        shapes = tuple(weights.shape for weights in model.weights)
        if shapes != placement.shapes:
            raise NetworkError(f"the placement is for layers {placement.shapes}, not for {shapes} of {model.name!r}")
        if len(crossbars) != len(placement.arrays):
            raise NetworkError(f"the placement has {len(placement.arrays)} arrays, not {len(crossbars)}")
        for space, crossbar in zip(placement.arrays, crossbars, strict=True):
            if crossbar.capabilities.geometry != space.geometry:
                serial, geometry = crossbar.capabilities.serial, crossbar.capabilities.geometry
                raise NetworkError(f"board {serial} has a {geometry} array, but the placement expects {space.geometry}")
        self.model = model
        self.placement = placement
        self._ranges = model.input_ranges
        self._volts = conditions.volts
        self._multipliers = [Multiplier(crossbar, conditions) for crossbar in crossbars]
        self._threads = [ThreadPoolExecutor(1, f"board-{index}") for index in range(len(crossbars))]

    def infer(self, inputs: ArrayLike) -> NDArray[np.float64]:
        """Logits of a batch, (batch, inputs) to (batch, outputs).

        Raises InputError, CurrentOverRange, or what the crossbars raise.
        """
        values = self.model.checked(inputs)
        for index, layer in enumerate(self.model.layers):
            values = layer.outputs(self.products(index, values))
        return values

    def products(self, layer: int, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Products of inputs and the weights of a layer, before gain and bias: (batch, inputs) to (batch, outputs).

        Raises CurrentOverRange, or what the crossbars raise.
        """
        transform = self.placement.transforms[layer]
        inputs = transform.inputs(values)
        scale = np.maximum(self._ranges[layer], np.abs(inputs).max(axis=1, keepdims=True, initial=0.0))
        volts = inputs * (self._volts / scale)
        tiles = self.placement.of(layer)
        pending = [self._threads[tile.array].submit(self._tile, tile, volts[:, tile.inputs]) for tile in tiles]
        sums_v = np.zeros((len(values), self.placement.shapes[layer][1]))
        for tile, outputs_v in zip(tiles, _all(pending), strict=True):
            sums_v[:, tile.outputs(self.placement.encoding.columns)] += outputs_v
        return transform.outputs(sums_v * (scale / self._volts))

    def close(self) -> None:
        """End the threads; the crossbars stay open."""
        for thread in self._threads:
            thread.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _tile(self, tile: PlacedTile, volts: NDArray[np.float64]) -> NDArray[np.float64]:
        """Products of one tile in V, in the thread of its board."""
        encoding = self.placement.encoding
        driven = np.zeros((len(volts), self.placement.arrays[tile.array].geometry.rows))
        driven[:, tile.rows] = volts
        if not driven.any():
            return np.zeros((len(volts), tile.cols.size // encoding.columns))
        currents_a = self._multipliers[tile.array].currents(driven, tile.cols)
        return encoding.outputs(tile.encoded, currents_a, volts)


def _all(pending: Sequence[Future[NDArray[np.float64]]]) -> list[NDArray[np.float64]]:
    """Results of all, once all have ended; raises the first error."""
    errors = [future.exception() for future in pending]
    first = next((error for error in errors if error is not None), None)
    if first is not None:
        raise first
    return [future.result() for future in pending]
