"""How models written in C see numpy's arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmsim._cells import ffi, lib
from ohmsim.devices.base import Cells, Floats, Ordinals

__all__ = ["Kernel", "event", "lib", "pointer"]


class Kernel:
    """A struct of the kernels' header with its arrays, which it keeps alive.

    Args:
        name: of the struct.
        fields: numbers, arrays of numbers that the struct holds, arrays that it points to, and pairs of either.
    """

    def __init__(self, name: str, **fields: Any) -> None:
        self._kept: list[Any] = []
        self.model = ffi.new(f"{name} *")
        for field, value in fields.items():
            if isinstance(value, np.ndarray) and _held(self.model, field):
                value = value.tolist()
            setattr(self.model, field, self._seen(value))

    def _seen(self, value: Any) -> Any:
        if isinstance(value, tuple):
            return [self._seen(each) for each in value]
        if not isinstance(value, np.ndarray):
            return value
        view = pointer(value)
        self._kept.append(view)
        return view


_TYPES = {"f4": "float[]", "f8": "double[]", "u8": "uint64_t[]", "i8": "int64_t[]", "i1": "int8_t[]"}


def pointer(array: NDArray[Any]) -> Any:
    """The data of a C-ordered array."""
    return ffi.from_buffer(_TYPES[array.dtype.str[1:]], array)


def event(cells: Cells, volts: Floats, ordinals: Ordinals) -> tuple[Any, Any, Any]:
    """Pointers to what an event consists of."""
    return (
        ffi.from_buffer("int64_t[]", np.ascontiguousarray(cells, np.int64)),
        ffi.from_buffer("double[]", np.ascontiguousarray(volts, np.float64)),
        ffi.from_buffer("uint64_t[]", np.ascontiguousarray(ordinals, np.uint64)),
    )


def _held(struct: Any, field: str) -> bool:
    kind = dict(ffi.typeof(struct).item.fields)[field].type
    return bool(kind.kind == "array" and kind.item.kind == "primitive")
