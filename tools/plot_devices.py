"""Draws the figures of docs/explanation/devices.md: our device models with their references beside them.

Needs the test extra (scipy, synaptogen) and matplotlib. `python tools/plot_devices.py [FOLDER]`
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
import synaptogen as package
from matplotlib.axes import Axes
from scipy.integrate import solve_ivp
from synaptogen import synaptogen as generator

from ohmsim.devices import Device, build_device
from ohmsim.noise import NoiseSource
from ohmsim.overlays.read_noise import ReadNoise, ReadNoiseParameters
from ohmsim.overlays.relaxation import SPREADS, TIMES_S, Relaxation, RelaxationParameters
from ohmsim.overlays.selector import Selector, SelectorParameters
from ohmsim.state import State

FOLDER = Path(__file__).parents[1] / "docs" / "explanation" / "devices"
STILL = {"d2d_threshold": 0, "d2d_rate": 0, "d2d_g_min": 0, "d2d_g_max": 0, "c2c_rate": 0, "c2c_volts": 0}
ALIKE = {"d2d_threshold": 0, "d2d_tau": 0, "d2d_resistance": 0, "c2c_rate": 0, "switches": 1e12}
REFERENCE = {"color": "black", "linestyle": "--", "linewidth": 0.9}


def make(model: str, cells: int, **parameters: float) -> Device:
    """Cells with a seed of their own."""
    return build_device(model, parameters, cells, NoiseSource(7, "figure"), State())


def pulse(device: Device, volts: float, width_s: float, number: int) -> None:
    """One pulse on every cell."""
    every = np.arange(device.conductance_s.size)
    device.apply(every, np.full(every.size, volts), width_s, np.full(every.size, number, np.uint64))


def sweep(device: Device, volts: np.ndarray, step_s: float) -> np.ndarray:
    """Currents of every cell along a sweep, A, shape (steps, cells)."""
    currents = np.empty((volts.size, device.conductance_s.size))
    for number, v in enumerate(volts):
        pulse(device, float(v), step_s, number)
        currents[number] = v * device.chord_s(np.full(currents.shape[1], v))
    return currents


def draw_vteam_loop(axes: Axes) -> None:
    """A triangle of 1 ms, against the integrated equation."""
    steps, period = 800, 1e-3
    time = (np.arange(steps) + 1) * period / steps
    volts = 1.3 * 2 / np.pi * np.arcsin(np.sin(2 * np.pi * time / period))
    device = make("vteam", 1, **STILL)
    device.put(np.array([3e-6]))
    axes.plot(volts, 1e6 * sweep(device, volts, period / steps)[:, 0], label="ours")

    def slope(t: float, w: np.ndarray) -> np.ndarray:
        v = 1.3 * 2 / np.pi * np.arcsin(np.sin(2 * np.pi * t / period))
        rise, fall = max(v / 0.9 - 1, 0) ** 3, max(-v / 1.0 - 1, 0) ** 3
        return 1.5e5 * (rise * (1 - w) - fall * w)

    w = solve_ivp(slope, (0, period), [0.0], t_eval=time, method="LSODA", max_step=period / 400, rtol=1e-9).y[0]
    axes.plot(volts, 1e6 * volts * (3e-6 + 147e-6 * w), label="solve_ivp", **REFERENCE)
    axes.set(title="VTEAM, 1 kHz triangle", xlabel="V", ylabel="µA")


def draw_mss_loop(axes: Axes) -> None:
    """The published circuit model's example: 0.5 V at 100 Hz."""
    steps, period = 800, 10e-3
    time = (np.arange(steps) + 1) * period / steps
    volts = 0.5 * np.sin(2 * np.pi * time / period)
    device = make("mss", 1, **ALIKE, volatile=1, phi=0.8)
    device.put(device.bounds_s[0])
    axes.plot(volts, 1e3 * sweep(device, volts, period / steps)[:, 0], label="ours")

    def slope(t: float, x: np.ndarray) -> np.ndarray:
        v, thermal = 0.5 * np.sin(2 * np.pi * t / period), 8.617333262e-5 * 298.5
        up, down = 1 / (1 + np.exp(-(v - 0.27) / thermal)), 1 - 1 / (1 + np.exp(-(v + 0.27) / thermal))
        return (up * (1 - x) - down * x) / 1e-4

    x = solve_ivp(slope, (0, period), [0.0], t_eval=time, method="LSODA", max_step=period / 400, rtol=1e-9).y[0]
    current = 0.8 * (x / 500 + (1 - x) / 1500) * volts + 0.2 * 8e-4 * 2 * np.sinh(4 * volts)
    axes.plot(volts, 1e3 * current, label="solve_ivp", **REFERENCE)
    axes.set(title="Metastable switches (verbatim), 100 Hz", xlabel="V", ylabel="mA")


