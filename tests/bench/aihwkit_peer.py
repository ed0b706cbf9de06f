"""aihwkit on one core, run by its own interpreter (tools/fetch_aihwkit.sh): prints its rates as JSON.

    python aihwkit_peer.py

Pulses: rank-one updates that reach every cell with one pulse up, then one down, of devices with noise from cycle to
cycle and between devices. Products: a batch through a tile with noise of weights and outputs, without converters; and
through a tile as its presets have it, with them.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from time import perf_counter

import torch
from aihwkit.simulator.configs import SingleRPUConfig
from aihwkit.simulator.configs.devices import ConstantStepDevice, SoftBoundsDevice
from aihwkit.simulator.parameters import IOParameters, UpdateParameters
from aihwkit.simulator.parameters.enums import (
    BoundManagementType,
    NoiseManagementType,
    PulseType,
    WeightNoiseType,
)
from aihwkit.simulator.presets.devices import ReRamArrayOMPresetDevice
from aihwkit.simulator.tiles import AnalogTile

DEVICES = {
    "soft bounds": SoftBoundsDevice,
    "constant step": ConstantStepDevice,
    "ReRAM preset": ReRamArrayOMPresetDevice,
}
BATCH = 100


def best_s(work: Callable[[], object], repeats: int = 200) -> float:
    """Shortest time, s."""
    times = []
    for _ in range(repeats):
        start = perf_counter()
        work()
        times.append(perf_counter() - start)
    return min(times)


def pulse_rate(device: object, side: int) -> float:
    """Mcells/s."""
    config = SingleRPUConfig(device=device)
    config.update = UpdateParameters(
        desired_bl=1,
        pulse_type=PulseType.STOCHASTIC_COMPRESSED,
        update_management=False,
        update_bl_management=False,
    )
    tile = AnalogTile(side, side, config)
    tile.set_learning_rate(1.0)
    ones = torch.ones(1, side)

    def work() -> None:
        tile.update(ones, ones)
        tile.update(ones, -ones)

    return 2 * side**2 / best_s(work) * 1e-6


def product_us(side: int, *, converters: bool) -> float:
    """Microseconds a vector."""
    noise_alone = IOParameters(
        inp_res=-1,
        out_res=-1,
        out_noise=0.06,
        w_noise=0.02,
        w_noise_type=WeightNoiseType.ADDITIVE_CONSTANT,
        noise_management=NoiseManagementType.NONE,
        bound_management=BoundManagementType.NONE,
    )
    config = SingleRPUConfig(device=ConstantStepDevice(), forward=IOParameters() if converters else noise_alone)
    tile, vectors = AnalogTile(side, side, config), torch.rand(BATCH, side)
    return best_s(lambda: tile.forward(vectors)) / BATCH * 1e6


def main() -> None:
    """Measure all."""
    torch.set_num_threads(1)
    found = {
        "pulses": {name: {side: pulse_rate(kind(), side) for side in (64, 256)} for name, kind in DEVICES.items()},
        "products": {
            name: {side: product_us(side, converters=converters) for side in (128, 512)}
            for name, converters in (("noise alone", False), ("with converters", True))
        },
    }
    sys.stdout.write(json.dumps(found) + "\n")


if __name__ == "__main__":
    main()
