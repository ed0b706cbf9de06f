"""Plain JSON values into the fields of a population, with errors that name the field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from math import isfinite
from typing import Any

from ohmloop.programming.errors import PopulationError


def taken(kind: type, values: Any) -> dict[str, Any]:
    """The values of exactly the fields of the dataclass `kind`. Raises PopulationError."""
    wanted = {field.name for field in fields(kind)}
    if not isinstance(values, Mapping) or set(values) != wanted:
        given = sorted(values) if isinstance(values, Mapping) else values
        raise PopulationError(f"{kind.__name__} has the fields {sorted(wanted)}, not {given}")
    return dict(values)


def finite(name: str, value: Any) -> float:
    """A finite number. Raises PopulationError."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise PopulationError(f"{name} must be a finite number, not {value!r}")
    return float(value)


def count(name: str, value: Any) -> int:
    """A whole number from 0 on. Raises PopulationError."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise PopulationError(f"{name} must be a whole number from 0 on, not {value!r}")
    return value


def require(condition: bool, what: str) -> None:
    """Raise PopulationError with `what` unless the condition holds."""
    if not condition:
        raise PopulationError(what)
