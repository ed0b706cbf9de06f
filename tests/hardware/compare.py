"""The board in ngspice beside the emulator: the same question to the schematic's netlist and to the emulated hardware.

python -m tests.hardware.compare NETLIST FILE.svg draws every pair of curves.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib import pyplot as plt
from numpy.typing import NDArray
from ohm8.netlist import read
from ohm8.spice import faults, studies
from ohm8.spice.bench import Bench
from ohm8.spice.deck import Facts
from tests.sim.rig import make_hal

from ohmsim.description import Description, board_file
from ohmsim.hal import Hal

Floats = NDArray[np.float64]

N = 8
DEAD_S = 0.22e-6
"""What the emulator leaves out of a step (row switch, charging of the line, second poles), as one dead time."""
EDGE_S = 0.8e-6
"""What an edge of a pulse takes with 50 pF a line; the emulator has none."""
SHORT_S = 1e-9
"""A conversion so short that nothing is averaged."""
READ_V = 0.2
SHORT_OHM = {"L": 50e3, "M": 1e3, "H": 50.0}
"""A cell that brings drivers and amplifiers to their rails within 4.9 V."""
BOARD = Description.load()


@dataclass(frozen=True)
class Pair:
    """One quantity along `axis`: what ngspice says of the schematic, what the emulator says, and the range it has."""

    title: str
    axis_name: str
    axis: Floats
    spice: Floats
    emulated: Floats
    span: float

    @property
    def apart(self) -> float:
        """The largest difference, of the range."""
        return float(np.abs(self.spice - self.emulated).max() / self.span)


def settling(bench: Bench, facts: dict[str, Any], which: str, *, loaded: bool) -> Pair:
    """What the converter sees after one row is switched to 0.2 V, the lines loaded by other cells or not."""
    cell_s = studies.CELLS_S[which]
    entry = facts["range"]["LMH".index(which)]
    others_s = entry["load_s"] - cell_s if loaded else 0.0
    step = studies.switch_step(bench, which, cell_s, volts=READ_V, load_s=others_s)
    siemens = np.full((N, N), 1e-9)
    siemens[0, 1:] = siemens[1:, 0] = max(others_s / (N - 1), 1e-9)
    siemens[0, 0] = cell_s
    hal = emulated(siemens, front_end__settling=1)
    times_s = np.arange(0, 1.3 * entry["settle_switch_us"] * 1e-6, 0.2e-6)
    seen = np.array([_sample_v(hal, which, np.eye(N)[0] * READ_V, round(at * 1e9))[0] for at in times_s])
    spice = np.interp(times_s + DEAD_S, step.time_s, step.volts)
    title = f"settling, {which}, {'lines of ' + format(entry['load_s'] * 1e3, 'g') + ' mS' if loaded else 'one cell'}"
    return Pair(title + " / V", "time / µs", times_s * 1e6, spice, seen, BOARD.adc_span_v[0])


def pulse(bench: Bench, which: str) -> Pair:
    """A cell's voltage in a pulse of 4 V, 10 us, at half and minus half, in range L by the row alone; without edges."""
    width_s, volts = 10e-6, 4.0
    curves = studies.pulse(
        bench, width_s, volts, studies.CELLS_S[which] / 10, 50e-12, which, row_part=1.0 if which == "L" else 0.5
    )
    seen_v = curves.values["v(row_0)"] - curves.values["v(col_0)"]
    inside = np.arange(EDGE_S, width_s, 50e-9)
    after = np.arange(width_s + EDGE_S, 2 * width_s, 50e-9)
    times_s = np.concatenate((inside, after))
    spice = np.interp(times_s, curves.axis - 2e-6, seen_v)
    ideal = np.repeat((volts, 0.0), (inside.size, after.size))
    return Pair(f"pulse, {which} / V", "time / µs", times_s * 1e6, spice, ideal, 10.0)


def limit(bench: Bench, facts: dict[str, Any], which: str) -> Iterator[Pair]:
    """Current of a cell and its amplifier's output as the row rises until drivers and amplifiers give way."""
    siemens = 1 / SHORT_OHM[which]
    asked_v = np.arange(0.1, 4.9, 0.1)
    sweep = studies.limits(bench, which, siemens, asked_v)
    array = np.full((N, N), 1e-9)
    array[0, 0] = siemens
    hal = emulated(array)
    current_a = []
    for volts in asked_v:
        _sample_v(hal, which, np.eye(N)[0] * volts, 0, programming=True)
        current_a.append(hal.cells.record.v_max[0, 0] * siemens)
    current = np.array(current_a)
    output_v = hal.front.limited(-current * BOARD.rf_ohm["LMH".index(which)], current)
    name = "row / V"
    trip_a = facts["range"]["LMH".index(which)]["trip_a"]
    yield Pair(f"current, {which} / mA", name, asked_v, sweep[0] * 1e3, current * 1e3, trip_a * 1e3)
    yield Pair(f"amplifier, {which} / V", name, asked_v, sweep[1], output_v, BOARD.adc_span_v[1])


def column_trips(bench: Bench, which: str, col_v: float, line_f: float) -> tuple[bool, bool]:
    """Whether a column that is given `col_v` with `line_f` on it trips: in ngspice, and emulated."""
    spice = faults.gates(bench, which, -col_v, col_v, line_f).tripped_s() is not None
    hal = emulated(np.full((N, N), 1e-6), front_end__line_pf=line_f * 1e12)
    code = np.rint(32768 + np.eye(N)[0] * col_v / BOARD.v_per_code).astype(np.uint16)
    hal.dac_load(1, code)
    hal.dac_update()
    hal.latch(np.zeros(N, np.uint8), np.full(N, "LMH".index(which), np.uint8))
    hal.energise(1)
    hal.gate_open(1, 10_000)
    hal.advance(1_000)
    return spice, not hal.energised()


