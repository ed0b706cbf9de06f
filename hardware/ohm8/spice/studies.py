"""What is asked of the simulated channels while they work: transfer, settling, stability, noise, pulses, the array."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohm8.spice.bench import Bench, midscale
from ohm8.spice.deck import LOGIC, Deck
from ohm8.spice.run import Curves, run

LOADS_F = (10e-12, 200e-12, 1e-9, 3e-9)  # what a device and its cable may add to a line
CELLS_S = {"L": 1e-4, "M": 1e-3, "H": 2e-3}  # nearly the most that each range reads at 0.2 V

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Step:
    """A row switched to a voltage: what the converter sees (V) over time (s, 0 = the switch), the transresistance."""

    time_s: Floats
    volts: Floats
    ohms: float

    def settled_s(self, fraction: float = 1e-4) -> float:
        """The last time at which the output is farther than `fraction` of the step from its end."""
        end = self.volts[-1]
        far = np.flatnonzero(np.abs(self.volts - end) > fraction * abs(end - self.volts[0]))
        return float(self.time_s[far[-1]])


def _still(bench: Bench, which: str, row_on: bool, broken: str = "") -> Deck:
    """One row, one column, everything at 0 V."""
    deck = bench.bare(1, 1, which, broken)
    for net, volts in (("DACR_0", 2.5), ("DACC_0", 2.5), ("COL_GATE", 0.0)):
        deck.source(net, str(volts))
    deck.source(deck.row_control(0), str(LOGIC if row_on else 0))
    return deck


def switch_step(
    bench: Bench, which: str, siemens: float, farads: float = 50e-12, volts: float = 0.2, load_s: float = 0.0
) -> Step:
    """One cell of `siemens`, its row switched to `volts` by its switch, the column held at 0 V.

    `load_s`: what other cells add on both lines, to columns at 0 V and rows at ground.
    """
    deck = bench.bare(1, 1, which)
    deck.source("DACR_0", str(midscale(volts)))
    deck.source(deck.row_control(0), f"PULSE(0 {LOGIC} 5u 5n 5n 1 2)")
    return _step(deck, f"switch_{which}", siemens, farads, load_s)


def converter_step(
    bench: Bench, which: str, siemens: float, settle_s: float, volts: float = 0.2, load_s: float = 0.0
) -> Step:
    """The same by its converter, the switch closed; a converter that settles to 1 part in 65536 in `settle_s`."""
    deck = bench.bare(1, 1, which)
    tau = settle_s / np.log(65536)
    deck.source("DACR_0", f"EXP({midscale(0)} {midscale(volts)} 5u {tau:g} 1 1)")
    deck.source(deck.row_control(0), str(LOGIC))
    return _step(deck, f"converter_{which}", siemens, 50e-12, load_s)


def _step(deck: Deck, name: str, siemens: float, farads: float, load_s: float) -> Step:
    deck.source("DACC_0", "2.5")
    deck.source("COL_GATE", "0")
    deck.cell(0, 0, siemens)
    for net in ("ROW_0", "COL_0"):
        deck.line_capacitance(net, farads)
        if load_s:
            deck.to_ground(net, load_s)
    curves = run(deck, name, "tran 5n 105u 0 5n", ["v(adc_0)", "v(row_0)", "v(col_0)"])
    current = (curves.values["v(row_0)"][-1] - curves.values["v(col_0)"][-1]) * siemens
    volts_out = curves.values["v(adc_0)"]
    return Step(curves.axis - 5e-6, volts_out, float(-volts_out[-1] / current))


def phase_margin(curves: Curves, loop: str) -> float:
    """Degrees left where the gain of `loop` falls through one; the loop inverts, so 180 degrees is no lag."""
    gain = curves.values[f"vdb({loop})"]
    below = int(np.flatnonzero(gain < 0)[0])
    phase = np.degrees(np.unwrap(curves.values[f"vp({loop})"]))
    return float(np.interp(0.0, [-gain[below - 1], -gain[below]], [phase[below - 1], phase[below]]))


def column_margin(bench: Bench, which: str, farads: float, siemens: float) -> float:
    """Phase margin of a column's amplifier with `farads` on the line and cells of `siemens` in all to grounded rows."""
    deck = _still(bench, which, row_on=False, broken="/Columns/column0/IN")
    deck.cell(0, 0, siemens)
    deck.line_capacitance("COL_0", farads)
    return _margin(deck, "columns_column0_in")


def row_margin(bench: Bench, farads: float) -> float:
    """Phase margin of a row's driver with `farads` on the line."""
    deck = _still(bench, "M", row_on=True, broken="/Rows/row0/FB")
    deck.line_capacitance("ROW_0", farads)
    deck.cell(0, 0, 1e-6)
    return _margin(deck, "rows_row0_fb")


