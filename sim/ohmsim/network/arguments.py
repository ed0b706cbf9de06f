"""Checks of what a network is made of: every refusal names the parameter and its range."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmsim.errors import ParameterError
from ohmsim.network.kernels import within

Floats = NDArray[np.float64]

LARGEST = float(np.finfo(np.float64).max)
LINES_MAX = 4096
"""Lines of one side: an array of this side fills a workstation's memory."""


def line_count(name: str, given: object) -> int:
    """A number of lines."""
    if isinstance(given, bool) or not isinstance(given, int | np.integer) or not 1 <= given <= LINES_MAX:
        raise ParameterError(name, given, f"a whole number from 1 to {LINES_MAX}")
    return int(given)


def numbers(name: str, given: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Numbers of a shape, or broadcast to it, in memory of their own order."""
    try:
        array = np.asarray(given, dtype=np.float64)
        if array.ndim == 0:
            return np.full(shape, array)
        if array.shape != shape:
            array = np.broadcast_to(array, shape)
        return np.ascontiguousarray(array)
    except (ValueError, TypeError) as error:
        raise ParameterError(name, given, f"numbers of shape {shape}") from error


def conductances(name: str, given: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Conductances, S: finite and not negative."""
    array = numbers(name, given, shape)
    if not within(array, 0.0, LARGEST):
        _refuse(name, array, np.isfinite(array) & (array >= 0), "finite and not below 0 S")
    return array


def resistances(name: str, given: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Resistances, ohm: not negative; infinite where something is open."""
    array = numbers(name, given, shape)
    if not within(array, 0.0, np.inf):
        _refuse(name, array, array >= 0, "not below 0 ohm, infinite for open")
    return array


def voltages(name: str, given: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Voltages of line drivers, V: finite, or not a number where the driver is disconnected."""
    array = numbers(name, given, shape)
    if not within(array, -LARGEST, LARGEST, gaps=True):
        _refuse(name, array, ~np.isinf(array), "finite, or not a number for a floating line")
    return array


def currents(name: str, given: ArrayLike, shape: tuple[int, ...]) -> Floats:
    """Currents, A: finite."""
    array = numbers(name, given, shape)
    if not within(array, -LARGEST, LARGEST):
        _refuse(name, array, np.isfinite(array), "finite")
    return array


def _refuse(name: str, array: Floats, fine: NDArray[np.bool_], valid: str) -> None:
    place = np.unravel_index(int(np.argmin(fine)), array.shape)
    where = f"[{', '.join(str(int(k)) for k in place)}]" if place else ""
    raise ParameterError(name + where, float(array[place]), valid)
