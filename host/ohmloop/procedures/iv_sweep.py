"""Current against voltage of a few cells, within the read limit: how far they are from Ohm's law. Moves nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ohmloop.crossbar import Crossbar, Setup, restoring
from ohmloop.procedures.probe import Floats, Place
from ohmloop.programming.access import Access, Rearm, resume
from ohmloop.programming.safe_points import SafePoints
from ohmloop.store import Run


@dataclass(frozen=True, slots=True)
class Curves:
    """Currents of cells over a sweep.

    Attributes:
        place: the cells.
        volts: read voltages in the order they were applied, V, shape (points,).
        currents_a: A, shape (points, cells); NaN where the board gave no reading, infinite beyond the current range.
    """

    place: Place
    volts: Floats
    currents_a: Floats

    @property
    def conductances_s(self) -> Floats:
        """Current over voltage, S, shape (points, cells)."""
        return self.currents_a / self.volts[:, None]

    @property
    def nonlinearity(self) -> Floats:
        """Conductance at the largest voltage over that at the smallest, less 1, shape (cells,); 0 for a resistor."""
        conductances_s = self.conductances_s
        ratio: Floats = conductances_s[np.argmax(self.volts)] / conductances_s[np.argmin(self.volts)] - 1
        return ratio


def there_and_back(largest_v: float, points: int) -> Floats:
    """Voltages that rise to `largest_v` in equal steps and fall again, V, shape (2 points - 1,).

    Raises ValueError unless there are at least 2 points and the voltage is above 0.
    """
    if points < 2 or not 0 < largest_v < np.inf:
        raise ValueError(f"a sweep has at least 2 points up to a voltage above 0, not {points} up to {largest_v} V")
    rising = largest_v * np.arange(1, points + 1) / points
    return np.concatenate([rising, rising[-2::-1]])


def iv_sweep(
    crossbar: Crossbar,
    setup: Setup,
    place: Place,
    volts: Floats,
    *,
    run: Run | None = None,
    safe_points: SafePoints | None = None,
    tell: Callable[[int, int], None] | None = None,
    rearm: Rearm = resume,
) -> Curves:
    """Read cells at one voltage after the other, and leave the board under `setup`.

    Args:
        crossbar: armed; it refuses voltages above the read limit of its device.
        setup: how cells are read, but for the voltage.
        place: the cells.
        volts: read voltages, V, each above 0.
        run: journals every reading.
        safe_points: where it may be ended or held.
        tell: called with the number of voltages that have been read at, and that will be.
        rearm: loads set-up and limits again after the board has restarted.

    Raises CrossbarErrors (LimitExceeded among them), SafePoint if it was ended.
    """
    access = Access(crossbar, setup, run, rearm)
    currents = np.full((volts.size, len(place)), np.nan)
    with restoring(crossbar, setup):
        for point, read_v in enumerate(volts):
            if safe_points is not None:
                safe_points.pass_by()
            access.set_up(replace(setup, read=replace(setup.read, volts=float(read_v))))
            currents[point] = read_v * access.read(place.rows, place.cols)
            if tell is not None:
                tell(point + 1, volts.size)
        access.set_up(setup)
    return Curves(place, volts, currents)
