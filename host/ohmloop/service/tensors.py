"""Tensors of the Open Inference Protocol: JSON lists and raw little-endian bytes to arrays and back.

Source of datatypes and layouts: Open Inference Protocol v2, "Tensor Data Types", and its binary tensor data extension.
Nothing is converted in silence: a value that its datatype cannot hold is refused, not wrapped, rounded or clipped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.service.errors import BadRequest

DATATYPES = {
    "BOOL": np.dtype("?"),
    "UINT8": np.dtype("<u1"),
    "UINT16": np.dtype("<u2"),
    "UINT32": np.dtype("<u4"),
    "UINT64": np.dtype("<u8"),
    "INT8": np.dtype("<i1"),
    "INT16": np.dtype("<i2"),
    "INT32": np.dtype("<i4"),
    "INT64": np.dtype("<i8"),
    "FP32": np.dtype("<f4"),
    "FP64": np.dtype("<f8"),
}
"""Datatypes that the service accepts, and what they are in memory and on the wire."""

KINDS: dict[str, set[type]] = {"b": {bool}, "f": {int, float}}
"""What JSON must hold for a kind of array; whole numbers for every other."""

MAX_DIMENSIONS = 8
"""Dimensions of a tensor that the service looks at; no model here has more than two."""


def dtype_of(name: str, datatype: str) -> np.dtype[Any]:
    """The array type of tensor `name`. Raises BadRequest for a datatype that is not accepted."""
    if datatype not in DATATYPES:
        raise BadRequest(f"input {name!r} has datatype {datatype!r}; accepted are {', '.join(DATATYPES)}")
    return DATATYPES[datatype]


def from_json(name: str, datatype: str, shape: Sequence[int], data: object) -> NDArray[Any]:
    """An array of `shape` from JSON numbers, nested as the shape says or flat in row-major order.

    Raises BadRequest for a wrong number of values, a nesting that is not the shape, a value of another kind,
    out of the datatype's range, NaN or infinite.
    """
    dtype = dtype_of(name, datatype)
    flat = list(_flattened(name, shape, data))
    if len(flat) != prod(shape):
        raise BadRequest(f"input {name!r} of shape {list(shape)} needs {prod(shape)} values, not {len(flat)}")
    _check_kinds(name, datatype, dtype, flat)
    with np.errstate(over="ignore"):  # what FP32 cannot hold becomes infinite and is refused below
        try:
            values = np.array(flat, dtype=dtype)
        except OverflowError as error:
            raise BadRequest(f"input {name!r} holds a number that {datatype} cannot: {error}") from None
    return _finite(name, values.reshape(shape))


def from_raw(name: str, datatype: str, shape: Sequence[int], raw: bytes | memoryview) -> NDArray[Any]:
    """An array of `shape` from little-endian bytes in row-major order; BOOL is one byte, 0 or 1.

    Raises BadRequest for a wrong number of bytes, a BOOL that is neither 0 nor 1, NaN or infinite values.
    """
    dtype = dtype_of(name, datatype)
    expected = prod(shape) * dtype.itemsize
    if len(raw) != expected:
        raise BadRequest(f"input {name!r} of {datatype} and shape {list(shape)} needs {expected} bytes, not {len(raw)}")
    if dtype.kind == "b":
        bits = np.frombuffer(raw, np.uint8)
        if bits.size and bits.max() > 1:
            raise BadRequest(f"input {name!r} is BOOL and holds a byte that is neither 0 nor 1")
    return _finite(name, np.frombuffer(raw, dtype).reshape(shape))


def to_json(values: NDArray[Any]) -> list[Any]:
    """The values as a flat list in row-major order."""
    flat: list[Any] = values.ravel().tolist()
    return flat


def to_raw(datatype: str, values: NDArray[Any]) -> bytes:
    """The values as little-endian bytes in row-major order."""
    return np.ascontiguousarray(values, DATATYPES[datatype]).tobytes()


def _flattened(name: str, shape: Sequence[int], data: object) -> Iterator[object]:
    if not isinstance(data, list):
        raise BadRequest(f"input {name!r} needs its data as a list")
    if not any(isinstance(item, list) for item in data):
        return iter(data)
    level = [data]
    for size in shape[:-1]:
        if any(len(part) != size or not all(isinstance(item, list) for item in part) for part in level):
            raise BadRequest(f"input {name!r} is not nested as its shape {list(shape)} says")
        level = list(chain.from_iterable(level))
    if any(len(part) != shape[-1] for part in level):
        raise BadRequest(f"input {name!r} is not nested as its shape {list(shape)} says")
    return chain.from_iterable(level)


def _check_kinds(name: str, datatype: str, dtype: np.dtype[Any], flat: list[object]) -> None:
    kinds = {type(value) for value in flat}
    allowed = KINDS.get(dtype.kind, {int})
    if not kinds <= allowed:
        found = ", ".join(sorted(kind.__name__ for kind in kinds - allowed))
        raise BadRequest(f"input {name!r} is {datatype} and holds values of another kind: {found}")


def _finite(name: str, values: NDArray[Any]) -> NDArray[Any]:
    if values.dtype.kind == "f" and not np.isfinite(values).all():
        where = np.argwhere(~np.isfinite(values))[0].tolist()
        raise BadRequest(f"input {name!r} is not finite at {where}; NaN and infinity are refused")
    return values
