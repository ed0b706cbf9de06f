"""How long a board works on a request, estimated from above: time-outs are this plus the wait for the wire."""

from __future__ import annotations

from ohmloop.crossbar import PulseList, Readback, ReadConditions

LINES_S = 100e-6
"""Patterns, codes, settling and transfer around one pulse or one conversion (board description, §3: 20 to 55 us)."""

SAMPLE_S = 2e-6
"""One sample of an average: 324 us for 256 (converter data sheet), rounded up."""

RANGES_TRIED = 3
"""AUTO converts in up to three ranges."""


def reads_s(cells: int, conditions: ReadConditions) -> float:
    """Time to read a list of cells that share no conversion, s."""
    return cells * RANGES_TRIED * (LINES_S + conditions.averages * SAMPLE_S)


def pulses_s(pulses: PulseList, readback: Readback, conditions: ReadConditions) -> float:
    """Time for an exchange of pulses and its read-back, s."""
    reads = 0 if readback is Readback.NONE else len(pulses)
    return float(pulses.widths_s.sum()) + len(pulses) * LINES_S + reads_s(reads, conditions)
