"""Durations as people write them: 500us, 30s, 5min, 1h, 1d."""

from __future__ import annotations

import re

from ohmloop.cli.failure import USAGE, CommandError

UNITS_S = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
LONGEST_S = 366 * 86400.0


def parse_duration_s(text: str) -> float:
    """Seconds. Raises CommandError, saying what a duration looks like."""
    match = re.fullmatch(rf"([0-9]+(?:\.[0-9]+)?)({'|'.join(UNITS_S)})", text.strip())
    seconds = float(match[1]) * UNITS_S[match[2]] if match else -1.0
    if not 0 < seconds <= LONGEST_S:
        raise CommandError(
            f"a duration looks like 30s, 5min, 1h or 1d (ns, us, ms too) and is at most a year, not {text!r}", USAGE
        )
    return seconds


def spoken(seconds: float) -> str:
    """A duration in the largest unit that it reaches: 3600 s are 1 h."""
    unit = next((name for name in ("d", "h", "min") if seconds >= UNITS_S[name]), "s")
    return f"{seconds / UNITS_S[unit]:.3g} {unit}"
