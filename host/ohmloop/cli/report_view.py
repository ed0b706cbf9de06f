"""The report of a campaign on a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, log10
from typing import TYPE_CHECKING

from ohmloop.cli.duration import spoken
from ohmloop.cli.output import print_table

if TYPE_CHECKING:
    from ohmloop.programming import Report

BINS, WIDTH = 13, 40
"""Bars of the histogram of errors, and the length of the longest."""

FAILURES_SHOWN = 10


def print_reports(reports: Sequence[Report]) -> None:
    """What came of each board, the spread of the errors, later readings, and the cells that were given up."""
    known = any(report.true_in_band is not None for report in reports)
    print_table(
        (
            "board",
            "outcome",
            "cells",
            "in band",
            *(("truly",) if known else ()),
            "pulses a cell",
            "reads a cell",
            "stress",
            "took",
        ),
        [_line(report, known) for report in reports],
    )
    for report in reports:
        print_table(("error", "cells", ""), _histogram(report))
        if report.rechecks:
            print_table(("read again after", "in band", "rms error"), _later(report))
        if report.failures:
            print_table(("row", "col", "given up for", "target", "last", "pulses"), _failures(report))
        if report.residuals is not None and report.residuals.note():
            print(f"{report.board}: {report.residuals.note()}")


def _line(report: Report, known: bool) -> tuple[object, ...]:
    said = report.summary()
    pulses, reads = said["pulses_per_cell"], said["reads_per_cell"]
    true = report.true_in_band
    return (
        report.board,
        report.outcome.value,
        report.totals.cells,
        f"{report.declared_in_band:.2%}",
        *(("unknown" if true is None else f"{true:.2%}",) if known else ()),
        f"{pulses['mean']:.1f}, p99 {pulses['p99']:.0f}",
        f"{reads['mean']:.1f}, p99 {reads['p99']:.0f}",
        f"{said['stress_s_per_cell']['mean'] * 1e6:.0f} µs",
        f"{report.totals.elapsed_s:.1f} s",
    )


def _histogram(report: Report) -> list[tuple[str, int, str]]:
    import numpy as np  # only when a report is shown

    errors = report.errors[np.isfinite(report.errors)]
    band = report.acceptance.tolerance
    edges = np.linspace(-BINS / 6 * band, BINS / 6 * band, BINS + 1)
    edges[0], edges[-1] = -np.inf, np.inf
    places = max(2, 1 - floor(log10(100 * band)))
    counts, _ = np.histogram(errors, edges)
    most = max(int(counts.max(initial=0)), 1)
    lines = []
    for count, low, high in zip(counts.tolist(), edges[:-1], edges[1:], strict=True):
        below, above = f"{low:+.{places}%}", f"{high:+.{places}%}"
        name = f"< {above}" if np.isinf(low) else f"> {below}" if np.isinf(high) else f"{below} … {above}"
        lines.append((name, count, "█" * round(WIDTH * count / most)))
    return lines


def _later(report: Report) -> list[tuple[str, str, str]]:
    tolerance, span_s = report.acceptance.tolerance, report.profile.span_s
    lines = []
    for found in report.rechecks:
        said = found.summary(report.targets_s, span_s, tolerance)
        lines.append((spoken(found.after_s), f"{said['in_band']:.2%}", f"{said['error'].get('rms', 0.0):.2%}"))
    return lines


def _failures(report: Report) -> list[tuple[object, ...]]:
    lines: list[tuple[object, ...]] = [
        (
            failure.row,
            failure.col,
            f"{failure.reason.value} ({failure.finding.value})",
            f"{failure.target_s * 1e6:.2f} µS",
            f"{failure.measured_s * 1e6:.2f} µS",
            len(failure.history),
        )
        for failure in report.failures[:FAILURES_SHOWN]
    ]
    if len(report.failures) > FAILURES_SHOWN:
        lines.append(("", "", f"and {len(report.failures) - FAILURES_SHOWN} more", "", "", ""))
    return lines
