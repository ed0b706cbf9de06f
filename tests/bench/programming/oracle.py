"""The oracle: it knows every parameter and the true state of each cell, and only the noise of the next pulse not."""

from __future__ import annotations

from functools import partial

import numpy as np
from numpy.typing import NDArray

from ohmloop.programming.cost_to_go import ERRORS, LARGEST, cost_to_go
from ohmloop.programming.profile import ProgrammingProfile
from ohmsim.array import SimulatedArray
from ohmsim.devices.mss import Mss
from ohmsim.devices.vteam import Vteam

Floats = NDArray[np.float64]

AMPLITUDES, WIDTHS = 160, 40
NODES = 7
PULSES = 60


def oracle_pulses(array: SimulatedArray, targets_s: Floats, profile: ProgrammingProfile, band_s: float) -> Floats:
    """Pulses of each cell until its true conductance is within `band_s`: a bound for every policy.

    Each time the pulse with the fewest expected to be still to come is chosen, from the device's own equations. No
    readings, so no read noise. For rate-type devices.
    """
    device, targets_s = array.cells.device, targets_s.ravel()
    moved = {Vteam: _vteam, Mss: _mss}[type(device)]  # type: ignore[index]
    pulses = np.zeros(targets_s.size)
    x, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights /= weights.sum()
    cost = cost_to_go(0.4, 0.0)
    places = np.linspace(0, LARGEST, ERRORS)
    while True:
        error_s = targets_s - device.conductance_s
        active = np.flatnonzero((np.abs(error_s) > band_s) & (pulses < PULSES))
        if not active.size:
            return pulses
        way = np.sign(error_s[active])
        largest_v = np.where(way > 0, profile.set_drive.max_v, profile.reset_drive.max_v)
        shortest_s, longest_s = profile.widths_s
        start_v = 0.5 * np.where(way > 0, profile.set_drive.start_v, profile.reset_drive.start_v)
        rising_v = start_v[:, None] + (largest_v - start_v)[:, None] * np.linspace(0, 1, AMPLITUDES)
        longer_s = np.geomspace(shortest_s, longest_s, WIDTHS)[1:] if shortest_s < longest_s else np.empty(0)
        tried = np.hstack([rising_v, np.repeat(largest_v[:, None], longer_s.size, axis=1)])
        widths_s = np.append(np.full(AMPLITUDES, shortest_s), longer_s)
        expected = np.zeros(tried.shape)
        for one, share in zip(x, weights, strict=True):
            for jitter, part in moved(array, active)[1]:
                left = moved(array, active)[0](way[:, None] * tried, widths_s, one, jitter)
                place = np.arcsinh(np.abs(left - targets_s[active, None]) / band_s)
                expected += share * part * np.interp(place, places, cost)
        best = expected.argmin(axis=1)
        chosen = way * tried[np.arange(active.size), best]
        pulses[active] += 1
        ordinals = pulses[active].astype(np.uint64) + np.uint64(1 << 20)
        for width_s in np.unique(widths_s[best]):
            mine = widths_s[best] == width_s
            device.apply(active[mine], chosen[mine], float(width_s), ordinals[mine])


def _vteam(array: SimulatedArray, cells: NDArray[np.intp]):  # type: ignore[no-untyped-def]
    device = array.cells.device
    assert isinstance(device, Vteam)
    return partial(_vteam_moved, device, cells), [(-1.7320508, 1 / 6), (0.0, 2 / 3), (1.7320508, 1 / 6)]


def _vteam_moved(
    device: Vteam, cells: NDArray[np.intp], volts: Floats, widths_s: Floats, x: float, jitter: float
) -> Floats:
    p = device.parameters
    up = (volts[:, 0] > 0).astype(np.intp)
    threshold, rate = (values[up, cells][:, None] for values in (device._threshold, device._rate))
    alpha = np.where(up, p.alpha_set, p.alpha_reset)[:, None]
    over = np.maximum(np.abs(volts) * (1 + p.c2c_volts * jitter) / threshold - 1, 0)
    gone = np.exp(-rate * over**alpha * widths_s * np.exp(p.c2c_rate * x - p.c2c_rate**2 / 2))
    w = device._w[cells][:, None]
    after = np.where(volts > 0, 1 - (1 - w) * gone, w * gone)
    return device._g_min[cells][:, None] + device._g_span[cells][:, None] * after


def _mss(array: SimulatedArray, cells: NDArray[np.intp]):  # type: ignore[no-untyped-def]
    device = array.cells.device
    assert isinstance(device, Mss)
    return partial(_mss_moved, device, cells), [(0.0, 1.0)]


def _mss_moved(device: Mss, cells: NDArray[np.intp], volts: Floats, widths_s: Floats, x: float, _: float) -> Floats:
    p = device.parameters
    on, off = device.rates(np.broadcast_to(cells[:, None], volts.shape), volts)
    both = np.maximum(on + off, 1e-300)
    gone = np.exp(-both * widths_s * np.exp(p.c2c_rate * x - p.c2c_rate**2 / 2))
    share = device._count[cells][:, None] / p.switches
    after = on / both + (share - on / both) * gone
    return device._g_off[cells][:, None] + device._g_span[cells][:, None] * after
