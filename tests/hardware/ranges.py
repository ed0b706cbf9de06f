"""The ranges of board.toml by their names."""

from __future__ import annotations

from typing import Any


def entry(facts: dict[str, Any], which: str) -> dict[str, Any]:
    """The range `which`: L, M or H."""
    return next(each for each in facts["range"] if each["name"] == which)
