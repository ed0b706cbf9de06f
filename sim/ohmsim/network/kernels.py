"""How the network's kernels in C see numpy's arrays."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmsim._kernels import ffi, lib

__all__ = ["aligned", "ffi", "lib", "pointer", "within"]

Floats = NDArray[np.float64]

LINE = 8
"""Doubles in a cache line."""


def aligned(*shape: int) -> Floats:
    """Memory that begins a cache line; numpy's begins 16 bytes into one, where every wide store straddles two."""
    memory = np.empty(math.prod(shape) + LINE - 1)
    first = -int(ffi.cast("uintptr_t", pointer(memory))) % (LINE * memory.itemsize)
    return np.ndarray(shape, np.float64, memory, first)


def pointer(array: Floats) -> Any:
    """The data of a C-ordered array; valid as long as the array lives."""
    return ffi.from_buffer("double[]", array)


def within(array: Floats, low: float, high: float, *, gaps: bool = False) -> bool:
    """Whether every value of a C-ordered array is from low to high; with `gaps` some may be no number."""
    return bool(lib.ohm_within(array.size, pointer(array), low, high, gaps))
