"""Pulses on every cell of an array: our models against peers, in one run.

    python -m tests.bench.devices

aihwkit needs its own torch and is measured where it is installed; otherwise its row stays as it is.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec

import numpy as np
import synaptogen as package
from tests.bench.results import Row, best_s, record

from ohmsim.devices import Device, build_device
from ohmsim.noise import NoiseSource
from ohmsim.state import State

COMMAND = "python -m tests.bench.devices"
SIDES = (64, 256)


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

    return len(volts) * every.size / best_s(work) * 1e-6


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


def aihwkit_rate(cells_a_side: int) -> float:
    """Rank-1 updates with one pulse on every cell of aihwkit's measured ReRAM preset (float32)."""
    import torch
    from aihwkit.simulator.configs import SingleRPUConfig
    from aihwkit.simulator.parameters import UpdateParameters
    from aihwkit.simulator.parameters.enums import PulseType
    from aihwkit.simulator.presets.devices import ReRamArrayOMPresetDevice
    from aihwkit.simulator.tiles import AnalogTile

    torch.set_num_threads(1)
    config = SingleRPUConfig(device=ReRamArrayOMPresetDevice())
    config.update = UpdateParameters(desired_bl=1, pulse_type=PulseType.DETERMINISTIC_IMPLICIT)
    tile = AnalogTile(cells_a_side, cells_a_side, config)
    tile.set_learning_rate(1.0)
    ones = torch.ones(1, cells_a_side)
    signs = [ones, -ones]

    def work() -> None:
        for sign in signs:
            tile.update(ones, sign)

    return len(signs) * cells_a_side**2 / best_s(work) * 1e-6


def rows() -> list[Row]:
    """All cases."""
    rng = np.random.default_rng(3)
    found = []
    for side in SIDES:
        cells, where = side * side, f"{side}x{side}"
        strong = [sign * rng.uniform(1.0, 1.6, cells) for sign in (1, -1)]
        random = [rng.standard_normal(cells) for _ in range(8)]
        cycle = [np.full(cells, 2.0), np.full(cells, -1.5)]
        vteam = pulse_rate(device("vteam", cells), strong)
        peer = numpy_vteam_rate(strong)
        case = f"pulse on every cell, VTEAM with noise, {where}"
        found.append(Row(f"{case}, numpy", vteam, peer, "the same update in numpy", None, "Mcells/s", COMMAND))
        if find_spec("aihwkit"):
            found.append(Row(case, vteam, aihwkit_rate(side), "aihwkit (float32)", 2, "Mcells/s", COMMAND))
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
