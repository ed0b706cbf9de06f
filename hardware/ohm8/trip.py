"""The levels of the trip: computed from the netlist's resistors, with the worst case of every part that sets them.

A level must lie above what a reading may reach and below what the weakest amplifier can give in range H.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ohm8.netlist import Netlist, ohms
from ohm8.spice.models import Amplifier

Values = dict[str, float]

# Nominal and worst deviation of what is not a resistor. BAV99: 0.5 to 0.6 V at 0.4 mA (maker's curves, from memory),
# -2 mV/K over 25 +- 20 K. MCP6567: input offset 10 mV at most. REF5025: 0.05 %. Logic supply of the Pico: 5 %.
_OTHERS = {
    "diode": (0.55, 0.05),
    "diode, 20 K": (0.0, 0.04),
    "comparator's offset": (0.0, 0.01),
    "reference": (2.5, 2.5 * 5e-4),
    "logic supply": (3.3, 0.165),
}
_PULL_UP_OHM = 100e3  # of TRIP_N, which the hysteresis resistors load
FINE_TOL, COARSE_TOL = 1e-3, 1e-2  # resistors of the dividers, and those that hardly matter
_COARSE = ("source", "hysteresis")
RAIL_V, RAIL_TOL = 7.45, 0.035  # the lower rail; ADP7142 and ADP7182: 1.8 % over temperature, 1 % resistors (memory)


@dataclass(frozen=True)
class Level:
    """An amplifier output at which a comparator trips, V, and what each part may move it by, V."""

    nominal_v: float
    parts_v: dict[str, float]

    @property
    def spread_v(self) -> float:
        """Everything at its worst at once."""
        return sum(self.parts_v.values())


def positive(netlist: Netlist) -> Level:
    """The level above 0 V."""
    over, reference = netlist.net("U503", 2), netlist.net("U503", 3)
    resistors = {
        "top": _between(netlist, "PEAK_P", over),
        "bottom": _between(netlist, "GND", over),
        "source": _between(netlist, "VREF", reference),
        "hysteresis": _between(netlist, "TRIP_N", reference),
    }

    def level(v: Values) -> float:
        high = _trip_n(v)
        threshold = v["reference"] + (high - v["reference"]) * v["source"] / (v["source"] + v["hysteresis"])
        threshold += v["comparator's offset"]
        return threshold * (1 + v["top"] / v["bottom"]) + v["diode"] + v["diode, 20 K"]

    return _level(level, resistors)


def negative(netlist: Netlist) -> Level:
    """The level below 0 V."""
    under, threshold = netlist.net("U503", 5), netlist.net("U503", 6)
    resistors = {
        "top": _between(netlist, "VREF", under),
        "side": _between(netlist, "PEAK_N", under),
        "hysteresis": _between(netlist, "TRIP_N", under),
        "high": _between(netlist, "VREF", threshold),
        "low": _between(netlist, "GND", threshold),
    }

    def level(v: Values) -> float:
        at = v["reference"] * v["low"] / (v["high"] + v["low"]) + v["comparator's offset"]
        current = (v["reference"] - at) / v["top"] + (_trip_n(v) - at) / v["hysteresis"]
        return at - current * v["side"] - v["diode"] - v["diode, 20 K"]

    return _level(level, resistors)


def reach_v(amplifier: Amplifier, saturated_ohm: float, rf_ohm: float) -> float:
    """What an amplifier can give at the lowest rail when the current comes through `rf_ohm`, V."""
    least_v = RAIL_V * (1 - RAIL_TOL) - amplifier.headroom
    return min(least_v * rf_ohm / (rf_ohm + saturated_ohm), amplifier.limit_a * rf_ohm)


def _trip_n(v: Values) -> float:
    return v["logic supply"] - (v["logic supply"] - v["reference"]) * _PULL_UP_OHM / (_PULL_UP_OHM + v["hysteresis"])


def _level(level: Callable[[Values], float], resistors: Values) -> Level:
    nominal = {name: value for name, (value, _) in _OTHERS.items()} | resistors
    off = {name: by for name, (_, by) in _OTHERS.items()}
    off |= {name: (COARSE_TOL if name in _COARSE else FINE_TOL) * value for name, value in resistors.items()}
    base = level(nominal)
    return Level(base, {name: abs(level(nominal | {name: nominal[name] + by}) - base) for name, by in off.items()})


def _between(netlist: Netlist, one: str, other: str) -> float:
    (ref,) = netlist.across(one, other, "R")
    return ohms(netlist.value(ref))
