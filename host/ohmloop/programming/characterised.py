"""What was measured of a device, as a picture: staircases with the fitted curves, and what pulses do to other cells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import Bias
from ohmloop.programming.characterisation import Characterisation
from ohmloop.programming.picture import new_figure, save_png
from ohmloop.programming.population import LevelPopulation, RatePopulation

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MICROSIEMENS = 1e6
SIDES = ((1, "SET"), (-1, "RESET"))


def draw_characterisation(measured: Characterisation, path: Path) -> None:
    """Draw what a characterisation found into a PNG.

    Steps of a rate-type device are drawn as the part of the way to the bound that a pulse took the cell, each cell in a
    colour of its own, with the curve of the typical cell and of cells two standard deviations off; those of a
    level-type device as the conductance that each RESET amplitude led to, with the mean curve.

    Raises ProgrammingError if matplotlib is missing.
    """
    figure = new_figure(11, 3.6)
    axes = figure.subplots(1, 3)
    population = measured.population
    if isinstance(population, RatePopulation):
        for panel, (way, name) in zip(axes[:2], SIDES, strict=True):
            _rate_side(panel, measured, population, way, name)
    else:
        _set_side(axes[0], measured)
        _level_side(axes[1], measured, population)
    _disturbances(axes[2], measured)
    device = measured.origin.get("device", "device")
    figure.suptitle(
        f"{device}: {measured.kind}-type, {len(measured.places)} cells, {measured.pulses} pulses", fontsize=9
    )
    save_png(figure, path)


def _rate_side(axes: Axes, measured: Characterisation, population: RatePopulation, way: int, name: str) -> None:
    steps = measured.records.chosen(way * measured.records.volts > 0)
    curve, other = (population.set, population.reset) if way > 0 else (population.reset, population.set)
    volts = np.abs(steps.volts)
    part = way * (steps.after_s - steps.before_s) / curve.window_s(steps.before_s, other.bound_s)
    # What a pulse of another width would have done with the width that the curve is of.
    rates = -np.log1p(-np.clip(part, -0.05, 0.99)) * population.width_s / steps.widths_s
    axes.scatter(
        volts, np.clip(-np.expm1(-rates), -0.05, 1.05), c=steps.cells, cmap="tab10", s=8, alpha=0.7, linewidths=0
    )
    drawn_v = np.linspace(volts.min() * 0.95, volts.max() * 1.05, 200)
    for shift, style in ((-2, ":"), (0, "-"), (2, ":")):
        threshold_v = np.array(curve.threshold_v + shift * curve.threshold_spread_v)
        axes.plot(drawn_v, -np.expm1(-np.exp(curve.log_rate(drawn_v, threshold_v))), "k" + style, linewidth=1)
    _labels(axes, f"{name}: part of the way by one pulse", "amplitude (V)")


def _set_side(axes: Axes, measured: Characterisation) -> None:
    steps = measured.records.chosen(measured.records.volts > 0)
    axes.hist(MICROSIEMENS * steps.after_s, bins=12, color="tab:blue")
    _labels(axes, "after a complete SET", "conductance (µS)")


def _level_side(axes: Axes, measured: Characterisation, population: LevelPopulation) -> None:
    steps = measured.records.chosen(measured.records.volts < 0)
    axes.scatter(-steps.volts, MICROSIEMENS * steps.after_s, c=steps.cells, cmap="tab10", s=8, alpha=0.7, linewidths=0)
    reached_s = population.low_s - np.array(population.depths) * (population.low_s - population.floor_s)
    axes.plot(population.volts, MICROSIEMENS * reached_s, "k-", linewidth=1)
    _labels(axes, "RESET: conductance after each amplitude (µS)", "amplitude (V)")


def _disturbances(axes: Axes, measured: Characterisation) -> None:
    if not measured.disturbances:
        axes.text(0.5, 0.5, "isolated cells:\nnot measured", ha="center", va="center", fontsize=8)
        axes.set_axis_off()
        return
    names, values = [], []
    for disturbance in measured.disturbances:
        scheme = "V/2" if disturbance.bias is Bias.HALF else "V/3"
        names.append(f"{scheme} {'SET' if disturbance.way > 0 else 'RESET'}\n{disturbance.volts:.2f} V")
        values.append(_percent(np.array(disturbance.rates)))
    axes.boxplot(values, whis=(5, 95), showfliers=False)
    axes.set_xticks(range(1, len(names) + 1), names)
    axes.axhline(0, color="black", linewidth=0.5)
    _labels(axes, "one pulse moves other cells by (% of their way)", "")


def _percent(rates: NDArray[np.float64]) -> NDArray[np.float64]:
    return -100 * np.expm1(-rates)


def _labels(axes: Axes, title: str, x: str) -> None:
    axes.set_title(title, fontsize=8)
    axes.set_xlabel(x, fontsize=7)
    axes.tick_params(labelsize=6)
