"""The step curve of one polarity of a rate-type cell: how far one pulse takes it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.population.fields import finite, require, taken

Floats = NDArray[np.float64]

NEAREST = 0.02
"""A window is never taken for less than this fraction of the distance between the two bounds."""


@dataclass(frozen=True, slots=True)
class StepCurve:
    """One polarity of a population of rate-type cells.

    A pulse of amplitude V (magnitude) takes a cell with the threshold phi a part of the way to the bound:

        |dG| = W(G) (1 - exp(-R)),   ln R = ln_rate + k + x + exponent ln softplus((V - phi) / softness_v)

    and R grows with the width of the pulse, in proportion,

    with W(G) the distance to `bound_s`. phi is normal over the cells, k (how fast a cell is) too; x is drawn anew for
    every pulse. The form covers power laws above a threshold (VTEAM; Kvatinsky et al., IEEE TCAS-II 62:786, 2015) and
    rates that are exponential in the voltage (metastable switches, ion hopping) with softness_v / exponent as the volts
    per factor e.

    Attributes:
        threshold_v, threshold_spread_v: mean and standard deviation of phi over the cells, V.
        softness_v: width of the bend at the threshold, V.
        exponent, ln_rate: see above; for pulses of the `width_s` of the population.
        rate_spread: standard deviation of k over the cells.
        cycle_noise: standard deviation of x from pulse to pulse.
        bound_s: conductance that this polarity drives to, S.

    Raises PopulationError for values that are not finite, not positive where they must be, or negative spreads.
    """

    threshold_v: float
    threshold_spread_v: float
    softness_v: float
    exponent: float
    ln_rate: float
    rate_spread: float
    cycle_noise: float
    bound_s: float

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            finite(name, value)
        for name in ("threshold_spread_v", "softness_v", "exponent", "cycle_noise"):
            require(getattr(self, name) > 0, f"{name} must be above 0, not {getattr(self, name)}")
        require(self.rate_spread >= 0, f"rate_spread must not be negative, not {self.rate_spread}")
        require(self.bound_s >= 0, f"bound_s must not be negative, not {self.bound_s}")

    def log_rate(self, volts: Floats, thresholds_v: Floats) -> Floats:
        """Logarithm of R without k and x, for amplitudes (magnitudes) and thresholds in V that broadcast."""
        u = (volts - thresholds_v) / self.softness_v
        return self.ln_rate + self.exponent * log_softplus(u)

    def volts_for(self, log_rate: Floats, thresholds_v: Floats) -> Floats:
        """The amplitude in V at which ln R without k and x is `log_rate`: the inverse of `log_rate`."""
        s = np.exp((log_rate - self.ln_rate) / self.exponent)
        # softplus(u) = s at u = ln(e^s - 1) = s + ln(1 - e^-s)
        return thresholds_v + self.softness_v * (s + np.log(-np.expm1(-np.maximum(s, 1e-300))))

    def pulse_for(
        self, log_rate: Floats, thresholds_v: Floats, largest_v: float, log_widths: Floats
    ) -> tuple[Floats, Floats]:
        """The amplitude in V, and the logarithm of the width over that of the curve, at which ln R is `log_rate`.

        `log_widths` are the least and the most of the latter. An amplitude far above the threshold comes first: there
        it hardly matters where the threshold lies. It is smaller only where the shortest pulse would do too much, and
        above `largest_v` where the longest does not suffice.
        """
        log_width = np.clip(log_rate - self.log_rate(np.array(largest_v), thresholds_v), *log_widths)
        return self.volts_for(log_rate - log_width, thresholds_v), log_width

    def window_s(self, conductances_s: Floats, other_bound_s: float) -> Floats:
        """W: what is left to the bound, S, at least NEAREST of the distance between the bounds."""
        whole_s = abs(self.bound_s - other_bound_s)
        way = 1.0 if self.bound_s > other_bound_s else -1.0
        return np.maximum(way * (self.bound_s - conductances_s), NEAREST * whole_s)

    def to_dict(self) -> dict[str, float]:
        """Plain JSON values by field."""
        return asdict(self)

    @classmethod
    def from_dict(cls, values: Any) -> Self:
        """From what `to_dict` gives. Raises PopulationError."""
        return cls(**{name: finite(name, value) for name, value in taken(cls, values).items()})


def log_softplus(u: Floats) -> Floats:
    """Logarithm of ln(1 + e^u), without overflow or loss."""
    small = u < -30
    softplus = np.logaddexp(0.0, np.maximum(u, -30.0))
    logarithm: Floats = np.where(small, u, np.log(softplus))
    return logarithm
