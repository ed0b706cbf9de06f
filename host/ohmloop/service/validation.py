"""What pydantic found wrong, in one line."""

from __future__ import annotations

from pydantic import ValidationError


def readable(error: ValidationError) -> str:
    """The first complaint: where, and what is wrong there."""
    first = error.errors(include_url=False)[0]
    where = ".".join(str(part) for part in first["loc"]) or "the request"
    said = first["msg"].removeprefix("Value error, ")
    return f"{where}: {said[0].lower()}{said[1:]}"
