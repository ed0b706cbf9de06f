"""Arrays as bytes, and values of the crossbar as JSON, exactly and back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmloop.crossbar import Bias, CurrentRange, ReadConditions, Setup

JSON: TypeAlias = "bool | int | float | str | Sequence[JSON] | Mapping[str, JSON] | None"

FLOAT = "<f8"
CELL = "<i4"


def pack(values: ArrayLike, dtype: str) -> bytes:
    """The bytes of an array, C order, in a little-endian dtype."""
    return np.ascontiguousarray(values, dtype=dtype).tobytes()


def unpack(data: bytes, dtype: str, shape: Sequence[int] | None = None) -> NDArray[Any]:
    """An array of `dtype` in native byte order, a vector unless `shape` is given."""
    values = np.frombuffer(data, dtype=dtype)
    return values.astype(values.dtype.newbyteorder("="), copy=True).reshape(-1 if shape is None else tuple(shape))


def dump(value: Mapping[str, JSON]) -> str:
    """JSON text with its keys in order. Raises ValueError for NaN and infinities, TypeError for strange values."""
    return json.dumps(value, sort_keys=True, allow_nan=False)


def dump_conditions(conditions: ReadConditions) -> str:
    """Read conditions as JSON text."""
    return dump(_conditions(conditions))


def load_conditions(text: str) -> ReadConditions:
    """What `dump_conditions` wrote."""
    return _load_conditions(json.loads(text))


def dump_setup(setup: Setup) -> str:
    """A set-up as JSON text."""
    return dump({"read": _conditions(setup.read), "bias": setup.bias, "pulse_range": setup.pulse_range})


def load_setup(text: str) -> Setup:
    """What `dump_setup` wrote."""
    value = json.loads(text)
    return Setup(_load_conditions(value["read"]), Bias(value["bias"]), CurrentRange(value["pulse_range"]))


def _conditions(conditions: ReadConditions) -> dict[str, JSON]:
    return {"volts": conditions.volts, "averages": conditions.averages, "current_range": conditions.current_range}


def _load_conditions(value: Mapping[str, Any]) -> ReadConditions:
    return ReadConditions(value["volts"], value["averages"], CurrentRange(value["current_range"]))
