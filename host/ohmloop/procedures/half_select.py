"""The half-select test: what pulses on one cell do to all the others, by bias scheme."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import Bias, Setup
from ohmloop.procedures.probe import Floats, Place, Probe
from ohmloop.programming.disturbance import Disturbance

PULSES = 24
"""Pulses on the one cell, by polarity and bias scheme."""

READS = 4
"""Readings of every cell before and after."""

NARROWEST = 0.05
"""The way of a cell to its bound counts as at least this fraction of the distance between the bounds."""


@dataclass(frozen=True, slots=True)
class Hammer:
    """Pulses of one polarity: `way` 1 for SET, -1 for RESET; `volts` their magnitude, V.

    `own_rate`: a typical cell that sees one in full goes the part 1 - exp(-own_rate) of its way to the bound.
    """

    way: int
    volts: float
    own_rate: float


def measure_disturbance(
    probe: Probe,
    setup: Setup,
    hammers: Sequence[Hammer],
    bounds_s: tuple[float, float],
    *,
    width_s: float,
    read_noise: float,
    cell: tuple[int, int],
) -> list[Disturbance]:
    """Pulse one cell with each hammer under V/2, and under V/3 if V/2 moves other cells; read the array in between.

    Args:
        probe: ends under `setup`.
        setup: of the experiment, without its bias.
        hammers: one for each polarity.
        bounds_s: conductances that RESET and SET drive to, S.
        width_s: of the pulses, s.
        read_noise: scatter of one reading as a fraction of the conductance.
        cell: the one that is pulsed, and driven to its bounds.
    """
    found: list[Disturbance] = []
    for bias in (Bias.HALF, Bias.THIRD):
        probe.set_up(replace(setup, bias=bias))
        found += [_one(probe, bias, hammer, bounds_s, width_s, read_noise, cell) for hammer in hammers]
        if not any(disturbance.visible for disturbance in found):
            break
    probe.set_up(setup)
    return found


def _one(
    probe: Probe,
    bias: Bias,
    hammer: Hammer,
    bounds_s: tuple[float, float],
    width_s: float,
    read_noise: float,
    cell: tuple[int, int],
) -> Disturbance:
    geometry = probe.crossbar.capabilities.geometry
    everywhere = Place.everywhere(geometry.rows, geometry.cols)
    before_s = probe.read(everywhere, READS)
    hammered = Place(np.full(PULSES, cell[0], dtype=np.int32), np.full(PULSES, cell[1], dtype=np.int32))
    probe.pulse(hammered, np.full(PULSES, hammer.way * hammer.volts), np.full(PULSES, width_s))
    after_s = probe.read(everywhere, READS)
    signs = hammer.way * _seen(everywhere, cell, bias)
    read = np.isfinite(before_s).all(axis=0) & np.isfinite(after_s).all(axis=0) & (signs != 0)
    mean_s, change_s, signs = before_s.mean(axis=0)[read], (after_s - before_s).mean(axis=0)[read], signs[read]
    low_s, high_s = bounds_s
    way_s = np.maximum(np.where(signs > 0, high_s - mean_s, mean_s - low_s), NARROWEST * (high_s - low_s))
    rates: Floats = -np.log1p(-np.clip(signs * change_s / way_s, -0.9, 0.9)) / PULSES
    scatter = read_noise * np.sqrt(2 / READS) * np.mean(mean_s / way_s) / PULSES
    return Disturbance(bias, hammer.way, hammer.volts, tuple(rates.tolist()), float(scatter), hammer.own_rate)


def _seen(place: Place, cell: tuple[int, int], bias: Bias) -> NDArray[np.int8]:
    """Sign of what each cell sees of a pulse on `cell`, 0 for nothing and for the cell itself.

    Under V/2 cells on its lines see a half; under V/3 these see a third, and all others a third of the other sign.
    """
    row, col = place.rows == cell[0], place.cols == cell[1]
    others = 0 if bias is Bias.HALF else -1
    seen: NDArray[np.int8] = np.where(row ^ col, 1, others).astype(np.int8)
    seen[row & col] = 0
    return seen
