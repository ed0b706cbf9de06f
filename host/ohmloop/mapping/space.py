"""Room on arrays: what is free, and what the next part of a layer takes of it."""

from __future__ import annotations

from dataclasses import dataclass

from ohmloop.crossbar import Geometry
from ohmloop.mapping.errors import MappingError


@dataclass(frozen=True, slots=True)
class ArraySpace:
    """An array to place tiles on; dead lines are skipped.

    Raises MappingError for a dead line outside the array.
    """

    geometry: Geometry
    dead_rows: frozenset[int] = frozenset()
    dead_cols: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        for name, dead, lines in (
            ("row", self.dead_rows, self.geometry.rows),
            ("column", self.dead_cols, self.geometry.cols),
        ):
            outside = sorted(line for line in dead if not 0 <= line < lines)
            if outside:
                raise MappingError(f"dead {name} {outside[0]} lies outside the {self.geometry} array")

    @property
    def rows(self) -> tuple[int, ...]:
        """Rows that can be used."""
        return tuple(row for row in range(self.geometry.rows) if row not in self.dead_rows)

    @property
    def cols(self) -> tuple[int, ...]:
        """Columns that can be used."""
        return tuple(col for col in range(self.geometry.cols) if col not in self.dead_cols)


@dataclass(frozen=True, slots=True)
class Rectangle:
    """Rows `top` to `top + height` and columns `left` to `left + width`, the ends not included."""

    top: int
    left: int
    height: int
    width: int

    @property
    def area(self) -> int:
        """Cells."""
        return self.height * self.width


class FreeSpace:
    """What is still free on an array, in lines that can be used, as rectangles that do not overlap."""

    def __init__(self, rows: int, cols: int) -> None:
        self._free = [Rectangle(0, 0, rows, cols)] if rows and cols else []

    def best(self, height: int, width: int, step: int) -> Rectangle | None:
        """The largest part of height × width that fits, its width a multiple of `step`; None if nothing fits."""
        parts = [
            Rectangle(free.top, free.left, min(height, free.height), min(width, free.width // step * step))
            for free in self._free
        ]
        return max((part for part in parts if part.area), key=lambda part: part.area, default=None)

    def take(self, part: Rectangle) -> None:
        """Take a part found by `best`; what is left of its rectangle is cut in two, the larger one whole."""
        free = next(free for free in self._free if (free.top, free.left) == (part.top, part.left))
        self._free.remove(free)
        below, right = free.height - part.height, free.width - part.width
        if below * free.width >= right * free.height:
            pieces = (
                Rectangle(part.top + part.height, part.left, below, free.width),
                Rectangle(part.top, part.left + part.width, part.height, right),
            )
        else:
            pieces = (
                Rectangle(part.top + part.height, part.left, below, part.width),
                Rectangle(part.top, part.left + part.width, free.height, right),
            )
        self._free += [piece for piece in pieces if piece.area]
