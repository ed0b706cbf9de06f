"""Size of an array."""

from __future__ import annotations

import re
from dataclasses import dataclass

MAX_LINES = 128
"""Largest number of rows or columns that the wire and the engine address."""


@dataclass(frozen=True, slots=True)
class Geometry:
    """Rows (driven lines) and columns (sensed lines) of one array, 1 to 128 each."""

    rows: int
    cols: int

    def __post_init__(self) -> None:
        for name, lines in (("rows", self.rows), ("cols", self.cols)):
            if not 1 <= lines <= MAX_LINES:
                raise ValueError(f"{name} must be 1 to {MAX_LINES}, not {lines}")

    @classmethod
    def parse(cls, text: str) -> Geometry:
        """Read `8x8`. Raises ValueError for anything else."""
        match = re.fullmatch(r"(\d{1,3})x(\d{1,3})", text)
        if match is None:
            raise ValueError(f"a geometry looks like 8x8, not {text!r}")
        return cls(int(match[1]), int(match[2]))

    @property
    def cells(self) -> int:
        """Number of cells."""
        return self.rows * self.cols

    def __str__(self) -> str:
        return f"{self.rows}x{self.cols}"
