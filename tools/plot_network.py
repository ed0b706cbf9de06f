"""Draws the figures of docs/explanation/network.md: our network with ngspice or a dense nodal solution beside it.

Needs the test extra (scipy, matplotlib) and ngspice. `python -m tools.plot_network [FOLDER]`, in the root of the tree.
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from tests.sim.network import dense, ngspice
from tests.sim.network.cases import cells

from ohmsim.devices import build_device
from ohmsim.network.mesh import Mesh
from ohmsim.noise import NoiseSource
from ohmsim.state import State

Floats = NDArray[np.float64]
Drivers = tuple[Floats, Floats]

FOLDER = Path(__file__).parents[1] / "docs" / "explanation" / "network"
REFERENCE = {"color": "black", "linestyle": "--", "linewidth": 0.9}
OPEN = float("nan")
SIDE, VOLT = 12, 1.8
SELECTED = 4, 7
"""The cell that is read or programmed."""
TAIL = {"tail_rate": 0.01, "tail_v": 0.1}
STILL = {"d2d_threshold": 0, "d2d_rate": 0, "d2d_g_min": 0, "d2d_g_max": 0, "c2c_rate": 0, "c2c_volts": 0}


def drivers(side: int, others: tuple[float, float], selected: tuple[float, float], cell: tuple[int, int]) -> Drivers:
    """Voltages of rows and columns with one cell selected, V."""
    lines = np.full(side, others[0]), np.full(side, others[1])
    for each, at, volt in zip(lines, cell, selected, strict=True):
        each[at] = volt
    return lines


def scheme(part: int) -> Drivers:
    """V/2 or V/3: what no cell but the selected one is to see more of."""
    idle = (0.0, 0.0) if part == 2 else (-VOLT / 6, VOLT / 6)
    return drivers(SIDE, idle, (VOLT / 2, -VOLT / 2), SELECTED)


def ours(g: Floats, driven: Drivers, wire_ohm: float) -> Floats:
    """Voltage of every cell, V."""
    return Mesh(*g.shape, r_row=wire_ohm, r_col=wire_ohm).solve(g, *driven).cell_v


def spice(g: Floats, driven: Drivers, wire_ohm: float) -> Floats:
    """The same by ngspice."""
    lines = ngspice.deck(ngspice.resistors(g), g.shape, driven, r_row=wire_ohm, r_col=wire_ohm)
    return ngspice.operating_point(ngspice.launcher(), lines, g.shape, driven).cell_v


def nodal(g: Floats, driven: Drivers, wire_ohm: float) -> dense.Dense:
    """The same by a dense nodal solution."""
    return dense.solve(g, *driven, r_row=wire_ohm, r_col=wire_ohm)


def show(axes: Axes, values: Floats, title: str, limits: tuple[float, float] | None = None) -> mpl.image.AxesImage:
    """A map of cells, row 0 on top."""
    low, high = limits or (None, None)
    axes.set(title=title, xlabel="column", ylabel="row")
    return axes.imshow(values, cmap="viridis", vmin=low, vmax=high, interpolation="nearest")


def beside(panels: NDArray[np.object_], pairs: list[tuple[Floats, Floats]], reference: str, unit: str) -> None:
    """Maps under V/2 and under V/3, ours and the reference's, each pair with one scale; the selected cell left out."""
    for part, axes, maps in zip((2, 3), (panels[:2], panels[2:]), pairs, strict=True):
        for each in maps:
            each[SELECTED] = np.nan
        limits = float(np.nanmin(maps[1])), float(np.nanmax(maps[1]))
        show(axes[0], maps[0], f"V/{part}, ours", limits)
        axes[0].figure.colorbar(show(axes[1], maps[1], f"V/{part}, {reference}", limits), ax=axes, label=unit)


