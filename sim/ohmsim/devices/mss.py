"""Metastable-switch model of a self-directed-channel or Ag-chalcogenide cell (MSS).

Equations: M. A. Nugent, T. W. Molter, "AHaH computing: from metastable switches to attractors to machine learning",
PLoS ONE 9:e85175 (2014), and the same authors' "The generalized metastable switch memristor model" (CNNA 2016). A cell
is a collection of N switches, each in state A or B; x is the fraction in B. During a voltage V held for a time t

    P(A -> B) per unit of time = (1/tau)      / (1 + exp(-(V - v_on) / V_T))
    P(B -> A) per unit of time = (1/tau) (1 - 1 / (1 + exp(-(V + v_off) / V_T)))     V_T = k T / q
    I = phi G V + (1 - phi) (a_f exp(b_f V) - a_r exp(-b_r V)),   G = x / r_on + (1 - x) / r_off

The mean of x has a closed form for a constant voltage (two-state Markov chain); the numbers of switches that change
are binomial. Defaults are those of the published circuit model: r_on 500 ohm, r_off 1500 ohm, v_on = v_off = 0.27 V,
tau 100 us, 298.5 K, phi 0.8, Schottky 8e-4 A and 4 /V.

Retention. With these parameters the published form forgets: at 0 V both rates are 0.28 /s, so x decays to 1/2 with
1.8 s. `volatile = 1` is that form. `volatile = 0` subtracts each rate's value at 0 V, so that a cell at rest keeps its
state and the behaviour above 0.1 V is the same to within 0.1 %.

Variation. From device to device v_on, v_off, tau and both resistances are log-normal (mean kept); from cycle to cycle
the time scale of an event is log-normal (mean kept).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ohmsim.devices.base import Cells, Device, Floats, Ordinals, within
from ohmsim.errors import ParameterError
from ohmsim.noise import NoiseSource
from ohmsim.parameters import bounded
from ohmsim.state import State

BOLTZMANN_V = 1.380649e-23 / 1.602176634e-19
"""k / q, V/K (2019 SI)."""


@dataclass(frozen=True, slots=True)
class MssParameters:
    """Population of cells. Spreads are standard deviations of the logarithm; 0 switches them off."""

    r_on: float = bounded(500, 1, 1e9, "ohm")
    r_off: float = bounded(1500, 1, 1e9, "ohm")
    v_on: float = bounded(0.27, 0.01, 5, "V")
    v_off: float = bounded(0.27, 0.01, 5, "V")
    tau: float = bounded(1e-4, 1e-9, 1e3, "s")
    temperature: float = bounded(298.5, 200, 500, "K")
    switches: float = bounded(1e4, 1, 1e12)  # N
    volatile: float = bounded(0, 0, 1)  # 1: the published rates, 0: without what they are at 0 V
    phi: float = bounded(1, 0, 1)  # part of the current that the switches carry
    schottky_forward: float = bounded(8e-4, 0, 1, "A")
    schottky_forward_slope: float = bounded(4, 0, 40, "1/V")
    schottky_reverse: float = bounded(8e-4, 0, 1, "A")
    schottky_reverse_slope: float = bounded(4, 0, 40, "1/V")
    d2d_threshold: float = bounded(0.1, 0, 0.5)
    d2d_tau: float = bounded(0.3, 0, 2)
    d2d_resistance: float = bounded(0.05, 0, 1)
    c2c_rate: float = bounded(0.2, 0, 2)
    initial_a: float = bounded(1.5, 0.1, 100)
    initial_b: float = bounded(3, 0.1, 100)


class Mss(Device):
    """Metastable-switch cells. State at first power-up: Kumaraswamy's distribution, as of Vteam.

    Conductance is told at 0 V (small signal), where the published diode current has its own slope.

    Raises ParameterError if r_on is not below r_off in every cell, if the two saturation currents differ (the cell
    would drive a current at 0 V), or if `volatile` is neither 0 nor 1.
    """

    quiet_set_v = quiet_reset_v = 0.0

    drawn_in_time = True

    def __init__(self, parameters: MssParameters, cells: int, noise: NoiseSource, state: State) -> None:
        self.parameters = p = parameters
        if p.volatile not in (0, 1):
            raise ParameterError("volatile", p.volatile, "0 or 1")
        if p.schottky_forward != p.schottky_reverse:
            raise ParameterError("schottky_reverse", p.schottky_reverse, f"schottky_forward = {p.schottky_forward:g} A")
        every, first = np.arange(cells), np.zeros(1, np.uint64)

        def spread(name: str, sigma: float) -> Floats:
            return np.exp(sigma * noise.stream(f"mss.d2d.{name}", cells).normal(every, first) - sigma**2 / 2)

        thermal_v = BOLTZMANN_V * p.temperature
        self._on = p.v_on * spread("v_on", p.d2d_threshold) / thermal_v
        self._off = p.v_off * spread("v_off", p.d2d_threshold) / thermal_v
        self._thermal_v = thermal_v
        self._rate = 1 / (p.tau * spread("tau", p.d2d_tau))
        self._on_rest = np.zeros(cells) if p.volatile else _logistic(-self._on)
        self._off_rest = np.zeros(cells) if p.volatile else _logistic(-self._off)
        self._g_off = spread("r_off", p.d2d_resistance) / p.r_off
        self._g_span = spread("r_on", p.d2d_resistance) / p.r_on - self._g_off
        if not (self._g_span > 0).all():
            raise ParameterError("r_on", p.r_on, f"below r_off = {p.r_off:g} ohm by more than their spread")

        self.timed = p.volatile == 1
        self.ohmic = p.phi == 1 or p.schottky_forward == 0
        self._diode_s = (1 - p.phi) * _diode_chord(p, np.zeros(1))[0]
        self._low_s = p.phi * self._g_off + self._diode_s
        self._high_s = p.phi * (self._g_off + self._g_span) + self._diode_s
        self._cycle = noise.stream("mss.c2c", cells)
        self._switched = (noise.stream("mss.on", cells), noise.stream("mss.off", cells))

        def initial() -> Floats:
            u = noise.stream("mss.initial", cells).uniform(every, first)
            return np.rint(p.switches * (1 - (1 - u) ** (1 / p.initial_b)) ** (1 / p.initial_a))

        self._count = state.array("mss.count", (cells,), np.float64, initial)
        self._conductance_s = np.empty(cells)
        self._settle(every)

    @property
    def conductance_s(self) -> Floats:
        """Noiseless conductance of every cell at 0 V, S."""
        return self._conductance_s

    @property
    def bounds_s(self) -> tuple[Floats, Floats]:
        """Of all switches in A and all in B."""
        return self._low_s, self._high_s

    def rates(self, cells: Cells, volts: Floats) -> tuple[Floats, Floats]:
        """Rates of A -> B and B -> A of one switch in each cell, 1/s, before variation from cycle to cycle."""
        z = volts / self._thermal_v
        on = np.maximum(_logistic(z - self._on[cells]) - self._on_rest[cells], 0)
        off = np.maximum(_logistic(-z - self._off[cells]) - self._off_rest[cells], 0)
        return on * self._rate[cells], off * self._rate[cells]

    def apply(self, cells: Cells, volts: Floats, duration_s: float, ordinals: Ordinals) -> None:
        """Two-state chains: which switches of each cell are in the other state at the end is binomial."""
        p = self.parameters
        on, off = self.rates(cells, volts)
        both = on + off
        factor = np.exp(p.c2c_rate * self._cycle.normal(cells, ordinals) - p.c2c_rate**2 / 2)
        gone = -np.expm1(-both * factor * duration_s)
        share = np.divide(on, both, out=np.zeros_like(on), where=both > 0)
        count = self._count[cells]
        up = self._switched[0].binomial(cells, ordinals, p.switches - count, share * gone)
        down = self._switched[1].binomial(cells, ordinals, count, (1 - share) * gone)
        self._count[cells] = count + up - down
        self._settle(cells)

    def rest(self, duration_s: float) -> None:
        """The published form decays to one half; its mean, because rests are not numbered events."""
        if not self.parameters.volatile:
            return
        every = np.arange(self._count.size)
        on, off = self.rates(every, np.zeros(every.size))
        mean = self.parameters.switches * on / (on + off)
        self._count[...] = mean + (self._count - mean) * np.exp(-(on + off) * duration_s)
        self._settle(every)

    def put(self, conductance_s: Floats) -> None:
        """Invert G(x)."""
        given = within(conductance_s, self.bounds_s)
        x = (conductance_s[given] - self._low_s[given]) / (self._high_s - self._low_s)[given]
        self._count[given] = self.parameters.switches * np.clip(x, 0, 1)  # only what rounding put outside
        self._settle(np.flatnonzero(given))

    def chord_s(self, volts: Floats) -> Floats:
        """Switches in parallel with the two diodes."""
        p = self.parameters
        chord: Floats = self._conductance_s - self._diode_s + (1 - p.phi) * _diode_chord(p, volts)
        return chord

    def slope_s(self, volts: Floats) -> Floats:
        """Derivative of the same current."""
        p = self.parameters
        forward = p.schottky_forward * p.schottky_forward_slope * np.exp(p.schottky_forward_slope * volts)
        reverse = p.schottky_reverse * p.schottky_reverse_slope * np.exp(-p.schottky_reverse_slope * volts)
        slope: Floats = self._conductance_s - self._diode_s + (1 - p.phi) * (forward + reverse)
        return slope

    def _settle(self, cells: Cells) -> None:
        x = self._count[cells] / self.parameters.switches
        switches_s = self._g_off[cells] + self._g_span[cells] * x
        self._conductance_s[cells] = self.parameters.phi * switches_s + self._diode_s


def _logistic(z: Floats) -> Floats:
    """1 / (1 + exp(-z)), without overflow."""
    small = np.exp(-np.abs(z))
    logistic: Floats = np.where(z >= 0, 1, small) / (1 + small)
    return logistic


def _diode_chord(p: MssParameters, volts: Floats) -> Floats:
    """Current of the two diodes divided by the voltage, S; its limit at 0 V."""
    v = np.where(np.abs(volts) < 1e-9, 1e-9, volts)
    forward = p.schottky_forward * np.expm1(p.schottky_forward_slope * v)
    reverse = p.schottky_reverse * np.expm1(-p.schottky_reverse_slope * v)
    chord: Floats = (forward - reverse) / v
    return chord
