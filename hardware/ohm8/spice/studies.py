"""What is asked of the simulated channels: transfer, settling, stability, noise, pulses, shorts, the whole array."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ohm8.netlist import Netlist
from ohm8.spice.deck import Deck
from ohm8.spice.run import Curves, run

RANGES = {"L": (0.0, 0.0), "M": (3.3, 0.0), "H": (0.0, 3.3)}  # volts on RNGM, RNGH
LOADS_F = (10e-12, 200e-12, 1e-9, 3e-9)  # what a device and its cable may add to a line
_LOGIC = 3.3
_NOISE_BAND_HZ = 345e3  # 220 kHz, one pole


def midscale(volts: float) -> float:
    """The DAC voltage that gives `volts` on a line."""
    return (volts + 5.0) / 2


def channels(netlist: Netlist, rows: int, columns: int, which: str, broken: str = "") -> Deck:
    """`rows` x `columns` of the board in range `which`, lines at 0 V, gates low, no device yet."""
    deck = Deck(netlist, range(rows), range(columns), broken)
    deck.lines += ["Rpp vn peak_p 100k", "Rpd peak_p 0 21.8k", "Rnp vp peak_n 100k", "Rnd peak_n 0 40k"]
    for j in range(columns):
        deck.source(f"RNGM_{j}", str(RANGES[which][0]))
        deck.source(f"RNGH_{j}", str(RANGES[which][1]))
    return deck


@dataclass(frozen=True)
class Step:
    """A row switched to 0.2 V: the converter's input (V) over time (s, 0 = the switch), and the transresistance."""

    time_s: NDArray[np.float64]
    volts: NDArray[np.float64]
    ohms: float

    def settled_s(self, fraction: float = 1e-4) -> float:
        """The last time at which the output is farther than `fraction` of the step from its end."""
        end = self.volts[-1]
        far = np.flatnonzero(np.abs(self.volts - end) > fraction * abs(end - self.volts[0]))
        return float(self.time_s[far[-1]])


def step(netlist: Netlist, which: str, siemens: float, volts: float = 0.2) -> Step:
    """One cell of `siemens`, its row switched to `volts` by its switch, the column held at 0 V."""
    deck = channels(netlist, 1, 1, which)
    deck.source("DACR_0", str(midscale(volts)))
    deck.source("DACC_0", "2.5")
    deck.source("COL_GATE", "0")
    deck.source(deck.row_control(0), f"PULSE(0 {_LOGIC} 5u 5n 5n 1 2)")
    deck.cell(0, 0, siemens)
    for net in ("ROW_0", "COL_0"):
        deck.line_capacitance(net, 50e-12)
    curves = run(deck, f"step_{which}", "tran 5n 45u 0 5n", ["v(vin_0)", "v(row_0)", "v(col_0)"])
    current = (curves.values["v(row_0)"][-1] - curves.values["v(col_0)"][-1]) * siemens
    volts_out = curves.values["v(vin_0)"]
    return Step(curves.axis - 5e-6, volts_out, float(-volts_out[-1] / current))


def phase_margin(curves: Curves, loop: str) -> float:
    """Degrees left where the gain of `loop` falls through one; the loop inverts, so 180 degrees is no lag."""
    gain = curves.values[f"vdb({loop})"]
    below = int(np.flatnonzero(gain < 0)[0])
    phase = np.degrees(np.unwrap(curves.values[f"vp({loop})"]))
    return float(np.interp(0.0, [-gain[below - 1], -gain[below]], [phase[below - 1], phase[below]]))


def column_margin(netlist: Netlist, which: str, farads: float, siemens: float) -> float:
    """Phase margin of a column's amplifier with `farads` on the line and cells of `siemens` in all to grounded rows."""
    broken = "/Columns/column0/IN"
    deck = channels(netlist, 1, 1, which, broken)
    for net, volts in (("DACR_0", 2.5), ("DACC_0", 2.5), ("COL_GATE", 0.0), (deck.row_control(0), 0.0)):
        deck.source(net, str(volts))
    deck.cell(0, 0, siemens)
    deck.line_capacitance("COL_0", farads)
    return phase_margin(
        run(deck, "loop_column", "ac dec 100 100 100meg", _loop("columns_column0_in")), "columns_column0_in"
    )


