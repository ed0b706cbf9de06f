"""Temperature of the array: conductance with a linear coefficient, and time that passes faster for retention.

    G(T) = G (1 + coefficient (T - 300 K))       acceleration = exp(activation / k (1 / 300 K - 1 / T))

Both laws are general; their numbers belong to a device and are the user's. A model with a temperature of its own
(`mss`) is set by `device.temperature` as well.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp

from ohmsim.devices.base import Device, Floats
from ohmsim.errors import ParameterError
from ohmsim.overlays.layer import Layer
from ohmsim.parameters import bounded

ROOM_K = 300.0
BOLTZMANN_EV = 8.617333262e-5
"""eV/K (CODATA 2018)."""


@dataclass(frozen=True, slots=True)
class TemperatureParameters:
    """At 300 K nothing changes."""

    kelvin: float = bounded(ROOM_K, 200, 500, "K")
    coefficient: float = bounded(0, -0.01, 0.01, "1/K")
    activation: float = bounded(1.0, 0, 3, "eV")

    @property
    def factor(self) -> float:
        """Of conductances. Raises ParameterError if none would be left."""
        factor = 1 + self.coefficient * (self.kelvin - ROOM_K)
        if factor < 0.1:
            least = 0.9 / abs(self.kelvin - ROOM_K)
            valid = f"at most {least:g} in magnitude at {self.kelvin:g} K"
            raise ParameterError("temperature.coefficient", self.coefficient, valid)
        return factor

    @property
    def acceleration(self) -> float:
        """How much faster than at 300 K cells age."""
        return exp(self.activation / BOLTZMANN_EV * (1 / ROOM_K - 1 / self.kelvin))


class Temperature(Layer):
    """A model whose conductances are told at another temperature than its own."""

    def __init__(self, inner: Device, parameters: TemperatureParameters) -> None:
        super().__init__(inner)
        self._factor = parameters.factor

    @property
    def conductance_s(self) -> Floats:
        """At this temperature."""
        return self.inner.conductance_s * self._factor

    @property
    def bounds_s(self) -> tuple[Floats, Floats]:
        """At this temperature."""
        low, high = self.inner.bounds_s
        return low * self._factor, high * self._factor

    def put(self, conductance_s: Floats) -> None:
        """At this temperature."""
        self.inner.put(conductance_s / self._factor)

    def chord_s(self, volts: Floats) -> Floats:
        """At this temperature."""
        return self.inner.chord_s(volts) * self._factor

    def slope_s(self, volts: Floats) -> Floats:
        """At this temperature."""
        return self.inner.slope_s(volts) * self._factor
