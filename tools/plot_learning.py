"""Draws the figures of docs/explanation/learning.md from the rows in docs/results/learning.json.

Needs matplotlib. `python tools/plot_learning.py [FOLDER]`
"""

from __future__ import annotations

import json
import re
import sys
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure

DOCS = Path(__file__).parents[1] / "docs"
FOLDER = DOCS / "explanation" / "learning"
Row = dict[str, Any]

NETWORKS = {
    "digits": "two layers, pixels",
    "digits from 16 principal components": "one layer, principal components",
}
LOWEST = -40
BASELINES = ("software bias", "bias only", "bias and scale")
DEPTHS = (2, 3, 4, 5, 6)
TAUGHT = ("backpropagation", "feedback alignment")
ARRIVALS = ("a new class", "another writer")
HOW = ("before", "delta on the chip", "sgd on the chip")
WHAT = {"what was known": "tab:blue", "what is new": "tab:orange"}


def rows() -> dict[str, Row]:
    """The rows by their cases."""
    return {row["case"]: row for row in json.loads((DOCS / "results" / "learning.json").read_text())["rows"]}


def draw_recovered(axes: Axes, found: dict[str, Row], network: str) -> None:
    """Part of the lost accuracy that came back over pulses a cell, a point a rule; at LOWEST what is even lower."""
    begin = f"{network}, 10 % stuck and a week: lost accuracy recovered by "
    for case, row in found.items():
        if not case.startswith(begin):
            continue
        name = case.removeprefix(begin)
        spent = re.search(r"([\d.]+) pulses a cell", row["note"])
        assert spent is not None, f"the note of {case} says no pulses"
        style = "s" if name in BASELINES else "o"
        place = float(spent[1]), max(row["ours"], LOWEST)
        axes.errorbar(*place, row["interval"], fmt=style, capsize=3, markersize=5, label=name)
    axes.axhline(80, color="black", linestyle="--", linewidth=0.8)
    axes.set(title=NETWORKS[network], xlabel="pulses a cell, mean", xlim=(-0.1, 3.1), ylim=(LOWEST - 5, 140))


def draw_depth(axes: Axes, found: dict[str, Row], taught: str) -> None:
    """Accuracy over depth after each way of sending errors back."""
    cases = [f"depth {depth}, taught by {taught}: feedback alignment against" for depth in DEPTHS]
    measured = [found[f"{case} measured conductances"] for case in cases]
    biased = [found[f"{case} a biased transposed read"] for case in cases]
    ours, intervals = [row["ours"] for row in measured], [row["interval"] for row in measured]
    axes.errorbar(DEPTHS, ours, intervals, fmt="o-", capsize=3, label="direct feedback alignment")
    axes.plot(DEPTHS, [row["peer"] for row in measured], "s-", label="backpropagation, measured conductances")
    axes.plot(DEPTHS, [row["peer"] for row in biased], "^-", label="backpropagation, biased transposed read")
    axes.plot(DEPTHS, [damaged(row) for row in measured], ":", color="0.4", label="damaged, before learning")
    axes.set(title=f"taught by {taught}", xlabel="layers", xticks=DEPTHS, ylim=(0, 100))


def damaged(row: Row) -> float:
    """Accuracy before learning, from the note of a row."""
    said = re.search(r"damaged ([\d.]+) %", row["note"])
    assert said is not None, f"the note of {row['case']} says nothing of the damage"
    return float(said[1])


def draw_arrival(axes: Axes, found: dict[str, Row], arrival: str) -> None:
    """Accuracy on what was known and what is new: before, after each rule, and when taught and programmed anew."""
    for shift, (what, colour) in zip((-0.2, 0.2), WHAT.items(), strict=True):
        shown = [found[f"{arrival}: accuracy on {what}, {how}"] for how in HOW]
        heights = [*(row["ours"] for row in shown), shown[0]["peer"]]
        errors = [*(row["interval"] for row in shown), 0.0]
        places = [index + shift for index in range(len(heights))]
        axes.bar(places, heights, 0.38, color=colour, yerr=errors, capsize=3, label=what)
    spent = [0.0, *(found[f"{arrival}: pulses a cell, {how}"]["ours"] for how in HOW[1:])]
    spent.append(found[f"{arrival}: pulses a cell, {HOW[1]}"]["peer"])
    names = [*(how.replace(" on the chip", "") for how in HOW), "anew"]
    labels = [f"{name}\n{pulses:.2g}" for name, pulses in zip(names, spent, strict=True)]
    axes.set(title=arrival, xlabel="pulses a cell below each", ylim=(0, 105))
    axes.set_xticks(range(len(labels)), labels)


def figure(name: str, label: str, panels: list[Any], folder: Path) -> None:
    """Panels side by side, with one legend."""
    drawn = Figure(figsize=(4.4 * len(panels), 3.9), layout="constrained")
    axes = drawn.subplots(1, len(panels), sharey=True)
    for ax, panel in zip(axes, panels, strict=True):
        panel(ax)
        ax.grid(alpha=0.3)
    axes[0].set_ylabel(label)
    drawn.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=3, fontsize=8, frameon=False)
    folder.mkdir(parents=True, exist_ok=True)
    drawn.savefig(folder / name, dpi=110)


def main() -> None:
    """All figures."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    found = rows()
    panels: list[Any] = [lambda ax, n=network: draw_recovered(ax, found, n) for network in NETWORKS]
    figure("recovered.png", "lost accuracy recovered, %", panels, folder)
    panels = [lambda ax, t=taught: draw_depth(ax, found, t) for taught in TAUGHT]
    figure("depth.png", "accuracy, %", panels, folder)
    panels = [lambda ax, a=arrival: draw_arrival(ax, found, a) for arrival in ARRIVALS]
    figure("continual.png", "accuracy, %", panels, folder)


if __name__ == "__main__":
    main()