def draw_drop() -> None:
    """Voltage lost along the wires while all rows are driven."""
    side, read_v = 64, 0.2
    driven = np.full(side, read_v), np.zeros(side)
    figure, (field, profile, size) = plt.subplots(1, 3, figsize=(9, 2.7), layout="constrained")

    g = np.full((side, side), 20e-6)
    image = show(field, 100 * (1 - ours(g, driven, 2.0) / read_v), "64×64, 20 µS, 2 ohm a segment")
    figure.colorbar(image, ax=field, shrink=0.85, label="voltage lost, %")
    lost = 100 * (1 - spice(g, driven, 2.0) / read_v)
    lines = field.contour(lost, levels=[2, 4, 6, 8, 10], colors="black", linestyles="dashed", linewidths=0.8)
    field.clabel(lines, fmt="%g", fontsize=6)

    for wire_ohm, colour in ((0.5, "tab:green"), (2.0, "tab:blue"), (8.0, "tab:red")):
        random = cells(side, side)
        found, wanted = ours(random, driven, wire_ohm), nodal(random, driven, wire_ohm).cell_v
        profile.plot(1e3 * found[0], color=colour, label=f"{wire_ohm:g} ohm")
        profile.plot(1e3 * wanted[0], label="nodal solution" if wire_ohm == 8.0 else None, **REFERENCE)
    profile.set(title="Farthest row, cells of 1 to 100 µS", xlabel="column", ylabel="cell voltage, mV")

    sides = np.array([2, 4, 8, 16, 32, 64])
    for cell_s, colour in ((100e-6, "tab:red"), (20e-6, "tab:blue"), (2e-6, "tab:green")):
        shares = {"ours": [], "nodal": []}
        for each in sides:
            g, rows = np.full((each, each), cell_s), (np.full(each, read_v), np.zeros(each))
            ideal = cell_s * read_v * each
            shares["ours"].append(1 - Mesh(each, each, r_row=2.0, r_col=2.0).solve(g, *rows).col_a[-1] / ideal)
            shares["nodal"].append(1 - nodal(g, rows, 2.0).col_a[-1] / ideal)
        size.plot(sides, 100 * np.array(shares["ours"]), color=colour, label=f"{1e6 * cell_s:g} µS")
        wanted = 100 * np.array(shares["nodal"])
        size.plot(sides, wanted, label="nodal solution" if cell_s == 2e-6 else None, **REFERENCE)
    size.set(title="Last column, 2 ohm a segment", xlabel="rows and columns", ylabel="current lost, %")
    size.set(xscale="log", yscale="log", xticks=sides, xticklabels=sides)
    size.minorticks_off()
    for axes in (profile, size):
        axes.legend(frameon=False)
    save(figure, "drop.png")


def draw_half_select() -> None:
    """What unselected cells see."""
    g, wire_ohm = cells(SIDE, SIDE, low_s=1e-5, high_s=3e-4), 10.0
    figure, panels = plt.subplots(1, 4, figsize=(9, 2.3), layout="constrained")
    pairs = []
    for driven in (scheme(2), scheme(3)):
        found, wanted = (100 * np.abs(solve(g, driven, wire_ohm)) / VOLT for solve in (ours, spice))
        pairs.append((found, wanted))
    beside(panels, pairs, "ngspice", "|voltage|, % of V")
    save(figure, "half-select.png")


def draw_disturb() -> None:
    """What pulses on one cell do to all others, with wires and a sub-threshold tail."""
    g, wire_ohm, pulses, width_s = cells(SIDE, SIDE, low_s=1e-5, high_s=1e-4), 10.0, 50, 10e-6
    figure, panels = plt.subplots(1, 4, figsize=(9, 2.3), layout="constrained")
    mesh, every, pairs = Mesh(SIDE, SIDE, r_row=wire_ohm, r_col=wire_ohm), np.arange(g.size), []
    for part in (2, 3):
        device = build_device("vteam", STILL | TAIL, g.size, NoiseSource(7, "figure"), State())
        device.put(g.ravel())
        for number in range(pulses):
            seen = mesh.solve(device.conductance_s.reshape(g.shape), *scheme(part)).cell_v
            device.apply(every, seen.ravel(), width_s, np.full(g.size, number, np.uint64))
        ends = device.conductance_s.reshape(g.shape), integrated(g, part, wire_ohm, pulses * width_s)
        pairs.append((1e6 * (ends[0] - g), 1e6 * (ends[1] - g)))
    beside(panels, pairs, "solve_ivp", f"change by {pulses} pulses, µS")
    save(figure, "disturb.png")


