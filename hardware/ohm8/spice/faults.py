"""What a cell sees when something goes wrong: a short, an abrupt SET, rails that rise one by one, a foreign voltage.

The decks hold the arm flip-flop, the comparators and the gates of the netlist, so what trips here trips by itself.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ohm8.spice.bench import Bench, midscale
from ohm8.spice.deck import LOGIC, RAILS, Deck
from ohm8.spice.run import Curves, run

OPEN_S = 2e-6  # both gates are asked for here
FAULT_S = 15e-6  # what happens, happens here
_BEFORE_OHM = 100e3
_CELL = "i(vcell)"
_SEEN = [_CELL, "v(row_0)", "v(col_0)", "v(tiaout_0)", "v(trip_n)", "v(row_gate)"]


@dataclass(frozen=True)
class Event:
    """Time since the fault (s), the cell's current (A) and voltage (V), the amplifier's output, the row's gate (V)."""

    time_s: NDArray[np.float64]
    current_a: NDArray[np.float64]
    cell_v: NDArray[np.float64]
    output_v: NDArray[np.float64]
    gate_v: NDArray[np.float64]

    def tripped_s(self) -> float | None:
        """When the row's gate fell after the fault, or None."""
        low = np.flatnonzero((self.time_s > 0) & (self.gate_v < LOGIC / 2))
        return float(self.time_s[low[0]]) if low.size else None

    def after(self, seconds: float) -> Event:
        """The event from `seconds` after the fault."""
        late = self.time_s >= seconds
        return replace(
            self,
            time_s=self.time_s[late],
            current_a=self.current_a[late],
            cell_v=self.cell_v[late],
            output_v=self.output_v[late],
            gate_v=self.gate_v[late],
        )


def abrupt(
    bench: Bench,
    which: str,
    row_v: float,
    col_v: float,
    ohms: float,
    *,
    farads: float = 50e-12,
    series_ohm: float = 0.0,
    lasting_s: float = 25e-6,
) -> Event:
    """A cell of 100 kilohm at row_v - col_v that becomes `ohms` within 20 ns; `series_ohm` in RN1 instead of a link."""
    deck = bench.armed(which, row_v, col_v)
    _open(deck)
    if series_ohm:
        deck.lines = [f"Rlink0 sw_0 row_0 {series_ohm:g}" if x.startswith("Rlink0") else x for x in deck.lines]
    for net in ("ROW_0", "COL_0"):
        deck.line_capacitance(net, farads)
    deck.lines += [
        f"Vset set 0 PULSE(0 1 {FAULT_S:g} 20n 20n 1 2)",
        f"Bcell row_0 cellmid I = V(row_0,cellmid)*exp(V(set)*{math.log(_BEFORE_OHM / ohms):g})/{_BEFORE_OHM:g}",
        "Vcell cellmid col_0 0",
    ]
    return _event(run(deck, "abrupt", f"tran 5n {FAULT_S + lasting_s:g} 0 5n", _SEEN))


def gates(bench: Bench, which: str, row_v: float, col_v: float, farads: float) -> Event:
    """Both gates open on a cell of 1 megohm, a row at `row_v`, a column at `col_v`; time counts from the gates."""
    deck = bench.armed(which, row_v, col_v)
    _open(deck)
    for net in ("ROW_0", "COL_0"):
        deck.line_capacitance(net, farads)
    deck.lines += ["Rcell row_0 cellmid 1meg", "Vcell cellmid col_0 0"]
    event = _event(run(deck, "gates", "tran 5n 12u 0 5n", _SEEN))
    opened = replace(event, time_s=event.time_s + FAULT_S - OPEN_S)
    return opened.after(0.2e-6)  # gates are still low before


