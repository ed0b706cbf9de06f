"""Cells of any model without a board, and pulses on all of them."""

from __future__ import annotations

import numpy as np

from ohmsim.devices import Device, build_device
from ohmsim.noise import NoiseSource
from ohmsim.state import State


def make(model: str, cells: int, seed: int = 7, state: State | None = None, **parameters: float) -> Device:
    """`cells` cells of the model of that name."""
    return build_device(model, parameters, cells, NoiseSource(seed, "b0"), state or State())


def pulse(device: Device, volts: float | np.ndarray, width_s: float = 10e-6, number: int = 1) -> None:
    """One pulse on every cell, as event `number` of each."""
    every = np.arange(device.conductance_s.size)
    device.apply(
        every, np.broadcast_to(volts, every.shape).astype(float), width_s, np.full(every.size, number, np.uint64)
    )
