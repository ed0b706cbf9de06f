"""Pulses on every cell of an array, and noisy products with one: against peers, in one run on one core.

    make bench-devices

aihwkit needs its own torch and is measured in an environment of its own (tools/fetch_aihwkit.sh); where it cannot be
had its rows stay as they are. Of its devices the one that saturates as VTEAM does is the peer; it draws its noise in
single precision, as we do, and keeps its cells in single precision, which we do not.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import synaptogen as package
from tests.bench.results import Row, best_s, record

from ohmsim.devices import Device, build_device
from ohmsim.network.noisy import NoisyProduct
from ohmsim.noise import NoiseSource
from ohmsim.state import State

COMMAND = "make bench-devices"
SIDES = (64, 256)
BATCH = 100
AIHWKIT = Path(__file__).parents[2] / ".cache" / "aihwkit" / "bin" / "python"
REPEATS = 200
ALIKE = "soft bounds"
"""The peer among aihwkit's devices; the others are simpler than VTEAM, or do more."""
PULSE_GOALS = {ALIKE: 2, "constant step": 2}


def device(model: str, cells: int) -> Device:
    """Cells of a model with its default variation."""
    return build_device(model, {}, cells, NoiseSource(7, "bench"), State())


def pulse_rate(model: Device, volts: list[np.ndarray]) -> float:
    """Mcells/s of a sequence of pulses on every cell."""
    every = np.arange(volts[0].size)
    ordinals = [np.full(every.size, number, np.uint64) for number in range(len(volts))]

    def work() -> None:
        for seen, ordinal in zip(volts, ordinals, strict=True):
            model.apply(every, seen, 10e-6, ordinal)

    return len(volts) * every.size / best_s(work, REPEATS) * 1e-6


def package_rate(volts: list[np.ndarray]) -> float:
    """The same for the synaptogen package, in its own sign and precision."""
    cells = package.CellArrayCPU(volts[0].size)
    seen = [(-v).astype(np.float32) for v in volts]

    def work() -> None:
        for u in seen:
            package.applyVoltage(cells, u)

    return len(volts) * volts[0].size / best_s(work) * 1e-6


def numpy_vteam_rate(volts: list[np.ndarray]) -> float:
    """VTEAM with log-normal rates as one would write it in numpy, in float64, with numpy's own generator."""
    cells = volts[0].size
    rng = np.random.default_rng(7)
    w, threshold, rate = rng.random(cells), rng.normal(0.95, 0.08, cells), 1.5e5 * np.exp(0.5 * rng.normal(size=cells))

    def work() -> None:
        for v in volts:
            acting = np.abs(v) * (1 + 0.02 * rng.standard_normal(cells))
            factor = np.exp(0.4 * rng.standard_normal(cells) - 0.08)
            gone = -np.expm1(-rate * np.maximum(acting / threshold - 1, 0) ** 3 * factor * 10e-6)
            w[...] += gone * ((v > 0) - w)

    return len(volts) * cells / best_s(work) * 1e-6


def aihwkit() -> dict[str, Any] | None:
    """What aihwkit does, by its own interpreter; None where it is not installed."""
    if not AIHWKIT.exists():
        return None
    done = subprocess.run(
        [AIHWKIT, Path(__file__).with_name("aihwkit_peer.py")], capture_output=True, text=True, check=True, timeout=600
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def product_us(side: int, *, each: bool) -> float:
    """Microseconds a vector of a batch; noise of columns and cells, cells alike or each with its own."""
    rng = np.random.default_rng(5)
    g, volts = rng.uniform(1e-6, 1e-4, (side, side)), rng.uniform(0, 0.2, (BATCH, side)).astype(np.float32)
    product = NoisyProduct(g, cell_s=0.02 * g if each else 1e-6, output_a=1e-7, noise=NoiseSource(7, "bench"))
    return best_s(lambda: product.multiply(volts), REPEATS) / BATCH * 1e6


def products(peer: dict[str, Any]) -> list[Row]:
    """Batches of vectors through noisy cells."""
    found = []
    for side in (128, 512):
        times = {name: sides[str(side)] for name, sides in peer["products"].items()}
        name = min(times, key=lambda name: times[name])
        note = "aihwkit: " + ", ".join(f"{name} {taken:.2f}" for name, taken in times.items())
        for each, goal in ((False, 3), (True, None)):
            case = f"noisy product, float32, batch {BATCH}, {side}{', a deviation for each cell' if each else ''}"
            ours = product_us(side, each=each)
            found.append(
                Row(
                    case,
                    ours,
                    times[name],
                    f"aihwkit 1.1.0 ({name})",
                    goal,
                    "µs a vector",
                    COMMAND,
                    note,
                )
            )
    return found


def rows() -> list[Row]:
    """All cases."""
    rng, peer_rates = np.random.default_rng(3), aihwkit()
    found = products(peer_rates) if peer_rates else []
    for side in SIDES:
        cells, where = side * side, f"{side}x{side}"
        strong = [sign * rng.uniform(1.0, 1.6, cells) for sign in (1, -1)]
        random = [rng.standard_normal(cells) for _ in range(8)]
        cycle = [np.full(cells, 2.0), np.full(cells, -1.5)]
        vteam = pulse_rate(device("vteam", cells), strong)
        peer = numpy_vteam_rate(strong)
        case = f"pulse on every cell, VTEAM with noise, {where}"
        found.append(Row(f"{case}, numpy", vteam, peer, "the same update in numpy", None, "Mcells/s", COMMAND))
        if peer_rates:
            others = {name: sides[str(side)] for name, sides in peer_rates["pulses"].items()}
            for name, theirs in others.items():
                row = case if name == ALIKE else f"{case}, {name}"
                goal = PULSE_GOALS.get(name)
                found.append(Row(row, vteam, theirs, f"aihwkit 1.1.0 ({name})", goal, "Mcells/s", COMMAND, "float32"))
        for kind, volts in (("random pulses", random), ("SET and RESET", cycle)):
            ours, theirs = pulse_rate(device("synaptogen", cells), volts), package_rate(volts)
            case = f"pulse on every cell, Synaptogen, {kind}, {where}"
            found.append(Row(case, ours, theirs, "synaptogen 0.2.0", 5, "Mcells/s", COMMAND))
    return found


def main() -> None:
    """Measure, write down, and say so."""
    measured = rows()
    record(measured)
    for row in measured:
        sys.stdout.write(f"{row.case}: {row.ours:.1f} against {row.peer:.2f} {row.unit}, {row.ratio:.1f}x\n")


if __name__ == "__main__":
    main()
