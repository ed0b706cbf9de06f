"""Draws the simulated curves beside the ideal front end: python -m ohm8.spice.plots NETLIST FOLDER."""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt

from ohm8 import netlist
from ohm8.spice import faults, studies
from ohm8.spice.bench import Bench
from ohm8.spice.deck import Facts

_BOARD = Path(__file__).resolve().parents[2] / "board.toml"


def settling(bench: Bench, board: dict[str, Any], folder: Path) -> None:
    """What the converter sees after a row is switched to 0.2 V, its distance from the end, and the board's wait."""
    figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    for order, entry in enumerate(board["range"]):
        which, load_s = entry["name"], entry["load_s"]
        cell_s = studies.CELLS_S[which]
        for others_s, style in ((0.0, "--"), (load_s - cell_s, "-")):
            step = studies.switch_step(bench, which, cell_s, 200e-12, load_s=others_s)
            times_s = np.arange(0, 40e-6, 50e-9)
            away = np.abs(np.interp(times_s, step.time_s, step.volts) / step.volts[-1] - 1)
            label = f"{which}, {(others_s + cell_s) * 1e3:g} mS a line"
            axes.semilogy(times_s * 1e6, np.maximum(away, 1e-6), style, color=f"C{order}", label=label, linewidth=1)
        axes.plot(entry["settle_switch_us"], 1e-4, "o", color=f"C{order}")
    axes.axhline(1e-4, color="0.6", linewidth=0.8)
    axes.set(
        xlim=(0, 40), ylim=(1e-5, 2), xlabel="time after the row's switch / µs", ylabel="distance from the end / step"
    )
    axes.legend(title="range; dot: the board's wait", fontsize="small")
    _save(figure, folder / "settling.svg")


def pulse(bench: Bench, board: dict[str, Any], folder: Path) -> None:
    """Line voltages during a 10 µs pulse of 4 V, half on the row and minus half on the column, and the ideal cell."""
    figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    for farads, style in ((50e-12, "-"), (1e-9, "--")):
        curves = studies.pulse(bench, 10e-6, 4.0, 1e-4, farads)
        time = np.arange(-2, 20, 0.02)
        row, column = (np.interp(time, curves.axis * 1e6 - 2, curves.values[f"v({line}_0)"]) for line in ("row", "col"))
        for label, volts, colour in (("row", row, "C0"), ("column", column, "C1"), ("cell", row - column, "C2")):
            axes.plot(time, volts, style, color=colour, label=f"{label}, {farads * 1e12:.0f} pF a line", linewidth=1)
    axes.plot([-2, 0, 0, 10, 10, 20], [0, 0, 4, 4, 0, 0], color="0.6", linewidth=0.8, label="ideal cell")
    axes.set(xlim=(-2, 20), xlabel="time after the gate / µs", ylabel="V")
    axes.legend(fontsize="small")
    _save(figure, folder / "pulse.svg")


def short(bench: Bench, board: dict[str, Any], folder: Path) -> None:
    """A cell at 2 V that becomes 1 ohm in range H: its current and the amplifier's output, until the trip and after."""
    figure, axes = plt.subplots(figsize=(6.4, 3.6), layout="constrained")
    event = faults.abrupt(bench, "H", 2.0, 0.0, 1.0)
    time = np.arange(-1, 12, 0.01)
    curves = (
        ("amplifier's output / V", event.output_v),
        ("cell's current / 10 mA", event.current_a * 100),
        ("ROW_GATE / V", event.gate_v),
    )
    for label, values in curves:
        axes.plot(time, np.interp(time, event.time_s * 1e6, values), label=label, linewidth=1)
    axes.axhline(board["trip"]["v_neg"], color="0.6", linewidth=0.8)
    axes.set(xlim=(-1, 12), ylim=(-8, 12), xlabel="time after the short / µs")
    axes.legend(fontsize="small")
    _save(figure, folder / "short.svg")


def _save(figure: plt.Figure, path: Path) -> None:
    figure.savefig(path, metadata={"Date": None})
    plt.close(figure)


def main() -> None:
    """Writes all figures."""
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "ohm8"
    board = tomllib.loads(_BOARD.read_text(encoding="utf-8"))
    bench = Bench(netlist.read(Path(sys.argv[1])), Facts.of(board))
    for draw in (settling, pulse, short):
        draw(bench, board, Path(sys.argv[2]))


if __name__ == "__main__":
    main()
