"""Whether maps can be drawn, asked before anything else is done."""

from __future__ import annotations

from importlib.util import find_spec

from ohmloop.cli.failure import CommandError


def check_can_draw() -> None:
    """Raises CommandError if matplotlib is missing."""
    if find_spec("matplotlib") is None:
        raise CommandError("drawing maps needs matplotlib: install ohmloop[plot]")