def row_margin(netlist: Netlist, farads: float) -> float:
    """Phase margin of a row's driver with `farads` on the line."""
    broken = "/Rows/row0/FB"
    deck = channels(netlist, 1, 1, "M", broken)
    for net, volts in (("DACR_0", 2.5), ("DACC_0", 2.5), ("COL_GATE", 0.0), (deck.row_control(0), _LOGIC)):
        deck.source(net, str(volts))
    deck.line_capacitance("ROW_0", farads)
    deck.cell(0, 0, 1e-6)
    return phase_margin(run(deck, "loop_row", "ac dec 100 100 100meg", _loop("rows_row0_fb")), "rows_row0_fb")


def _loop(node: str) -> list[str]:
    return [f"vdb({node})", f"vp({node})"]


def pulse(netlist: Netlist, width_s: float, volts: float, siemens: float, farads: float) -> Curves:
    """A programming pulse at half on the row, minus half on the column: line voltages over time."""
    deck = channels(netlist, 1, 1, "H")
    deck.source("DACR_0", str(midscale(volts / 2)))
    deck.source("DACC_0", str(midscale(-volts / 2)))
    gate = f"PULSE(0 {_LOGIC} 2u 5n 5n {width_s:g} 1)"
    deck.source("COL_GATE", gate)
    deck.source(deck.row_control(0), gate)
    deck.cell(0, 0, siemens)
    for net in ("ROW_0", "COL_0"):
        deck.line_capacitance(net, farads)
    vectors = ["v(row_0)", "v(col_0)", "v(tiaout_0)"]
    return run(deck, "pulse", f"tran 5n {width_s + 12e-6:g} 0 5n", vectors)


def short(netlist: Netlist, volts: float) -> Curves:
    """A cell that becomes 1 ohm during a pulse: line voltages and amplifier output over time."""
    deck = channels(netlist, 1, 1, "H")
    deck.source("DACR_0", str(midscale(volts)))
    deck.source("DACC_0", "2.5")
    deck.source("COL_GATE", f"PULSE(0 {_LOGIC} 2u 5n 5n 30u 1)")
    deck.source(deck.row_control(0), f"PULSE(0 {_LOGIC} 2u 5n 5n 30u 1)")
    deck.lines += [
        "Vset set 0 PULSE(0 1 10u 10n 10n 1 2)",
        ".model CELL SW(VT=0.5 VH=0.1 RON=1 ROFF=10k)",
        "Scell row_0 cellmid set 0 CELL",
        "Vcell cellmid col_0 0",
    ]
    return run(deck, "short", "tran 5n 25u 0 5n", ["i(vcell)", "v(row_0)", "v(col_0)", "v(tiaout_0)"])


def array(
    netlist: Netlist, siemens: NDArray[np.float64], volts: NDArray[np.float64], which: str
) -> NDArray[np.float64]:
    """Column currents (A) that the converter's inputs say, for row voltages `volts` on an array of `siemens`."""
    rows, columns = siemens.shape
    deck = channels(netlist, rows, columns, which)
    deck.source("COL_GATE", "0")
    for j in range(columns):
        deck.source(f"DACC_{j}", "2.5")
    for i in range(rows):
        deck.source(f"DACR_{i}", str(midscale(float(volts[i]))))
        deck.source(deck.row_control(i), str(_LOGIC if volts[i] else 0))
        for j in range(columns):
            deck.cell(i, j, float(siemens[i, j]))
    vectors = [f"v(vin_{j})" for j in range(columns)]
    curves = run(deck, "array", "tran 1u 200u 0 1u", vectors)
    return np.array([curves.values[vector][-1] for vector in vectors])


def noise(netlist: Netlist, which: str, siemens: float) -> float:
    """Noise at the converter's input, V rms from 10 Hz to the converter's bandwidth, with `siemens` on the column."""
    deck = channels(netlist, 1, 1, which)
    for net, volts in (("DACC_0", "2.5"), ("COL_GATE", "0"), (deck.row_control(0), "0")):
        deck.source(net, volts)
    deck.source("DACR_0", "2.5 AC 1")
    deck.cell(0, 0, siemens)
    curves = run(
        deck, "noise", f"noise v(vin_0) Vdacr_0 dec 50 10 {_NOISE_BAND_HZ:g}\nsetplot noise2", ["onoise_total"]
    )
    return float(curves.values["onoise_total"][0])
