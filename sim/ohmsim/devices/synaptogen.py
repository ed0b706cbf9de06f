"""Synaptogen: a generative model of measured cells (TiN/HfO2-class 1T1R ReRAM, 6000 cycles of 512 devices).

Equations: T. Hennen, L. Brackmann, T. Ziegler, S. Siegel, S. Menzel, R. Waser, D. J. Wouters, D. Bedau, "Synaptogen:
a cross-domain generative device model for large-scale neuromorphic circuit design" (2024), and T. Hennen et al., "A
high throughput generative vector autoregression model for stochastic synapses", Front. Neurosci. 16 (2022).
Parameters: those that come with its authors' package, see synaptogen_data.

Each switching cycle n of a cell has four features: resistance of the high state, SET voltage, resistance of the low
state, RESET voltage. They are a vector autoregression of order 10 in normal space, bent by a polynomial, and scaled by
means and spreads of the device, which come from a mixture of three normal distributions:

    x_n = B e_n + sum_l A_l x_(n-l)      y_n = mu + sigma P(x_n)      (mu, sigma) ~ mixture;   y_n[0] is log10 R

The current mixes two polynomials, I(U) = (1 - r) I_low(U) + r I_high(U). The SET is complete as soon as U <= U_SET.
Above U_RESET, the RESET follows I = a |U_max - U|^eta + c up to U_max = 1.46 V, where the next cycle's high state is
reached. In the paper's sign U the SET is negative; `volts` of this interface is -U.

What the model does not have: time. The width of a pulse has no effect, and a pulse repeated does nothing.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from ohmsim.devices.base import Cells, Device, Floats, Ordinals, within
from ohmsim.devices.kernel import Kernel, event, lib, pointer
from ohmsim.noise import NoiseSource
from ohmsim.parameters import bounded
from ohmsim.state import State

FEATURES, ORDER = 4, 10
R_HIGH, U_SET, R_LOW, U_RESET = range(FEATURES)
HIGH, BETWEEN, LOW = range(3)
"""Where a cell is: complete high-resistance state, on its way there, complete low-resistance state."""

LEAST_S = 1e-6
"""No chord is below it: far from 0.2 V the polynomials of the highest resistances extrapolate below zero."""
BISECTIONS = 52


@dataclass(frozen=True, slots=True)
class SynaptogenParameters:
    """How much of the measured variation is there: 1 is what was measured, 0 the mean cell in its mean cycle."""

    d2d: float = bounded(1, 0, 1)
    c2c: float = bounded(1, 0, 1)


class Synaptogen(Device):
    """Synaptogen cells, at first in the high-resistance state of their first cycle.

    A cell's draws are keyed by its cycle. Conductance is told at U = +0.2 V, at which the model defines resistance.
    """

    quiet_set_v = quiet_reset_v = 0.0
    ohmic = False

    def __init__(self, parameters: SynaptogenParameters, cells: int, noise: NoiseSource, state: State) -> None:
        self.parameters = parameters
        text = (resources.files("ohmsim.devices") / "synaptogen_data" / "parameters.json").read_text()
        p = {name: np.array(value) for name, value in json.loads(text).items() if name != "source"}
        self._u0, self._u_max, self._eta = float(p["u0"]), float(p["u_max"]), float(p["eta"])
        # Without their last coefficient, which is zero: polynomials of the chord I(U) / U.
        self._chord_low, self._chord_high = p["llrs"][:-1], p["hhrs"][:-1]
        self._g_low, self._g_high = (np.polyval(c, self._u0) for c in (self._chord_low, self._chord_high))
        mean, spread = self._devices(p, cells, noise)

        every = np.arange(cells)
        # Features in normal space of the last ORDER cycles: cycle n at n modulo ORDER.
        history: NDArray[np.float32] = state.array("synaptogen.history", (cells, ORDER, FEATURES), np.float32)
        cycle: NDArray[np.uint64] = state.array("synaptogen.cycle", (cells,), np.uint64)
        self._y: Floats = state.array("synaptogen.features", (cells, FEATURES), np.float64)
        self._level: NDArray[np.int8] = state.array("synaptogen.level", (cells,), np.int8)
        self._u_reset: Floats = state.array("synaptogen.u_reset", (cells,), np.float64)
        self._curve: Floats = state.array("synaptogen.curve", (cells, 2), np.float64)
        self._r: Floats = state.array("synaptogen.r", (cells,), np.float64)
        self._conductance_s = np.empty(cells)
        keys = [noise.stream(f"synaptogen.cycle.{pair}", cells).keys for pair in range(2)]
        self._kernel = Kernel(
            "ohm_synaptogen",
            first=(keys[0][0], keys[1][0]),
            second=(keys[0][1], keys[1][1]),
            terms=np.ascontiguousarray(np.concatenate((p["innovation"], *p["lag"]), axis=1).T),
            gamma=np.ascontiguousarray(p["gamma"].T),
            mean=mean,
            spread=spread,
            chord_low=self._chord_low,
            chord_high=self._chord_high,
            u0=self._u0,
            u_max=self._u_max,
            eta=self._eta,
            g_low=self._g_low,
            g_high=self._g_high,
            history=history,
            cycle=cycle,
            features=self._y,
            u_reset=self._u_reset,
            r=self._r,
            curve=self._curve,
            level=self._level,
            conductance=self._conductance_s,
        )
        fresh = every[cycle == 0]
        if fresh.size:
            lib.ohm_synaptogen_next(self._kernel.model, pointer(fresh.astype(np.int64)), fresh.size)
            self._r[fresh] = self._mixture(self._y[fresh, R_HIGH])
        self._settle(every)

    def _devices(self, p: dict[str, NDArray[np.float64]], cells: int, noise: NoiseSource) -> tuple[Floats, Floats]:
        """Means and spreads of the features of each cell, shape (cells, FEATURES)."""
        every, first = np.arange(cells), np.zeros(1, np.uint64)
        share = np.cumsum(p["weight"]) / p["weight"].sum()
        component = np.searchsorted(share, noise.stream("synaptogen.component", cells).uniform(every, first))
        normal = [
            noise.stream(f"synaptogen.device.{number}", cells).normal(every, first) for number in range(2 * FEATURES)
        ]
        average = p["weight"] @ p["mean"] / p["weight"].sum()
        both = np.empty((2 * FEATURES, cells))
        for number, (mean, cholesky) in enumerate(zip(p["mean"], p["cholesky"], strict=True)):
            mine = component == number
            drawn = mean[:, None] + sum(cholesky[:, k, None] * normal[k][mine] for k in range(2 * FEATURES))
            both[:, mine] = average[:, None] + self.parameters.d2d * (drawn - average[:, None])
        spread = self.parameters.c2c * both[FEATURES:]
        return np.ascontiguousarray(both[:FEATURES].T), np.ascontiguousarray(spread.T)

    @property
    def conductance_s(self) -> Floats:
        """Noiseless conductance of every cell at U = +0.2 V, S."""
        return self._conductance_s

    @property
    def bounds_s(self) -> tuple[Floats, Floats]:
        """Of the present cycle, or where the cell is: it may still be at the low resistance of the last one."""
        high_state, low_state = 1 / self._y[:, R_HIGH], 1 / self._y[:, R_LOW]
        return np.minimum(high_state, self._conductance_s), np.maximum(low_state, self._conductance_s)

    @property
    def features(self) -> Floats:
        """Features of the present cycle of every cell, shape (4, cells): ohm, V, ohm, V, in the paper's signs."""
        return self._y.T

    def apply(self, cells: Cells, volts: Floats, duration_s: float, ordinals: Ordinals) -> None:
        """SET, RESET, or nothing (sim/kernels/cells/synaptogen.c); neither duration nor ordinal matters."""
        where, seen, _ = event(cells, volts, ordinals)
        lib.ohm_synaptogen_apply(self._kernel.model, where, seen, len(cells))

    def put(self, conductance_s: Floats) -> None:
        """Invert G(r); a cell between its bounds is on the RESET curve of its present cycle."""
        given = np.flatnonzero(within(conductance_s, self.bounds_s))
        r = (self._g_low - conductance_s[given]) / (self._g_low - self._g_high)
        r_high, r_low = self._mixture(self._y[given, R_HIGH]), self._mixture(self._y[given, R_LOW])
        self._r[given] = r
        self._level[given] = np.where(r >= r_high, HIGH, np.where(r <= r_low, LOW, BETWEEN))
        self._aim(given, self._y[given, U_RESET], r_low)
        below, above = self._y[given, U_RESET].copy(), np.full(given.size, self._u_max)
        for _ in range(BISECTIONS):
            middle = (below + above) / 2
            further = self._follow(given, middle) < r
            below, above = np.where(further, middle, below), np.where(further, above, middle)
        self._u_reset[given] = np.where(self._level[given] == LOW, self._y[given, U_RESET], below)
        self._settle(given)

    def chord_s(self, volts: Floats) -> Floats:
        """The mixture of both polynomials."""
        low, high = np.polyval(self._chord_low, -volts), np.polyval(self._chord_high, -volts)
        chord: Floats = np.maximum(low + self._r * (high - low), LEAST_S)
        return chord

    def slope_s(self, volts: Floats) -> Floats:
        """Derivative of the mixture; where the chord is held at its least, that."""
        low, high = (np.polyval(np.polyder(np.append(c, 0)), -volts) for c in (self._chord_low, self._chord_high))
        return np.where(self.chord_s(volts) > LEAST_S, low + self._r * (high - low), LEAST_S)

    def _mixture(self, resistance: Floats) -> Floats:
        """The share r at which a cell has this resistance."""
        r: Floats = (self._g_low - 1 / resistance) / (self._g_low - self._g_high)
        return r

    def _aim(self, cells: Cells, u: Floats, r: Floats) -> None:
        """The RESET curve I = a |U_max - U|^eta + c from here (voltage u, share r) to the high state."""
        start, end = self._current(r, u), self._current(self._mixture(self._y[cells, R_HIGH]), self._u_max)
        self._curve[cells, 0] = (start - end) / np.abs(self._u_max - u) ** self._eta
        self._curve[cells, 1] = end

    def _follow(self, cells: Cells, u: Floats) -> Floats:
        """The share at voltage u of the RESET curve."""
        a, c = self._curve[cells].T
        current = a * np.abs(self._u_max - u) ** self._eta + c
        low, high = (u * np.polyval(chord, u) for chord in (self._chord_low, self._chord_high))
        r: Floats = (current - low) / (high - low)
        return r

    def _current(self, r: Floats, u: Floats | float) -> Floats:
        low, high = (u * np.polyval(chord, u) for chord in (self._chord_low, self._chord_high))
        current: Floats = low + r * (high - low)
        return current

    def _settle(self, cells: Cells) -> None:
        self._conductance_s[cells] = self._g_low - self._r[cells] * (self._g_low - self._g_high)
