"""How the network's kernels in C see numpy's arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmsim._kernels import ffi, lib

__all__ = ["ffi", "lib", "pointer", "within"]

Floats = NDArray[np.float64]


def pointer(array: Floats) -> Any:
    """The data of a C-ordered array; valid as long as the array lives."""
    return ffi.from_buffer("double[]", array)


def within(array: Floats, low: float, high: float, *, gaps: bool = False) -> bool:
    """Whether every value of a C-ordered array is from low to high; with `gaps` some may be no number."""
    return bool(lib.ohm_within(array.size, pointer(array), low, high, gaps))