def draw_synaptogen_loop(axes: Axes) -> None:
    """Twenty cells, and the mean of many beside the package's."""
    u = np.concatenate([np.linspace(0, -1.5, 60), np.linspace(-1.5, 1.5, 120), np.linspace(1.5, 0, 60)])
    many, device = 2000, make("synaptogen", 2000)
    sweep(device, -u, 1e-6)
    ours = -sweep(device, -u, 1e-6)
    cells = package.CellArrayCPU(many)
    for _ in range(2):
        theirs = np.stack([package.I(package.applyVoltage(cells, v), np.float32(v)).copy() for v in u])
    axes.plot(u, 1e6 * ours[:, :20], color="tab:blue", alpha=0.3, linewidth=0.5)
    axes.plot(u, 1e6 * ours.mean(axis=1), color="tab:blue", label="ours, mean of 2000")
    axes.plot(u, 1e6 * theirs.mean(axis=1), label="package, mean of 2000", **REFERENCE)
    axes.set(title="Synaptogen, second cycle", xlabel="U, V (SET negative)", ylabel="µA")


def draw_pulse_response(axes: Axes) -> None:
    """Trains of SET and RESET pulses: two dozen cells; and one without variation, against the integrated equation."""
    count, width_s, start = 30, 10e-6, 12e-6
    for cells, parameters, style in (
        (24, {}, {"color": "tab:blue", "alpha": 0.3, "linewidth": 0.6}),
        (1, STILL, {"color": "tab:blue", "label": "without variation"}),
    ):
        device = make("vteam", cells, **parameters)
        device.put(np.full(cells, start))
        found = [device.conductance_s.copy()]
        for number in range(2 * count):
            pulse(device, 1.15 if number < count else -1.25, width_s, number)
            found.append(device.conductance_s.copy())
        axes.plot(1e6 * np.stack(found), **style)

    train, w = np.arange(count + 1) * width_s, [(start - 3e-6) / 147e-6]
    for end, rate in ((1, 1.5e5 * (1.15 / 0.9 - 1) ** 3), (0, 1.5e5 * (1.25 / 1.0 - 1) ** 3)):
        found = solve_ivp(lambda _, w, k=rate, to=end: k * (to - w), (0, train[-1]), w[-1:], t_eval=train, rtol=1e-9)
        w.extend(found.y[0, 1:])
    axes.plot(1e6 * (3e-6 + 147e-6 * np.array(w)), label="solve_ivp", **REFERENCE)
    axes.set(title="VTEAM, 30 SET then 30 RESET pulses", xlabel="pulse of 10 µs", ylabel="µS")


def draw_variation(axes: Axes) -> None:
    """Both resistances of many cells over cycles, against the package."""
    device, cells = make("synaptogen", 4000), package.CellArrayCPU(4000)
    seen: dict[str, list[np.ndarray]] = {"ours": [], "package": []}
    for number in range(20):
        for v in (2.0, -1.5):
            pulse(device, v, 1e-6, number)
            package.applyVoltage(cells, -v)
        seen["ours"].append(device.features[[0, 2]].copy())
        seen["package"].append(cells.y[[0, 2]].copy())
    bins = np.linspace(3.5, 5.8, 140)
    for name, style in (("ours", {"color": "tab:blue"}), ("package", REFERENCE)):
        logs = np.log10(np.stack(seen[name])).ravel()
        density, edges = np.histogram(logs, bins, density=True)
        axes.plot((edges[1:] + edges[:-1]) / 2, density, label=name, **style)
    axes.set(title="Synaptogen, low and high resistance", xlabel="log10 R, ohm", ylabel="density", yscale="log")


def draw_relaxation(axes: Axes) -> None:
    """Spread after programming, against the published polynomials."""
    law, times = Relaxation(RelaxationParameters(scale=1)), np.logspace(-4, 5.5, 200)
    for x in (0.1, 0.3, 0.6, 0.9):
        ours = law.spread_s(np.full(times.size, x * 40e-6), times)
        (line,) = axes.plot(times, 1e6 * ours, label=f"x = {x}")
        published = [np.polyval(coefficients[::-1], x) for coefficients in SPREADS]
        axes.plot(TIMES_S, published, "o", color=line.get_color(), markersize=4, markeredgecolor="black")
    axes.set(title="Relaxation (points: Wan et al. 2022)", xlabel="s", ylabel="spread, µS", xscale="log")


