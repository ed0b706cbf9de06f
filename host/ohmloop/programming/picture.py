"""Figures as PNG files, drawn without a display."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from ohmloop.programming.errors import ProgrammingError
from ohmloop.store.replacing import replacing

if TYPE_CHECKING:
    from matplotlib.figure import Figure

DOTS_PER_INCH = 120


def new_figure(width_in: float, height_in: float) -> Figure:
    """An empty figure. Raises ProgrammingError if matplotlib is missing: it comes with the `plot` extra."""
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ProgrammingError("drawing needs matplotlib: install ohmloop[plot]") from error
    figure = Figure(figsize=(width_in, height_in), layout="constrained")
    FigureCanvasAgg(figure)
    return figure


def save_png(figure: Figure, path: Path) -> None:
    """Write a figure; a file that is there is replaced whole or not at all."""
    with replacing(path) as file:
        figure.savefig(file, dpi=DOTS_PER_INCH, format="png")
