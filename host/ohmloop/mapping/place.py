"""Placement: the tiles of every layer on several arrays."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import count

import numpy as np
from numpy.typing import NDArray

from ohmloop.mapping.encode import Differential, Encoding
from ohmloop.mapping.encode.encoding import checked
from ohmloop.mapping.errors import MappingError
from ohmloop.mapping.placement import PlacedTile, Placement
from ohmloop.mapping.space import ArraySpace, FreeSpace, Rectangle
from ohmloop.mapping.transform import Identity, Transform

MOST_ARRAYS = 4096
"""Where counting how many arrays a model needs ends."""


def place(
    weights: Sequence[NDArray[np.float64]],
    arrays: Sequence[ArraySpace],
    *,
    g_min_s: float,
    g_max_s: float,
    encoding: Encoding | None = None,
    transforms: Sequence[Transform] | None = None,
) -> Placement:
    """Place layers of weights, each of shape (inputs, outputs), on arrays.

    Layers are cut into tiles where they must be; a tile goes where most of it fits, on the first such array, and may
    share an array with others. Every tile has its own scale. `encoding` is differential pairs unless told otherwise,
    and every layer keeps its order unless `transforms` names another for each.

    Raises MappingError for weights that are not finite matrices, or if the arrays have too little room; the message
    says how many are needed.
    """
    encoding = encoding if encoding is not None else Differential()
    transforms = transforms if transforms is not None else [Identity()] * len(weights)
    if len(transforms) != len(weights):
        raise MappingError(f"{len(weights)} layers need as many transforms, not {len(transforms)}")
    layers = [
        transform.weights(checked(layer, g_min_s, g_max_s))
        for transform, layer in zip(transforms, weights, strict=True)
    ]
    if not arrays:
        raise MappingError("a placement needs at least one array")
    shapes = [(layer.shape[0], layer.shape[1]) for layer in layers]
    parts = _pack(shapes, arrays, encoding.columns)
    if parts is None:
        raise MappingError(_too_few(shapes, arrays, encoding.columns))
    tiles = tuple(
        PlacedTile(
            layer=layer,
            array=array,
            rows=np.array(arrays[array].rows)[spot.top : spot.top + spot.height],
            cols=np.array(arrays[array].cols)[spot.left : spot.left + spot.width],
            first_input=region.top,
            first_output=region.left,
            encoded=encoding.encode(_part(layers[layer], region), g_min_s, g_max_s),
        )
        for layer, array, region, spot in parts
    )
    return Placement(tuple(arrays), tuple(shapes), encoding, tuple(transforms), tiles)


_Part = tuple[int, int, Rectangle, Rectangle]
"""Layer, array, region of the layer in weights, and its spot on the array in usable lines."""


def _part(weights: NDArray[np.float64], region: Rectangle) -> NDArray[np.float64]:
    return weights[region.top : region.top + region.height, region.left : region.left + region.width]


def _pack(shapes: Sequence[tuple[int, int]], arrays: Sequence[ArraySpace], columns: int) -> list[_Part] | None:
    """A spot for every part of every layer, or None if there is not room enough."""
    spaces = [FreeSpace(len(array.rows), len(array.cols)) for array in arrays]
    parts: list[_Part] = []
    for layer, (inputs, outputs) in enumerate(shapes):
        regions = [Rectangle(0, 0, inputs, outputs)]
        while regions:
            region = regions.pop()
            spots = [space.best(region.height, region.width * columns, columns) for space in spaces]
            array = max(range(len(spots)), key=lambda i: spot.area if (spot := spots[i]) else 0)
            spot = spots[array]
            if spot is None:
                return None
            spaces[array].take(spot)
            taken = Rectangle(region.top, region.left, spot.height, spot.width // columns)
            parts.append((layer, array, taken, spot))
            below = Rectangle(region.top + taken.height, region.left, region.height - taken.height, region.width)
            right = Rectangle(region.top, region.left + taken.width, taken.height, region.width - taken.width)
            regions += [piece for piece in (below, right) if piece.area]
    return parts


def _too_few(shapes: Sequence[tuple[int, int]], arrays: Sequence[ArraySpace], columns: int) -> str:
    """How many arrays would do, adding whole ones like the largest given."""
    largest = max(arrays, key=lambda array: len(array.rows) * (len(array.cols) // columns))
    whole = ArraySpace(largest.geometry)
    cells = sum(inputs * outputs * columns for inputs, outputs in shapes)
    if whole.geometry.cols < columns:
        return f"no array has the {columns} columns that one output needs"
    for extra in count(1):
        if len(arrays) + extra > MOST_ARRAYS:
            return f"{cells} cells need more than {MOST_ARRAYS} arrays of {whole.geometry}"
        if _pack(shapes, [*arrays, *[whole] * extra], columns) is not None:
            return (
                f"{cells} cells need {len(arrays) + extra} arrays ({extra} more of {whole.geometry}), not {len(arrays)}"
            )
    raise AssertionError("count never ends")