def integrated(g: Floats, part: int, wire_ohm: float, duration_s: float) -> Floats:
    """Conductances after a stretch of time: the cells' equations together with the nodal solution at every instant."""

    def slope(_: float, w: Floats) -> Floats:
        seen = nodal((3e-6 + 147e-6 * w).reshape(g.shape), scheme(part), wire_ohm).cell_v.ravel()
        threshold = np.where(seen > 0, 0.9, 1.0)
        above = np.maximum(np.abs(seen) / threshold - 1, 0) ** 3
        tail = np.exp(np.minimum(np.abs(seen) - threshold, 0) / 0.1) - np.exp(-threshold / 0.1)
        rate: Floats = 1.5e5 * (above + 0.01 * tail) * np.where(seen > 0, 1 - w, -w)
        return rate

    start = (g.ravel() - 3e-6) / 147e-6
    w = solve_ivp(slope, (0, duration_s), start, method="RK45", rtol=1e-4, atol=1e-7).y[:, -1]
    return (3e-6 + 147e-6 * w).reshape(g.shape)


def draw_sneak() -> None:
    """Where the current of a reading goes when the other lines float, and what the column then reads."""
    read_v, low_s = 0.2, 5e-6
    g = np.full((SIDE, SIDE), 50e-6)
    g[SELECTED] = low_s
    figure, (left, right, size) = plt.subplots(1, 3, figsize=(9, 2.7), layout="constrained")
    floating = drivers(SIDE, (OPEN, OPEN), (read_v, 0.0), SELECTED)
    for axes, name, solve in ((left, "ours", ours), (right, "ngspice", spice)):
        current = 1e6 * np.abs(g * solve(g, floating, 2.0))
        image = axes.imshow(current, cmap="viridis", norm=mpl.colors.LogNorm(1e-2, 10), interpolation="nearest")
        figure.colorbar(image, ax=axes, shrink=0.85, label="|current|, µA")
        axes.set(title=f"Other lines float, {name}", xlabel="column", ylabel="row", xticks=range(0, SIDE, 5))

    sides = np.array([2, 4, 8, 16, 32])
    for name, others, colour in (("others float", OPEN, "tab:red"), ("others at ground", 0.0, "tab:blue")):
        read = {"ours": [], "nodal": []}
        for each in sides:
            g = np.full((each, each), 50e-6)
            g[0, 0] = low_s
            driven = drivers(each, (others, others), (read_v, 0.0), (0, 0))
            read["ours"].append(Mesh(each, each, r_row=2.0, r_col=2.0).solve(g, *driven).col_a[0])
            read["nodal"].append(nodal(g, driven, 2.0).col_a[0])
        size.plot(sides, 1e6 * np.array(read["ours"]) / read_v, color=colour, label=name)
        wanted = 1e6 * np.array(read["nodal"]) / read_v
        size.plot(sides, wanted, label=None if np.isnan(others) else "nodal solution", **REFERENCE)
    size.set(title="A cell of 5 µS among cells of 50 µS", xlabel="rows and columns", ylabel="what is read, µS")
    size.set(xscale="log", yscale="log", xticks=sides, xticklabels=sides, ylim=(4, 700))
    size.minorticks_off()
    size.set_yticks([5, 20, 50, 200, 500], ["5", "20", "50", "200", "500"])
    size.legend(frameon=False)
    save(figure, "sneak.png")


def save(figure: mpl.figure.Figure, name: str) -> None:
    """Into the folder."""
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    figure.savefig(folder / name, dpi=110)
    plt.close(figure)


def main() -> None:
    """Draw all figures."""
    plt.rcParams.update({"font.size": 7, "axes.linewidth": 0.6, "lines.linewidth": 1.1})
    for draw in (draw_drop, draw_half_select, draw_disturb, draw_sneak):
        draw()


if __name__ == "__main__":
    main()
