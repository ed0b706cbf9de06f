"""Drawings of the table for the docs."""

from __future__ import annotations

from pathlib import Path

import matplotlib as mpl
from matplotlib.figure import Figure
from tests.bench.programming.arrays import Device
from tests.bench.programming.parts import BAND, DEVICES, GUARDS, SEEDS, TOLERANCES
from tests.bench.programming.players import NEURRAM, ORACLE, Played, Table, best_for

FOLDER = Path(__file__).parents[3] / "docs" / "explanation" / "programming"


def draw_guards(played: dict[str, list[Played]]) -> None:
    """Pulses against what is truly in band, one curve a policy, one point a guard."""
    figure = Figure(figsize=(6.4, 4.0), layout="constrained")
    axes = figure.subplots()
    for name, points in played.items():
        axes.plot([p.pulses for p in points], [p.true for p in points], "o-", label=name, markersize=4)
    for guard, point in zip(GUARDS, played["bayes"], strict=True):
        axes.annotate(f"{guard:g}", (point.pulses, point.true), (4, -11), textcoords="offset points", fontsize=8)
    axes.set(
        xscale="log",
        xlabel="pulses a cell",
        ylabel="truly in band, %",
        title=f"VTEAM, ±{100 * BAND:g} % of the range; guard 1.0 to 0.4 along each curve",
    )
    axes.grid(alpha=0.3, which="both")
    axes.legend(loc="lower right")
    _save(figure, "guards.svg")


def draw_league(table: Table) -> None:
    """Pulses a cell of every policy, a panel for each device."""
    figure = Figure(figsize=(9.0, 3.6), layout="constrained")
    panels = figure.subplots(1, len(DEVICES), sharey=True)
    for axes, preset in zip(panels, DEVICES, strict=True):
        device = Device(preset)
        names = [best_for(device), *([] if device.level_type else ["ekf"]), "vipi", "ispp", "alibart", NEURRAM]
        if not device.level_type:
            names.append(ORACLE)
        for name in names:
            played = [table.play(device, name, SEEDS, tolerance) for tolerance in TOLERANCES]
            style = "k--" if name == ORACLE else "o-"
            axes.plot([100 * t for t in TOLERANCES], [p.pulses for p in played], style, label=name, markersize=4)
        axes.set(xscale="log", yscale="log", xlabel="tolerance, % of the range", title=preset)
        axes.set_xticks([1, 2, 5], ["1", "2", "5"])
        axes.minorticks_off()
        axes.set_yticks([1, 2, 5, 10, 20, 50], ["1", "2", "5", "10", "20", "50"])
        axes.grid(alpha=0.3)
        axes.legend(fontsize=7)
    panels[0].set_ylabel("pulses a cell")
    _save(figure, "league.svg")


def _save(figure: Figure, name: str) -> None:
    mpl.rcParams["svg.hashsalt"] = "ohmloop"
    FOLDER.mkdir(exist_ok=True)
    figure.savefig(FOLDER / name, metadata={"Date": None})