def _margin(deck: Deck, node: str) -> float:
    return phase_margin(run(deck, f"loop_{node}", "ac dec 100 100 100meg", [f"vdb({node})", f"vp({node})"]), node)


def pulse(
    bench: Bench,
    width_s: float,
    volts: float,
    siemens: float,
    farads: float,
    which: str = "H",
    *,
    row_part: float = 0.5,
) -> Curves:
    """A programming pulse, gates open at 2 us: line voltages over time.

    `row_part` of `volts` is on the row, the rest on the column, with the other sign.
    """
    deck = bench.bare(1, 1, which)
    deck.source("DACR_0", str(midscale(volts * row_part)))
    deck.source("DACC_0", str(midscale(volts * (row_part - 1))))
    gate = f"PULSE(0 {LOGIC} 2u 5n 5n {width_s:g} 1)"
    deck.source("COL_GATE", gate)
    deck.source(deck.row_control(0), gate)
    deck.cell(0, 0, siemens)
    for net in ("ROW_0", "COL_0"):
        deck.line_capacitance(net, farads)
    return run(deck, "pulse", f"tran 5n {width_s + 20e-6:g} 0 5n", ["v(row_0)", "v(col_0)", "v(tiaout_0)"])


def transfer(bench: Bench, which: str, most_a: float) -> tuple[Floats, Floats, Floats]:
    """Current into a column (A), what the converter sees and where the line is (V), from -most_a to most_a."""
    deck = _still(bench, which, row_on=False)
    deck.lines.append("Iin 0 col_0 0")
    curves = run(deck, f"transfer_{which}", f"dc Iin {-most_a:g} {most_a:g} {most_a / 100:g}", ["v(adc_0)", "v(col_0)"])
    return curves.axis, curves.values["v(adc_0)"], curves.values["v(col_0)"]


def limits(bench: Bench, which: str, siemens: float, volts: Floats) -> tuple[Floats, Floats]:
    """A cell's current (A) and its amplifier's output (V), the column at 0 V, for evenly spaced voltages on the row."""
    deck = bench.bare(1, 1, which)
    for net, held in (("DACR_0", midscale(0)), ("DACC_0", midscale(0)), ("COL_GATE", LOGIC)):
        deck.source(net, str(held))
    deck.source(deck.row_control(0), str(LOGIC))
    deck.cell(0, 0, siemens)
    low, high, step = midscale(volts[0]), midscale(volts[-1]), (volts[1] - volts[0]) / 2
    curves = run(
        deck,
        f"limits_{which}",
        f"dc Vdacr_0 {low:g} {high + step / 2:g} {step:g}",
        ["v(row_0)", "v(col_0)", "v(tiaout_0)"],
    )
    return (curves.values["v(row_0)"] - curves.values["v(col_0)"]) * siemens, curves.values["v(tiaout_0)"]


def array(bench: Bench, siemens: Floats, volts: Floats, which: str) -> Floats:
    """Column currents (A) that the converter's inputs say, for row voltages `volts` on an array of `siemens`."""
    rows, columns = siemens.shape
    deck = bench.bare(rows, columns, which)
    deck.source("COL_GATE", "0")
    for j in range(columns):
        deck.source(f"DACC_{j}", "2.5")
    for i in range(rows):
        deck.source(f"DACR_{i}", str(midscale(float(volts[i]))))
        deck.source(deck.row_control(i), str(LOGIC if volts[i] else 0))
        for j in range(columns):
            deck.cell(i, j, float(siemens[i, j]))
    vectors = [f"v(adc_{j})" for j in range(columns)]
    curves = run(deck, "array", "tran 1u 200u 0 1u", vectors)
    return np.array([curves.values[vector][-1] for vector in vectors])


def noise(bench: Bench, which: str, siemens: float, *, cells: bool = True) -> float:
    """What amplifiers and resistors add to a conversion, V rms from 10 Hz to 10 MHz, with `siemens` on the column.

    `cells`: with the thermal noise of those cells.
    """
    deck = _still(bench, which, row_on=False)
    deck.lines = [line.replace("Vdacr_0 dacr_0 0 2.5", "Vdacr_0 dacr_0 0 2.5 AC 1") for line in deck.lines]
    if cells:
        deck.cell(0, 0, siemens)
    else:
        deck.lines.append(f"Gcell row_0 col_0 row_0 col_0 {siemens:g}")
    curves = run(deck, "noise", "noise v(adc_0) Vdacr_0 dec 50 10 10meg\nsetplot noise2", ["onoise_total"])
    return float(curves.values["onoise_total"][0])
