"""Writes docs/explanation/error-budget.md from hardware/board.toml: what a reading of one cell may be off by, and why.

`--check` writes nothing and exits with 1 if the file in the tree is stale.
"""

from __future__ import annotations

import sys
import tomllib
from dataclasses import dataclass
from math import exp, hypot, sqrt
from typing import Any

from generated import ROOT, write_or_check

from ohmsim.description import Description

SOURCE = ROOT / "hardware" / "board.toml"
TARGET = ROOT / "docs" / "explanation" / "error-budget.md"

READ_V = 0.2
AVERAGES = 16
BOLTZMANN, KELVIN = 1.380649e-23, 300.0
DRIFT_V = 1e-6  # of an amplifier's offset between a reading and its zero vector: 2.5 uV/K at most, some 0.4 K
LOADS_S = {"L": 0.8e-3, "M": 0.8e-3, "H": 16e-3}  # eight cells of 100 uS, in range H of 2 mS, on the row and the column
CELLS_S = {"L": 50e-6, "M": 100e-6, "H": 2e-3}
ADC_INPUT_OHM = 1e6  # AD7606 family
SETTLED = 1e-4
SWITCH = "row's switch under its load"
NONE, HALF_CODE = "none", "calibrated at the read voltage: half a code"
SAMPLES, ZERO = f"{AVERAGES} samples", "zero vector: 1 µV of drift"
GOALS = {"L": (1.5e-3, 5e-9), "M": (1.5e-3, 20e-9), "H": (1.5e-3, 500e-9)}  # part of the reading, S


@dataclass(frozen=True)
class Term:
    """One reason: a part of the reading or an absolute S, as it is and after its remedy."""

    name: str
    source: str
    remedy: str
    raw: float
    left: float
    absolute: bool


def terms(board: dict[str, Any], which: str) -> list[Term]:
    """Every term in one range, for a cell of CELLS_S on lines that carry LOADS_S."""
    return relative_terms(board, which) + absolute_terms(board, which)


def relative_terms(board: dict[str, Any], which: str) -> list[Term]:
    """Parts of the reading."""
    entry = board["range"]["LMH".index(which)]
    line, adc = board["line"], board["adc"]
    driver = line["tol_gain"] + line["tol_offset_v"] / READ_V
    half_code = line["scale_v_per_code"] / 2 / READ_V
    taken = parts_ohm(board["parts"]["r_adc"]) / ADC_INPUT_OHM
    switch = LOADS_S[which] * line["switch_ron_ohm"]
    noise = line["noise_uv_rms"] * 1e-6 / READ_V
    rows = (
        ("row's voltage: gain, offset", "`[line]` tol_gain, tol_offset_v (catalogue)", HALF_CODE, driver, half_code),
        ("feedback resistor and its switch", "`[[range]]` tol (catalogue)", NONE, entry["tol"], entry["tol"]),
        ("converter, total unadjusted", "`[adc]` tol (catalogue)", NONE, adc["tol"], adc["tol"]),
        ("converter's input behind its resistor", "`[parts]` r_adc into 1 MΩ; ngspice", NONE, taken, taken),
        (SWITCH, "`[line]` switch_ron_ohm × load; ngspice", NONE, switch, switch),
        ("settling", "`[[range]]` settle_us, load_s; ngspice", NONE, SETTLED, SETTLED),
        ("row driver's noise, rms", "`[line]` noise_uv_rms (computed)", SAMPLES, noise, noise / sqrt(AVERAGES)),
    )
    return [Term(*row, absolute=False) for row in rows]


def absolute_terms(board: dict[str, Any], which: str) -> list[Term]:
    """What does not depend on the cell, S."""
    entry, adc, amplifier = board["range"]["LMH".index(which)], board["adc"], board["amplifier"]
    per_volt = 1 / (entry["rf_ohm"] * READ_V)  # S for a volt at the converter
    per_offset = LOADS_S[which] / READ_V
    half_lsb = adc["read_span_v"] / 65536 * per_volt
    neighbour = adc["crosstalk"] * adc["read_span_v"] * per_volt
    one, many = noises_s(board, which)
    sources = "`[adc]` noise_uv_rms, `[amplifier]` noise_nv_rthz, thermal; ngspice"
    offset = amplifier["offset_uv"] * 1e-6 * per_offset
    rows = (
        ("amplifier's offset", "`[amplifier]` offset_uv × load (SBOS737)", ZERO, offset, DRIFT_V * per_offset),
        ("noise: converter, amplifier, cells, rms", sources, SAMPLES, one, many),
        ("resolution", "`[adc]` read_span_v, half a code", SAMPLES, half_lsb, half_lsb / sqrt(AVERAGES)),
        ("neighbouring channel at full scale", "`[adc]` crosstalk (catalogue)", NONE, neighbour, neighbour),
    )
    return [Term(*row, absolute=True) for row in rows]