def array(bench: Bench, which: str, *, heavy: bool = False) -> Pair:
    """All columns of 64 random cells at 0.2 V a row; `heavy`: a light column beside seven heavy ones, one row on."""
    siemens = np.random.default_rng(1).uniform(0.02, 1, (N, N)) * studies.CELLS_S[which] / N
    volts = np.full(N, READ_V)
    if heavy:
        siemens = np.full((N, N), studies.CELLS_S[which])
        siemens[:, 3] /= 100
        volts = np.eye(N)[2] * READ_V
    spice = studies.array(bench, siemens, volts, which)
    seen = _sample_v(emulated(siemens), which, volts, 0)
    title = f"{'crosstalk' if heavy else 'product'}, {which} / V"
    return Pair(title, "column", np.arange(N, dtype=float), spice, seen, BOARD.adc_span_v[0])


def noise(bench: Bench, which: str) -> Pair:
    """Noise of a short conversion, the converter's own included, by the conductance on the column."""
    loads_s = np.array([1e-6, 1e-4, 4e-4, 8e-4])
    spice = np.array([studies.noise(bench, which, load_s, cells=False) for load_s in loads_s])
    seen = []
    for load_s in loads_s:
        front = emulated(np.full((N, N), load_s / N), front_end__amplifier_noise=1).front
        place = "LMH".index(which)
        tau_s = np.full(N, BOARD.rf_tau_s[place] + BOARD.rf_tau_s_per_s[place] * load_s)
        gain = np.full(N, 1 + BOARD.rf_ohm[place] * load_s)
        drawn = []
        for _ in range(200):
            drawn.append(front.amplifier_noise_v(gain, tau_s, SHORT_S))
            front.convert(np.zeros(N), 0, 1)
        seen.append(np.std(drawn))
    totals = [np.hypot(BOARD.adc_noise_v[0], np.array(each)) * 1e6 for each in (spice, seen)]
    return Pair(f"noise, {which} / µV", "column / mS", loads_s * 1e3, *totals, totals[0].max())


def emulated(siemens: Floats, **front_end: float) -> Hal:
    """Emulated hardware of these cells, without noise or errors, with the row switches' resistance."""
    hal = make_hal(
        N,
        N,
        "vteam-ideal",
        device__g_max=0.1,
        device__g_min=1e-9,
        device__v_set=5,
        device__v_reset=5,
        network__row_ohm=BOARD.switch_ohm,
        front_end__adc_noise=0,
        **front_end,
    )
    hal.cells.device.put(siemens.ravel())
    return hal


def _sample_v(hal: Hal, which: str, row_v: Floats, after_ns: int, *, programming: bool = False) -> Floats:
    """What the converter says of all columns so long after the rows were joined, V."""
    ranges = np.full(N, "LMH".index(which), np.uint8)
    hal.dac_load(0, np.rint(32768 + row_v / BOARD.v_per_code).astype(np.uint16))
    hal.dac_update()
    hal.latch((row_v != 0).astype(np.uint8), ranges)
    hal.advance(300_000)
    hal.energise(1)
    hal.gate_open(int(programming), 400_000)
    hal.advance(after_ns)
    codes = np.empty(N, np.int16)
    assert hal.adc_sample(0, codes) == 0
    hal.gate_close()
    hal.watchdog()
    return codes * (BOARD.adc_span_v[0] / 32768)


def draw(bench: Bench, facts: dict[str, Any], path: Path) -> None:
    """Every comparison, a column a range: ngspice as a line, the emulator as dots."""
    mpl.use("svg")
    mpl.rcParams["svg.hashsalt"] = "ohm8"
    every = [list(pairs(bench, facts, which)) for which in "LMH"]
    figure, axes = plt.subplots(len(every[0]), 3, figsize=(10, 2.1 * len(every[0])), layout="constrained")
    for column, of_range in enumerate(every):
        for place, pair in zip(axes[:, column], of_range, strict=True):
            place.plot(pair.axis, pair.spice, linewidth=1, label="ngspice")
            some = slice(None, None, max(1, pair.axis.size // 30))
            place.plot(pair.axis[some], pair.emulated[some], ".", markersize=3, label="emulator")
            place.set_title(f"{pair.title}; apart {pair.apart:.1%}", fontsize="small")
            place.set_xlabel(pair.axis_name, fontsize="small")
            place.tick_params(labelsize="x-small")
    axes[0, 0].legend(fontsize="x-small")
    figure.savefig(path, metadata={"Date": None})


def pairs(bench: Bench, facts: dict[str, Any], which: str) -> Iterator[Pair]:
    """Every comparison in one range."""
    yield settling(bench, facts, which, loaded=False)
    yield settling(bench, facts, which, loaded=True)
    yield pulse(bench, which)
    yield from limit(bench, facts, which)
    yield array(bench, which)
    yield array(bench, which, heavy=True)
    yield noise(bench, which)


def main() -> None:
    """Draw them."""
    facts = tomllib.loads(board_file())
    draw(Bench(read(Path(sys.argv[1])), Facts.of(facts)), facts, Path(sys.argv[2]))


if __name__ == "__main__":
    main()
