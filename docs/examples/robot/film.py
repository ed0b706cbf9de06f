"""A strip of pictures: the same worlds, driven by one controller after the other."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from world import INNER_M, OUTER_M, Floats, Worlds

SHOWN = 4
"""Worlds in the strip."""


def draw(films: Sequence[tuple[str, Worlds, Floats]], path: Path) -> None:
    """One row a controller (title, its worlds at the end, its tracks), one column a world; written as PNG."""
    figure = Figure(figsize=(2.6 * SHOWN, 2.75 * len(films)), layout="constrained")
    axes = figure.subplots(len(films), SHOWN, squeeze=False)
    for line, (title, worlds, tracks) in zip(axes, films, strict=True):
        for world, ax in enumerate(line):
            ax.add_patch(Circle((0, 0), OUTER_M, fill=False, color="0.2"))
            ax.add_patch(Circle((0, 0), INNER_M, color="0.85", ec="0.2"))
            for x, y, radius in worlds.pillars[world]:
                ax.add_patch(Circle((x, y), radius, color="0.55"))
            x, y = tracks[:, world].T
            ax.plot(x, y, lw=1.2, color="tab:blue")
            ax.plot(x[0], y[0], "o", ms=4, color="tab:blue")
            if worlds.crashed[world]:
                ax.plot(x[-1], y[-1], "x", ms=10, mew=2.5, color="tab:red")
            ax.set(xlim=(-3.1, 3.1), ylim=(-3.1, 3.1), xticks=[], yticks=[], aspect="equal")
        round_share = float(np.mean(worlds.arrived))
        line[0].set_ylabel(f"{title}\n{round_share:.0%} came round")
    figure.savefig(path, dpi=90)
