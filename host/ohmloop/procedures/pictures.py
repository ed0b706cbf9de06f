"""What experiments on a few cells found, as pictures."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ohmloop.procedures.iv_sweep import Curves
from ohmloop.procedures.probe import Place
from ohmloop.procedures.pulse_response import Response
from ohmloop.programming.picture import new_figure, save_png

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MICRO = 1e6
LEGEND_MAX = 10
"""Cells above which no legend is drawn."""


def draw_curves(curves: Curves, path: Path) -> None:
    """Currents over voltages, and how the conductance of each cell changes with them, into a PNG.

    Raises ProgrammingError if matplotlib is missing.
    """
    figure = new_figure(9, 3.4)
    currents, chords = figure.subplots(1, 2)
    currents.plot(curves.volts, MICRO * curves.currents_a, ".-", linewidth=0.8, markersize=3)
    _labels(currents, curves.place, "current (µA)", "read voltage (V)")
    conductances_s = curves.conductances_s
    chords.plot(curves.volts, 100 * (conductances_s / conductances_s[0] - 1), ".-", linewidth=0.8, markersize=3)
    chords.axhline(0, color="black", linewidth=0.5)
    _labels(chords, curves.place, "conductance against that at the first point (%)", "read voltage (V)")
    save_png(figure, path)


def draw_response(response: Response, path: Path) -> None:
    """Conductances over the number of pulses, SET trains shaded, into a PNG.

    Raises ProgrammingError if matplotlib is missing.
    """
    figure = new_figure(9, 3.4)
    axes = figure.subplots()
    trains = response.trains
    axes.plot(
        np.arange(len(response.conductances_s)), MICRO * response.conductances_s, ".-", linewidth=0.8, markersize=3
    )
    for cycle in range(trains.cycles):
        start = 2 * cycle * trains.pulses
        axes.axvspan(start, start + trains.pulses, color="tab:orange", alpha=0.12, linewidth=0)
    title = (
        f"SET {trains.set_v:.3f} V (shaded) and RESET {trains.reset_v:.3f} V, {MICRO * trains.width_s:g} µs: "
        "conductance (µS)"
    )
    _labels(axes, response.place, title, "pulses")
    save_png(figure, path)


def _labels(axes: Axes, place: Place, title: str, x: str) -> None:
    axes.set_title(title, fontsize=8)
    axes.set_xlabel(x, fontsize=7)
    axes.tick_params(labelsize=6)
    if len(place) <= LEGEND_MAX:
        cells = zip(place.rows.tolist(), place.cols.tolist(), strict=True)
        axes.legend([f"{row},{col}" for row, col in cells], fontsize=6, title="cell", title_fontsize=6)