def parts_ohm(value: str) -> float:
    """The resistance of a value such as 330 or 4.99k."""
    return float(value.removesuffix("k")) * (1e3 if value.endswith("k") else 1)


def noises_s(board: dict[str, Any], which: str) -> tuple[float, float]:
    """Noise of one sample and of AVERAGES samples, S rms."""
    front, place, load_s = Description.load(), "LMH".index(which), LOADS_S[which]
    entry, adc = board["range"][place], board["adc"]
    tau_s = front.rf_tau_s[place] + front.rf_tau_s_per_s[place] * load_s + front.adc_tau_s
    cells = entry["rf_ohm"] * sqrt(4 * BOLTZMANN * KELVIN * load_s)
    density = hypot(front.amplifier_v_rthz * (1 + entry["rf_ohm"] * load_s), cells)
    one_v = density / sqrt(4 * tau_s)
    ratio = tau_s / (adc["conv_us"][str(AVERAGES)] * 1e-6)
    many_v = one_v * sqrt(2 * ratio * (1 - ratio * (1 - exp(-1 / ratio))))
    own_v = adc["noise_uv_rms"]["v2_5"] * 1e-6
    per_volt = 1 / (entry["rf_ohm"] * READ_V)
    return hypot(one_v, own_v) * per_volt, hypot(many_v, own_v / sqrt(AVERAGES)) * per_volt


def together(found: list[Term]) -> float:
    """What is left of independent terms: the root of their squares."""
    return sqrt(sum(term.left**2 for term in found))


def shown(value: float, absolute: bool) -> str:
    """A value with its unit, three digits at most."""
    if not value:
        return "0"
    return f"{float(f'{value * 1e9:.2g}'):g} nS" if absolute else f"{float(f'{value * 100:.2g}'):g} %"


def section(board: dict[str, Any], which: str) -> list[str]:
    """One range."""
    found, cell_s = terms(board, which), CELLS_S[which]
    goal, goal_s = GOALS[which]
    relative = together([term for term in found if not term.absolute])
    absolute = together([term for term in found if term.absolute])
    bare = together([term for term in found if not term.absolute and term.name != SWITCH])
    total, wanted = hypot(relative, absolute / cell_s), hypot(goal, goal_s / cell_s)
    verdict = "met" if relative <= goal and absolute <= goal_s else "**missed**"
    lines = [f"## Range {which}", "", f"Row and column carry {LOADS_S[which] * 1e3:g} mS each.", ""]
    lines += ["| term | from | remedy | as it is | left |", "|---|---|---|---|---|"]
    for term in found:
        raw, left = shown(term.raw, term.absolute), shown(term.left, term.absolute)
        lines.append(f"| {term.name} | {term.source} | {term.remedy} | {raw} | {left} |")
    both, wish = (
        f"{shown(part, False)} + {shown(rest, True)}" for part, rest in ((relative, absolute), (goal, goal_s))
    )
    cell = f"A cell of {cell_s * 1e6:g} µS: {shown(total, False)} (goal {shown(wanted, False)})."
    lines += ["", f"Sum (root of squares): {both}. Goal: {wish}: {verdict}."]
    lines += [f"Without the row's switch: {shown(bare, False)}. {cell}", ""]
    return lines


def render() -> str:
    """The text of the page."""
    board = tomllib.loads(SOURCE.read_text())
    head = f"""# What a reading may be off by

Generated by `tools/generate_error_budget.py` from `hardware/board.toml`: do not edit.

One cell, read at {READ_V} V with {AVERAGES} internal samples, on a board of 8 × 8 whose row drivers are
[calibrated](../howto/calibrate.md). "Catalogue" figures are from memory, see [what is unverified](board.md); "ngspice"
ones are checked by `make hardware`. The goals are those that the circuit was designed for. Not in the sum: temperature
(25 ppm/K of resistors, 0.4 %/K of a switch's 3 Ω), leakage of switches (below 1 nA, taken out by the zero vector),
wires of the device under test ([the network](network.md)), noise of the cells beyond their thermal one.

The row's switch outweighs the rest wherever a row carries a mS or more: it lowers every cell of a row by the same part,
3 Ω times all that the row carries. The software does not take it out; nor does it use the 100 kΩ on the board, which
would take out the feedback resistors. The converter's crosstalk is that of a neighbour at full scale.

"""
    return head + "\n".join(line for which in "LMH" for line in section(board, which)).rstrip() + "\n"


def main() -> int:
    """Write the file, or with --check compare it."""
    return write_or_check(TARGET, render())


if __name__ == "__main__":
    sys.exit(main())
