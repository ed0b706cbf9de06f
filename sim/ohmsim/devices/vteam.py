"""Threshold model of a voltage-controlled cell, with variation (VTEAM).

Equations: S. Kvatinsky, M. Ramadan, E. G. Friedman, A. Kolodny, "VTEAM: a general model for voltage-controlled
memristors", IEEE TCAS-II 62:786 (2015), with the windows f_on = 1 - w and f_off = w, which have a closed form for
a pulse of constant voltage:

    V > 0:  dw/dt =  k_set   (V/v_set   - 1)^alpha (1 - w)     w(t) = 1 - (1 - w0) exp(-k t)     above v_set
    V < 0:  dw/dt = -k_reset (|V|/v_reset - 1)^alpha w         w(t) = w0 exp(-k t)               above v_reset
    G = g_min + (g_max - g_min) w

Tail. A hard threshold would leave half-selected cells exactly where they are, which no cell does. With `tail_rate`
above 0 the rates have a sub-threshold part, as of thermally activated ion hopping, which is zero at 0 V:

    k tail_rate (exp(min(|V| - v_th, 0) / tail_v) - exp(-v_th / tail_v))

Variation. From device to device: thresholds, rates and both conductance bounds, each log-normal (mean kept), so that
none is ever zero or negative. From cycle to cycle: the rate of each pulse is log-normal (mean kept) and the voltage
that acts jitters, both keyed by the cell's event and drawn in single precision; the state is kept in double.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ohmsim.devices.base import Cells, Device, Floats, Ordinals, within
from ohmsim.devices.kernel import Kernel, event, lib
from ohmsim.errors import ParameterError
from ohmsim.noise import LARGEST_NORMAL, NoiseSource
from ohmsim.parameters import bounded
from ohmsim.state import State


@dataclass(frozen=True, slots=True)
class VteamParameters:
    """Population of cells. Spreads are standard deviations of the logarithm; 0 switches them off."""

    v_set: float = bounded(0.9, 0.01, 5, "V")
    v_reset: float = bounded(1.0, 0.01, 5, "V")
    rate_set: float = bounded(1.5e5, 1, 1e12, "1/s")
    rate_reset: float = bounded(1.5e5, 1, 1e12, "1/s")
    alpha_set: float = bounded(3, 1, 10)
    alpha_reset: float = bounded(3, 1, 10)
    g_min: float = bounded(3e-6, 1e-9, 0.1, "S")
    g_max: float = bounded(150e-6, 1e-9, 0.1, "S")
    d2d_threshold: float = bounded(0.08, 0, 0.5)
    d2d_rate: float = bounded(0.5, 0, 2)
    d2d_g_min: float = bounded(0.3, 0, 1)
    d2d_g_max: float = bounded(0.1, 0, 1)
    c2c_rate: float = bounded(0.4, 0, 2)
    c2c_volts: float = bounded(0.02, 0, 0.1)
    tail_rate: float = bounded(0, 0, 1)  # of the rates; 0 is the hard threshold of the paper
    tail_v: float = bounded(0.1, 0.02, 1, "V")
    initial_a: float = bounded(1.2, 0.1, 100)
    initial_b: float = bounded(4, 0.1, 100)


class Vteam(Device):
    """VTEAM cells.

    The state at first power-up is w = (1 - (1 - u)^(1/b))^(1/a) with u uniform (Kumaraswamy's distribution): mostly
    low, as a fresh array is after a RESET of all cells.

    Raises ParameterError if a cell's lower conductance bound is not below its upper one.
    """

    def __init__(self, parameters: VteamParameters, cells: int, noise: NoiseSource, state: State) -> None:
        self.parameters = p = parameters
        every, first = np.arange(cells), np.zeros(1, np.uint64)

        def spread(name: str, sigma: float) -> Floats:
            return np.exp(sigma * noise.stream(f"vteam.d2d.{name}", cells).normal(every, first) - sigma**2 / 2)

        # One row for each direction: 0 RESET, 1 SET.
        self._threshold = np.stack(
            (p.v_reset * spread("v_reset", p.d2d_threshold), p.v_set * spread("v_set", p.d2d_threshold))
        )
        self._rate = np.stack(
            (p.rate_reset * spread("rate_reset", p.d2d_rate), p.rate_set * spread("rate_set", p.d2d_rate))
        )
        self._g_min = p.g_min * spread("g_min", p.d2d_g_min)
        self._g_span = p.g_max * spread("g_max", p.d2d_g_max) - self._g_min
        if not (self._g_span > 0).all():
            raise ParameterError("g_min", p.g_min, f"below g_max = {p.g_max:g} S by more than their spread")

        jitter = 1 + p.c2c_volts * LARGEST_NORMAL
        self.quiet_reset_v, self.quiet_set_v = (self._threshold.min(axis=1) / jitter).tolist()
        if p.tail_rate > 0:
            self.quiet_reset_v = self.quiet_set_v = 0.0

        def initial() -> Floats:
            u = noise.stream("vteam.initial", cells).uniform(every, first)
            return (1 - (1 - u) ** (1 / p.initial_b)) ** (1 / p.initial_a)

        self._w = state.array("vteam.w", (cells,), np.float64, initial)
        self._low_s, self._high_s = self._g_min, self._g_min + self._g_span
        self._conductance_s = self._g_min + self._g_span * self._w
        first, second = noise.stream("vteam.c2c", cells).keys
        self._kernel = Kernel(
            "ohm_vteam",
            first=first,
            second=second,
            per_threshold=tuple(1 / self._threshold),
            rate=tuple(self._rate),
            alpha=np.array((p.alpha_reset, p.alpha_set)),
            c2c_rate=p.c2c_rate,
            c2c_volts=p.c2c_volts,
            tail_rate=p.tail_rate,
            tail_v=p.tail_v,
            g_min=self._g_min,
            g_span=self._g_span,
            w=self._w,
            conductance=self._conductance_s,
        )

    @property
    def conductance_s(self) -> Floats:
        """Noiseless conductance of every cell, S."""
        return self._conductance_s

    @property
    def bounds_s(self) -> tuple[Floats, Floats]:
        """Of w = 0 and w = 1."""
        return self._low_s, self._high_s

    def apply(self, cells: Cells, volts: Floats, duration_s: float, ordinals: Ordinals) -> None:
        """Closed form of one pulse of constant voltage: sim/kernels/cells/vteam.c."""
        lib.ohm_vteam_apply(self._kernel.model, *event(cells, volts, ordinals), len(cells), duration_s)

    def put(self, conductance_s: Floats) -> None:
        """Invert G(w)."""
        given = within(conductance_s, self.bounds_s)
        w = (conductance_s[given] - self._g_min[given]) / self._g_span[given]
        self._w[given] = np.clip(w, 0, 1)  # only what rounding put outside
        self._conductance_s[...] = self._g_min + self._g_span * self._w
