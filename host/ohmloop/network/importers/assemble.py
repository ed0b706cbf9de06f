"""A network from named tensors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.network.errors import ModelError, WeightFileError
from ohmloop.network.graph import Activation, Model, sequential

RANGES = "input_ranges"
"""Name of the optional tensor with the input range of every layer, shape (layers,)."""

_TENSOR = re.compile(r"(?P<prefix>(?:[A-Za-z_]\w*\.)*)(?P<layer>\d{1,4})\.(?P<kind>weight|bias)")


def assemble(name: str, source: str, tensors: Mapping[str, NDArray[Any]], last: Activation) -> Model:
    """Layers from tensors named as in the state of a sequential module.

    Names are `0.weight` of shape (outputs, inputs), `0.bias` of shape (outputs,), `2.weight` and so on; layers are
    taken in the order of their numbers, with gaps for activations, rectifiers in between and `last` at the end.
    A common prefix is allowed; a missing bias is zero.

    Raises WeightFileError for other names, layers without weights, and tensors that are not real floating-point
    numbers; `source` says where they come from.
    """
    ranges = None
    layers: dict[int, dict[str, NDArray[np.float64]]] = {}
    prefixes = set()
    for key, tensor in tensors.items():
        values = _floats(source, key, tensor)
        if key == RANGES:
            ranges = values
            continue
        match = _TENSOR.fullmatch(key)
        if match is None:
            raise WeightFileError(f"{source} holds {key!r}; expected names like 0.weight and 0.bias, or {RANGES}")
        prefixes.add(match["prefix"])
        layers.setdefault(int(match["layer"]), {})[match["kind"]] = values
    if len(prefixes) != 1:
        found = ", ".join(sorted(map(repr, prefixes))) or "none"
        raise WeightFileError(f"{source} must hold the layers of one sequential network; prefixes found: {found}")
    try:
        model = sequential(name, [_layer(source, number, layers[number]) for number in sorted(layers)], last)
        return model if ranges is None else _with_ranges(model, ranges)
    except ModelError as error:
        raise WeightFileError(f"{source}: {error}") from error


def _layer(
    source: str, number: int, found: Mapping[str, NDArray[np.float64]]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    weight = found.get("weight")
    if weight is None or weight.ndim != 2:
        shape = "no weight" if weight is None else f"a weight of shape {weight.shape}"
        raise WeightFileError(f"layer {number} of {source} has {shape}; expected (outputs, inputs)")
    return np.ascontiguousarray(weight.T), found.get("bias", np.zeros(weight.shape[0]))


def _with_ranges(model: Model, ranges: NDArray[np.float64]) -> Model:
    if ranges.ndim != 1:
        raise ModelError(f"{RANGES} must have the shape (layers,), not {ranges.shape}")
    return Model(model.name, model.layers, tuple(float(value) for value in ranges))


def _floats(source: str, key: str, tensor: NDArray[Any]) -> NDArray[np.float64]:
    if tensor.dtype.kind != "f":
        raise WeightFileError(f"{key!r} of {source} holds {tensor.dtype}; expected real floating-point numbers")
    return tensor.astype(np.float64)
