"""Parameters with a unit and a validity: every model states both, and nothing outside is accepted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import Field, dataclass, field, fields
from math import isfinite
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from ohmsim.errors import ParameterError

if TYPE_CHECKING:

    class Parameters(Protocol):
        """A frozen dataclass whose fields were made by `bounded`."""

        __dataclass_fields__: ClassVar[dict[str, Field[Any]]]


P = TypeVar("P", bound="Parameters")


@dataclass(frozen=True, slots=True)
class Validity:
    """The closed interval in which a parameter makes sense, and its unit ("" for a fraction or a count)."""

    low: float
    high: float
    unit: str

    def __str__(self) -> str:
        unit = f" {self.unit}" if self.unit else ""
        return f"from {self.low:g} to {self.high:g}{unit}"


def bounded(default: float, low: float, high: float, unit: str = "") -> float:
    """A dataclass field with a default and a validity. Declared as the number that it holds."""
    number: float = field(default=default, metadata={"validity": Validity(low, high, unit)})
    return number


def validities(kind: type[Parameters]) -> Iterator[tuple[str, Validity]]:
    """Names and validities of a parameter class."""
    for each in fields(kind):
        yield each.name, each.metadata["validity"]


def checked(kind: type[P], values: Mapping[str, object], prefix: str = "") -> P:
    """Build a parameter class from named values; what is not named keeps its default.

    Raises ParameterError, naming `prefix` and the parameter, for an unknown name, a value that is no finite number,
    and a value outside its validity.
    """
    known = dict(validities(kind))
    for name, value in values.items():
        if name not in known:
            raise ParameterError(f"{prefix}{name}", value, f"one of {', '.join(sorted(known))}")
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise ParameterError(f"{prefix}{name}", value, f"a number {known[name]}")
        if not known[name].low <= value <= known[name].high:
            raise ParameterError(f"{prefix}{name}", value, str(known[name]))
    return kind(**values)