def controller_reset(bench: Bench, volts: float) -> Event:
    """The controller's pads float in the middle of a pulse of `volts` on a cell of 10 kilohm."""
    deck = bench.armed("M", volts, 0.0)
    deck.lines = [line for line in deck.lines if not line.startswith(("Vmcu", "Rmcu"))]
    alive = f"Vmcu alive 0 PULSE({LOGIC} 0 {FAULT_S:g} 5n 5n 1 2)"
    deck.lines.append(alive)
    for net in ("ROW_EN", "COL_EN"):
        deck.source(net, f"PULSE(0 {LOGIC} {OPEN_S:g} 5n 5n 1 2)")  # a gate that would stay open
    deck.lines.append("Bmcu mcu dac_reset_n I = (V(mcu)-V(dac_reset_n))/50*0.5*(1+tanh(20*(V(alive)-1.5)))")
    deck.lines.append(f"Vpad mcu 0 {LOGIC}")
    deck.lines += ["Rcell row_0 cellmid 10k", "Vcell cellmid col_0 0"]
    return _event(run(deck, "reset", "tran 5n 40u 0 5n", _SEEN))


def rails(bench: Bench, rise_s: dict[str, tuple[float, float]]) -> Curves:
    """Rails that rise: net -> (when, how long), gates low: the supervisor holds TRIP_N until +5VA and +3V3 are good.

    The DAC's outputs are at midscale, which is its reference, as its RSTSEL strap makes them.
    """
    sources = {}
    for net, volts in RAILS.items():
        when, long = rise_s[net]
        sources[net] = f"PWL(0 0 {when:g} 0 {when + long:g} {volts})"
    deck = Deck(bench.netlist, [0], [0], bench.facts, rails=sources)
    for net in ("DACR_0", "DACC_0"):
        deck.lines.append(f"E{net.lower()} {net.lower()} 0 vref 0 1")
    deck.source("RNGM_0", "0")
    deck.source("RNGH_0", "0")
    deck.source("COL_GATE", "0")
    deck.source(deck.row_control(0), "0")
    deck.lines += ["Rpp vn peak_p 100k", "Rnp vp peak_n 100k", "Rcell row_0 cellmid 10k", "Vcell cellmid col_0 0"]
    return run(deck, "rails", "tran 2u 12m 0 2u", ["v(row_0)", "v(col_0)", "v(vp)", "v(vn)", "v(n_0)"])


def unpowered(bench: Bench, volts: float, series_ohm: float) -> Curves:
    """No rail at all, and a source outside on a row through `series_ohm`: where it goes."""
    deck = Deck(bench.netlist, [0], [0], bench.facts, rails=dict.fromkeys(RAILS, "0"))
    for net in ("DACR_0", "DACC_0", "RNGM_0", "RNGH_0", "COL_GATE", deck.row_control(0)):
        deck.source(net, "0")
    deck.lines += ["Rpp vn peak_p 100k", "Rnp vp peak_n 100k", "Rcell row_0 cellmid 10k", "Vcell cellmid col_0 0"]
    deck.lines += [f"Vout outside 0 PWL(0 0 10u 0 11u {volts:g})", f"Rout outside row_0 {series_ohm:g}"]
    return run(deck, "unpowered", "tran 100n 100u 0 100n", ["v(row_0)", "v(col_0)"])


def over_voltage(bench: Bench, volts: float, series_ohm: float) -> tuple[float, float]:
    """A source outside, through `series_ohm`, on a row that is off and on a column: where the lines go (V)."""
    deck = bench.bare(1, 1, "M")
    for net in ("DACR_0", "DACC_0"):
        deck.source(net, str(midscale(0)))
    deck.source("COL_GATE", "0")
    deck.source(deck.row_control(0), "0")
    deck.lines += [f"Vout outside 0 PWL(0 0 1u {volts:g})", f"Rr outside row_0 {series_ohm:g}"]
    deck.lines.append(f"Rc outside col_0 {series_ohm:g}")
    curves = run(deck, "outside", "tran 50n 40u 0 50n", ["v(row_0)", "v(col_0)"])
    return float(curves.values["v(row_0)"][-1]), float(curves.values["v(col_0)"][-1])


def _open(deck: Deck) -> None:
    for net in ("ROW_EN", "COL_EN"):
        deck.source(net, f"PULSE(0 {LOGIC} {OPEN_S:g} 5n 5n 1 2)")


def _event(curves: Curves) -> Event:
    values = curves.values
    return Event(
        curves.axis - FAULT_S,
        values[_CELL],
        values["v(row_0)"] - values["v(col_0)"],
        values["v(tiaout_0)"],
        values["v(row_gate)"],
    )
