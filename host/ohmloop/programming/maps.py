"""Maps of programmed arrays as a PNG."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ohmloop.programming.errors import ProgrammingError
from ohmloop.programming.picture import new_figure, save_png
from ohmloop.programming.report import Report

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MICROSIEMENS = 1e6
PERCENT = 100
BINS = 61


def draw_maps(reports: Sequence[Report], path: Path) -> None:
    """Draw target, achieved and error map of every board, and the histogram of all errors, into a PNG.

    Errors are in percent of the conductance range, the scale of their map three times the tolerance band; cells that
    were given up are crossed out.

    Raises ProgrammingError if there is nothing to draw, or if matplotlib is missing: it comes with the `plot` extra.
    """
    if not reports:
        raise ProgrammingError("there are no reports to draw")
    figure = new_figure(10, 2.9 * len(reports) + 2.6)
    grid = figure.add_gridspec(len(reports) + 1, 3)
    for row, report in enumerate(reports):
        axes = [figure.add_subplot(grid[row, column]) for column in range(3)]
        _maps(figure, axes, report)
    _histogram(figure.add_subplot(grid[len(reports), :]), reports)
    save_png(figure, path)


def _maps(figure: Figure, axes: Sequence[Axes], report: Report) -> None:
    low, high = (MICROSIEMENS * g for g in (report.profile.g_min_s, report.profile.g_max_s))
    band = PERCENT * report.acceptance.tolerance
    panels = (
        ("target", "µS", MICROSIEMENS * report.targets_s, low, high, "viridis"),
        ("achieved", "µS", MICROSIEMENS * report.measured_s, low, high, "viridis"),
        ("error", "% of range", PERCENT * report.errors, -3 * band, 3 * band, "RdBu_r"),
    )
    for panel, (what, unit, values, least, most, colours) in zip(axes, panels, strict=True):
        image = panel.imshow(values, vmin=least, vmax=most, cmap=colours, interpolation="nearest", aspect="auto")
        panel.set_title(f"{report.board}: {what}", fontsize=8)
        panel.tick_params(labelsize=6)
        bar = figure.colorbar(image, ax=panel)
        bar.set_label(unit, fontsize=7)
        bar.ax.tick_params(labelsize=6)
    rows, cols = [failure.row for failure in report.failures], [failure.col for failure in report.failures]
    axes[2].scatter(cols, rows, marker="x", s=12, color="black", linewidths=0.8)


def _histogram(axes: Axes, reports: Sequence[Report]) -> None:
    errors = np.concatenate([report.errors[report.accepted] for report in reports]) * PERCENT
    band = PERCENT * max(report.acceptance.tolerance for report in reports)
    axes.hist(errors, bins=list(np.linspace(-2 * band, 2 * band, BINS)), color="tab:blue")
    for edge in (-band, band):
        axes.axvline(edge, color="black", linestyle="--", linewidth=0.8)
    declared = sum(report.totals.accepted for report in reports)
    cells = sum(report.totals.cells for report in reports)
    axes.set_title(f"last measured error of {declared} of {cells} cells; dashed: tolerance band", fontsize=8)
    axes.set_xlabel("% of range", fontsize=7)
    axes.tick_params(labelsize=6)