def draw_disturb(axes: Axes) -> None:
    """Cells that see a half or a third of 1.8 V, pulse after pulse, against the integrated rate of the tail."""
    tail = {"tail_rate": 0.01, "tail_v": 0.1}
    shown = np.unique(np.geomspace(1, 1e5, 40).astype(int))
    for part, colour in ((2, "tab:red"), (3, "tab:blue")):
        volts, width_s = 1.8 / part, 10e-6
        device = make("vteam", 1, **STILL, **tail)
        device.put(np.array([20e-6]))
        found, done = [], 0
        for pulses in shown:
            pulse(device, volts, (pulses - done) * width_s, int(pulses))
            done = pulses
            found.append(device.conductance_s[0])
        axes.plot(shown, 1e6 * np.array(found), color=colour, label=f"with a tail, V/{part}")
        rate = 1.5e5 * (0.01 * (np.exp(min(volts - 0.9, 0) / 0.1) - np.exp(-0.9 / 0.1)) + max(volts / 0.9 - 1, 0) ** 3)
        start = (20 - 3) / 147
        w = solve_ivp(
            lambda _, w, k=rate: k * (1 - w), (0, shown[-1] * width_s), [start], t_eval=shown * width_s, rtol=1e-9
        )
        axes.plot(shown, 3 + 147 * w.y[0], label="solve_ivp" if part == 3 else None, **REFERENCE)
    axes.axhline(20, color="tab:gray", linewidth=0.8, label="hard threshold")
    axes.set(title="VTEAM, unselected cells at 1.8 V", xlabel="pulses of 10 µs", ylabel="µS", xscale="log")


def draw_compliance(axes: Axes) -> None:
    """Where a SET ends behind a transistor, by its gate, against the integrated equation of both in series."""
    gates, k, threshold = np.linspace(0.6, 1.2, 25), 1e-3, 0.5
    for volts, colour in ((1.4, "tab:blue"), (2.0, "tab:red")):
        ours, wanted = [], []
        for gate in gates:
            device = make("vteam", 1, **STILL)
            device.put(np.array([5e-6]))
            pulse(Selector(device, SelectorParameters(gate, threshold, k)), volts, 10e-6, 1)
            ours.append(device.conductance_s[0])

            def slope(_: float, w: np.ndarray, over: float = gate - threshold, volts: float = volts) -> np.ndarray:
                g = 3e-6 + 147e-6 * w
                across = np.minimum(volts / (1 / g + 1 / (k * over)), k * over**2 / 2) / g
                return 1.5e5 * np.maximum(across / 0.9 - 1, 0) ** 3 * (1 - w)

            w = solve_ivp(slope, (0, 10e-6), [2e-6 / 147e-6], method="LSODA", rtol=1e-9, atol=1e-12).y[0, -1]
            wanted.append(3e-6 + 147e-6 * w)
        axes.plot(gates, 1e6 * np.array(ours), color=colour, label=f"{volts} V")
        axes.plot(gates, 1e6 * np.array(wanted), label="solve_ivp" if volts == 2.0 else None, **REFERENCE)
    axes.set(title="1T1R, one SET of 10 µs", xlabel="gate, V", ylabel="µS")


def draw_read_noise(axes: Axes) -> None:
    """Distribution of single readings, beside a Gaussian of the stated white and slow noise."""
    noise = ReadNoise(ReadNoiseParameters(), 64, 64, NoiseSource(7, "figure"), State())
    drawn = np.concatenate([noise.draw(np.arange(64), 1).ravel() for _ in range(64)])
    bins = np.linspace(-0.06, 0.06, 121)
    density, edges = np.histogram(drawn, bins, density=True)
    middle = (edges[1:] + edges[:-1]) / 2
    axes.plot(1e2 * middle, density, color="tab:blue", label="cells, telegraph noise in a fifth")
    sigma = np.hypot(0.007, 0.005)
    gauss = np.exp(-((middle / sigma) ** 2) / 2) / (sigma * np.sqrt(2 * np.pi))
    axes.plot(1e2 * middle, gauss, label="Gaussian, 0.86 %", **REFERENCE)
    axes.set(
        title="Read noise, one conversion", xlabel="deviation, %", ylabel="density", yscale="log", ylim=(1e-3, 100)
    )


FIGURES = {
    "loops.png": (draw_vteam_loop, draw_mss_loop, draw_synaptogen_loop),
    "spread.png": (draw_pulse_response, draw_variation, draw_relaxation),
    "stress.png": (draw_disturb, draw_compliance, draw_read_noise),
}


def main() -> None:
    """Draw all figures, the same every time: the package's draws have no seed of their own."""
    rng = np.random.default_rng(7)
    generator.randn, generator.rand = (
        partial(rng.standard_normal, dtype=np.float32),
        partial(rng.random, dtype=np.float32),
    )
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    plt.rcParams.update({"font.size": 7, "axes.linewidth": 0.6, "lines.linewidth": 1.1})
    for name, drawings in FIGURES.items():
        figure, panels = plt.subplots(1, len(drawings), figsize=(9, 2.7), layout="constrained")
        for draw, axes in zip(drawings, panels, strict=True):
            draw(axes)
            axes.legend(frameon=False)
        figure.savefig(folder / name, dpi=110)
        plt.close(figure)


if __name__ == "__main__":
    main()
