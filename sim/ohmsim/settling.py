"""How row drivers, column amplifiers and the converter's filter follow a step: three poles, one after the other.

    u(t) = goal + sum over rows of a exp(-t / tau_row)       the row's voltage comes back under its load
    dy/dt = (u - y) / tau_amplifier                          the amplifier's output
    dz/dt = (y - z) / tau_filter                             what the converter samples

Between steps each has a closed form. A row that is joined to a load G falls by G R / (1 + G R), R being the resistance
inside its driver's loop, and comes back with the time constant of that loop, which grows with G as that of a loaded
column does (ohmsim.description). The schematic's channel does the same in ngspice (tests/hardware/test_emulator.py).
The switch itself, 0.2 us, is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

CLOSEST = 1e-6
"""Poles closer than this part of each other are taken to be this far apart: the same to five digits."""


@dataclass(frozen=True, slots=True)
class Recovery:
    """What rows still lack after a step.

    Attributes:
        volts: at the amplifiers' outputs, V, (rows, cols). tau_s: s, (rows,).
    """

    volts: Floats
    tau_s: Floats


class Settling:
    """Of all columns. Time constants in s, outputs in V, shape (cols,)."""

    def __init__(self, cols: int, filter_s: float) -> None:
        self._filter_s = np.array(filter_s)
        self._goal_v = np.zeros(cols)
        # Exponentials of what the converter samples and of the amplifier's output, by pole: rows, amplifier, filter.
        self._tau_s = np.empty((0, cols))
        self._sampled, self._output = np.empty((2, 0, cols))
        self._since_ns = 0

    def step(self, now_ns: int, goal_v: Floats, amplifier_s: Floats, recovery: Recovery | None = None) -> None:
        """From now on outputs go to `goal_v`, with these time constants of the amplifiers."""
        passed = self._passed(now_ns)
        output_v = self._goal_v + (self._output * passed).sum(axis=0)
        sampled_v = self._goal_v + (self._sampled * passed).sum(axis=0)
        amplifier_s = _apart(amplifier_s, self._filter_s)
        rows = Recovery(np.empty((0, goal_v.size)), np.empty(0)) if recovery is None else recovery
        row_s = _apart(_apart(rows.tau_s[:, None], self._filter_s), amplifier_s)

        driven = rows.volts * row_s / (row_s - amplifier_s)
        amplifier = output_v - goal_v - driven.sum(axis=0)
        through_rows = driven * row_s / (row_s - self._filter_s)
        through_amplifier = amplifier * amplifier_s / (amplifier_s - self._filter_s)
        rest = sampled_v - goal_v - through_rows.sum(axis=0) - through_amplifier

        self._goal_v, self._since_ns = goal_v, now_ns
        self._tau_s = np.vstack((row_s, amplifier_s, np.broadcast_to(self._filter_s, goal_v.shape)))
        self._output = np.vstack((driven, amplifier, np.zeros(goal_v.size)))
        self._sampled = np.vstack((through_rows, through_amplifier, rest))

    def missing_v(self, now_ns: int, samples: int, duration_ns: int) -> Floats:
        """How far what is sampled is from its goal, V: the mean of `samples` spread evenly over `duration_ns`."""
        apart = duration_ns * 1e-9 / samples / self._tau_s
        mean = np.expm1(-samples * apart) / (samples * np.expm1(-apart))
        missing: Floats = (self._sampled * self._passed(now_ns) * mean).sum(axis=0)
        return missing

    def _passed(self, now_ns: int) -> Floats:
        """What is left of each exponential."""
        left: Floats = np.exp(-(now_ns - self._since_ns) * 1e-9 / self._tau_s)
        return left


def _apart(tau_s: Floats, other_s: Floats) -> Floats:
    """Time constants that are not those of another pole."""
    return np.where(np.abs(tau_s - other_s) < CLOSEST * other_s, other_s * (1 + CLOSEST), tau_s)
