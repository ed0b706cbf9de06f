"""The board's clock for models that forget: between two events their cells rest."""

from __future__ import annotations

from collections.abc import Callable

from ohmsim.devices.base import Cells, Device, Floats, Ordinals
from ohmsim.overlays.layer import Layer


class Passing(Layer):
    """Lets the model rest for the time that has passed whenever it is looked at or a voltage comes.

    Args:
        now_s: seconds since the emulator's start.
    """

    def __init__(self, inner: Device, now_s: Callable[[], float]) -> None:
        super().__init__(inner)
        self._now_s = now_s
        self._last_s = now_s()

    @property
    def conductance_s(self) -> Floats:
        """Of the model, now."""
        self._catch_up()
        return self.inner.conductance_s

    def apply(self, cells: Cells, volts: Floats, duration_s: float, ordinals: Ordinals) -> None:
        """The clock is at the end of the event: cells that see no voltage rest through it too."""
        self._catch_up()
        self.inner.apply(cells, volts, duration_s, ordinals)

    def chord_s(self, volts: Floats) -> Floats:
        """Of the model, now."""
        self._catch_up()
        return self.inner.chord_s(volts)

    def slope_s(self, volts: Floats) -> Floats:
        """Of the model, now."""
        self._catch_up()
        return self.inner.slope_s(volts)

    def _catch_up(self) -> None:
        now_s = self._now_s()
        if now_s > self._last_s:
            self.inner.rest(now_s - self._last_s)
            self._last_s = now_s
