"""A device model with one effect on top."""

from __future__ import annotations

from ohmsim.devices.base import Cells, Device, Floats, Ordinals


class Layer(Device):
    """What an overlay does not change is the model's."""

    def __init__(self, inner: Device) -> None:
        self.inner = inner
        self.quiet_set_v, self.quiet_reset_v = inner.quiet_set_v, inner.quiet_reset_v
        self.ohmic, self.timed, self.drawn_in_time = inner.ohmic, inner.timed, inner.drawn_in_time

    @property
    def conductance_s(self) -> Floats:
        """Of the model."""
        return self.inner.conductance_s

    @property
    def bounds_s(self) -> tuple[Floats, Floats]:
        """Of the model."""
        return self.inner.bounds_s

    def apply(self, cells: Cells, volts: Floats, duration_s: float, ordinals: Ordinals) -> None:
        """As the model."""
        self.inner.apply(cells, volts, duration_s, ordinals)

    def put(self, conductance_s: Floats) -> None:
        """As the model."""
        self.inner.put(conductance_s)

    def rest(self, duration_s: float) -> None:
        """As the model."""
        self.inner.rest(duration_s)

    def chord_s(self, volts: Floats) -> Floats:
        """As the model."""
        return self.inner.chord_s(volts)

    def slope_s(self, volts: Floats) -> Floats:
        """As the model."""
        return self.inner.slope_s(volts)
