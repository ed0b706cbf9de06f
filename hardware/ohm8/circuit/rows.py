"""The eight rows: driver, hard ground when off, current limit, clamp.

A row that is not driven is at 0 V in metal: switch 2 (or 3) of its chip is closed whenever switch 1 (or 4) is open, and
one control line moves both.
"""

from __future__ import annotations

from ohm8.circuit import catalogue as c
from ohm8.circuit.decoupling import decouple
from ohm8.circuit.model import Sheet, Side

ROWS = 8
_SWITCHES = ((1, 4), (2, 3))  # units (driver, ground) of an even and an odd row: A and D, B and C


def row() -> Sheet:
    """One row; V(line) = 2 V(DAC) - V5REF."""
    s = Sheet("row", "row", channels=ROWS)
    s.frame(30.48, 68.58, 99.06, 121.92, "Driver: 2 x DAC - 5 V")
    s.frame(101.6, 68.58, 165.1, 149.86, "Driver or ground")
    s.frame(187.96, 68.58, 233.68, 149.86, "Clamp")
    s.port("DAC", (27.94, 86.36), Side.LEFT, "input")
    s.port("V5REF", (27.94, 91.44), Side.LEFT, "input")
    s.port("BIT", (27.94, 129.54), Side.LEFT, "input")
    s.port("GATE", (27.94, 134.62), Side.LEFT, "input")
    s.port("N", (177.8, 76.2), Side.RIGHT, "passive")
    s.port("SW", (177.8, 88.9), Side.RIGHT, "passive")
    s.port("LINE", (248.92, 101.6), Side.RIGHT, "passive")
    s.part(lambda i: f"U{101 + i // 4}", c.DRIVER, (71.12, 88.9), ["DAC", "FB", "DRV"], unit=lambda i: i % 4 + 1)
    shift = c.resistor("10k", "0.1 %")
    s.part(lambda i: f"R1{i}1", shift, (48.26, 91.44), ["V5REF", "FB"], turn=90)
    s.part(lambda i: f"R1{i}2", shift, (81.28, 109.22), ["FB", "N"], turn=90)
    s.part(lambda i: f"R1{i}3", c.resistor("100", power=True), (88.9, 88.9), ["DRV", "N"], turn=90)
    s.part(lambda i: f"C1{i}1", c.capacitor("47p", "C0G"), (71.12, 101.6), ["FB", "DRV"], turn=90)
    s.part(lambda i: f"C1{i}2", c.capacitor("1n", "C0G"), (96.52, 109.22), ["N", "GND"])
    chip = lambda i: f"U{111 + i // 2}"  # noqa: E731
    s.part(chip, c.SWITCH_ROW, (132.08, 88.9), ["N", "ON", "SW"], unit=lambda i: _SWITCHES[i % 2][0])
    s.part(chip, c.SWITCH_ROW, (132.08, 111.76), ["GND", "ON", "SW"], unit=lambda i: _SWITCHES[i % 2][1])
    s.part(lambda i: f"U{121 + i // 4}", c.AND4, (78.74, 132.08), ["BIT", "GATE", "ON"], unit=lambda i: i % 4 + 1)
    s.part(lambda i: f"D1{i}1", c.CLAMP, (205.74, 101.6), ["-7V5", "LINE", "+7V5"], turn=90)
    s.part(lambda i: f"R1{i}4", c.resistor("1M"), (223.52, 113.03), ["LINE", "GND"])
    s.note(
        "100R inside the feedback: isolates the line's\ncapacitance, limits the current, costs no accuracy.\n"
        "1n: charge for a line that joins.",
        (33.02, 113.03),
    )
    s.note(
        "Control low: ground switch closed, driver open.\nOne control, so no state leaves the line floating.",
        (104.14, 140.97),
    )
    s.note("SW and LINE meet in RN1: a link,\nor a compliance resistor.", (190.5, 140.97))
    return s


def rows() -> Sheet:
    """The eight rows, their chips' supplies."""
    s = Sheet("rows", "Rows", "A3")
    s.note("8 rows: driver or hard ground, never open", (27.94, 20.32), 2)
    inner = row()
    for i in range(ROWS):
        at = (66.04 + (i % 4) * 91.44, 35.56 + (i // 4) * 33.02)
        nets = {"DAC": f"DACR_{i}", "V5REF": "V5REF", "BIT": f"ROWBIT_{i}", "GATE": "ROW_GATE"}
        s.use(inner, i, f"row{i}", at, {**nets, "N": f"N_{i}", "SW": f"SW_{i}", "LINE": f"ROW_{i}"})
    s.frame(22.86, 106.68, 396.24, 220.98, "Supplies")
    for k in range(2):
        decouple(s, f"U{101 + k}", c.DRIVER, 5, (45.72 + 76.2 * k, 137.16), ["+7V5", "-7V5"], f"C15{k}")
    for k in range(4):
        decouple(
            s, f"U{111 + k}", c.SWITCH_ROW, 5, (45.72 + 86.36 * k, 187.96), ["+7V5", "GND", "+3V3", "-7V5"], f"C16{k}"
        )
    for k in range(2):
        decouple(s, f"U{121 + k}", c.AND4, 5, (205.74 + 60.96 * k, 137.16), ["+3V3", "GND"], f"C17{k}")
    return s
