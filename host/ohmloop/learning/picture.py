"""A learning session as a PNG: how it went, and what it has cost every cell."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.learning.errors import SessionError
from ohmloop.learning.session import LEARNING, ROLLED_BACK, STATE, STEP, VERIFICATION, began
from ohmloop.programming.picture import new_figure, save_png

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ohmloop.store import Run

ACROSS = 3
"""Panels beside each other."""
SMALL, TINY = 8, 6
"""Letters of titles and of numbers, points."""


def draw_session(run: Run, path: Path) -> None:
    """Draw loss, score and pulses over the steps of a session, and the pulses that each cell of its arrays has had.

    Dots are verifications, dashed lines roll-backs; cells that were given up are crossed out.

    Raises SessionError for a run in which nothing was learned, ProgrammingError if matplotlib is missing.
    """
    if not run.has(STATE):
        raise SessionError(f"run {run.id} is no session in which anything was learned")
    events = run.events()
    moments = [event.data for event in events if event.kind == LEARNING]
    returns = [event.data["step"] for event in events if event.kind == ROLLED_BACK]
    boards, state = began(run)["boards"], run.get(STATE)
    rows = -(-len(boards) // ACROSS)
    figure = new_figure(10, 2.8 * (1 + rows))
    grid = figure.add_gridspec(1 + rows, ACROSS)
    score, loss, pulses = (figure.add_subplot(grid[0, column]) for column in range(ACROSS))
    panels = (
        (score, "score", "score of each batch; dots: verified"),
        (loss, "loss", "loss of each batch; dots: of what was verified"),
        (pulses, "pulses_a_cell", "pulses a cell, mean"),
    )
    for panel, name, title in panels:
        _over_steps(panel, [moment for moment in moments if moment["what"] == STEP], name, "-", "tab:blue")
        _over_steps(panel, [moment for moment in moments if moment["what"] == VERIFICATION], name, "o", "tab:orange")
        panel.set_title(title, fontsize=SMALL)
        panel.set_xlabel("step", fontsize=TINY + 1)
        panel.tick_params(labelsize=TINY)
        panel.locator_params(axis="x", integer=True)
        for step in returns:
            panel.axvline(step, color="black", linestyle="--", linewidth=0.7)
    most = max(1, *(int(state[f"array.{index}.pulses"].max()) for index in range(len(boards))))
    for index, board in enumerate(boards):
        panel = figure.add_subplot(grid[1 + index // ACROSS, index % ACROSS])
        held = np.isfinite(state[f"array.{index}.measured_s"])
        counts = np.where(held, state[f"array.{index}.pulses"], np.nan)
        image = _wear(panel, board, counts, state[f"array.{index}.stuck"], most)
        bar = figure.colorbar(image, ax=panel)
        bar.ax.tick_params(labelsize=TINY)
    save_png(figure, path)


def _over_steps(panel: Axes, moments: Sequence[Any], name: str, style: str, colour: str) -> None:
    known = [(moment["step"], moment[name]) for moment in moments if moment[name] is not None]
    if known:
        panel.plot(*zip(*known, strict=True), style, color=colour, markersize=3, linewidth=0.8)


def _wear(panel: Axes, board: str, counts: NDArray[np.float64], stuck: NDArray[np.float64], most: int) -> Any:
    image = panel.imshow(counts, vmin=0, vmax=most, cmap="viridis", interpolation="nearest", aspect="auto")
    rows, cols = np.nonzero(stuck)
    panel.scatter(cols, rows, marker="x", s=12, color="tab:red", linewidths=0.8)
    panel.set_title(f"{board}: pulses of each cell, {len(rows)} stuck", fontsize=SMALL)
    panel.tick_params(labelsize=TINY)
    return image
