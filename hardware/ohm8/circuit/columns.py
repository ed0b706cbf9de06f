"""The eight columns: reference, transimpedance amplifier with three ranges, peak detector, clamp.

With its gate low a column is held at 0 V: the closed switch grounds the amplifier's + input, the amplifier the line.
"""

from __future__ import annotations

from ohm8.circuit import catalogue as c
from ohm8.circuit.decoupling import decouple
from ohm8.circuit.model import Sheet, Side

COLUMNS = 8


def column() -> Sheet:
    """One column; V(TIA) = V(REF) - I Rf, I > 0 flowing from the cell into the column."""
    s = Sheet("column", "column", channels=COLUMNS)
    s.frame(30.48, 43.18, 116.84, 104.14, "Reference: 2 x DAC - 5 V, or 0 V")
    s.frame(119.38, 43.18, 195.58, 170.18, "Transimpedance amplifier, three ranges")
    s.frame(198.12, 43.18, 238.76, 96.52, "To the converter")
    s.frame(198.12, 99.06, 238.76, 142.24, "Peak detector of the trip")
    s.frame(30.48, 106.68, 116.84, 149.86, "Line, clamp")
    s.port("DAC", (27.94, 63.5), Side.LEFT, "input")
    s.port("V5REF", (27.94, 68.58), Side.LEFT, "input")
    s.port("GATE", (27.94, 101.6), Side.LEFT, "input")
    s.port("RANGE_M", (27.94, 157.48), Side.LEFT, "input")
    s.port("RANGE_H", (27.94, 165.1), Side.LEFT, "input")
    s.port("LINE", (27.94, 127), Side.LEFT, "passive")
    s.port("ADC", (248.92, 68.58), Side.RIGHT, "passive")
    s.port("TIA", (248.92, 50.8), Side.RIGHT, "passive")
    s.port("PEAK_P", (248.92, 106.68), Side.RIGHT, "passive")
    s.port("PEAK_N", (248.92, 134.62), Side.RIGHT, "passive")

    s.part(lambda j: f"U{201 + j // 4}", c.DRIVER, (71.12, 66.04), ["DAC", "FB", "DRV"], unit=lambda j: j % 4 + 1)
    shift = c.resistor("10k", "0.1 %")
    s.part(lambda j: f"R2{j}1", shift, (48.26, 68.58), ["V5REF", "FB"], turn=90)
    s.part(lambda j: f"R2{j}2", shift, (71.12, 88.9), ["FB", "DRV"], turn=90)
    s.part(lambda j: f"C2{j}1", c.capacitor("47p", "C0G"), (71.12, 78.74), ["FB", "DRV"], turn=90)
    s.part(lambda j: f"R2{j}3", c.resistor("10k"), (91.44, 66.04), ["DRV", "REF"], turn=90)
    s.part(lambda j: f"U{211 + j // 4}", c.SWITCH_NC, (104.14, 81.28), ["REF", "GATE", "GND"], unit=lambda j: j % 4 + 1)

    s.part(lambda j: f"U{203 + j // 4}", c.TIA, (152.4, 68.58), ["REF", "IN", "TIA"], unit=lambda j: j % 4 + 1)
    s.part(lambda j: f"R2{j}4", c.resistor("220"), (127, 86.36), ["IN", "LINE"])
    s.part(lambda j: f"R2{j}5", c.resistor("100k", "0.1 %"), (152.4, 88.9), ["LINE", "TIA"], turn=90)
    s.part(lambda j: f"C2{j}2", c.capacitor("15p", "C0G"), (152.4, 99.06), ["IN", "TIA"], turn=90)
    s.part(lambda j: f"R2{j}6", c.resistor("4.99k", "0.1 %"), (144.78, 114.3), ["LINE", "FM"], turn=90)
    s.part(lambda j: f"C2{j}3", c.capacitor("100p", "C0G"), (144.78, 124.46), ["IN", "FM"], turn=90)
    s.part(
        lambda j: f"U{213 + j // 4}", c.SWITCH_NO, (170.18, 114.3), ["FM", "RANGE_M", "TIA"], unit=lambda j: j % 4 + 1
    )
    s.part(lambda j: f"R2{j}7", c.resistor("200", "0.1 %", power=True), (144.78, 139.7), ["LINE", "FH"], turn=90)
    s.part(lambda j: f"C2{j}4", c.capacitor("680p", "C0G"), (144.78, 149.86), ["IN", "FH"], turn=90)
    s.part(
        lambda j: f"U{215 + j // 4}", c.SWITCH_NO, (170.18, 139.7), ["FH", "RANGE_H", "TIA"], unit=lambda j: j % 4 + 1
    )

    s.part(lambda j: f"R2{j}8", c.resistor("330"), (210.82, 68.58), ["TIA", "ADC"], turn=90)
    s.part(lambda j: f"C2{j}5", c.capacitor("330p", "C0G"), (223.52, 78.74), ["ADC", "GND"])
    s.part(lambda j: f"D2{j}2", c.PEAK, (215.9, 120.65), ["PEAK_N", "TIA", "PEAK_P"], turn=90, mirror="y")
    s.part(lambda j: f"D2{j}1", c.CLAMP, (55.88, 127), ["-7V5", "LINE", "+7V5"], turn=90)
    s.part(lambda j: f"R2{j}9", c.resistor("1M"), (86.36, 137.16), ["LINE", "GND"])
    s.note(
        "Resistors hold the line, the virtual ground; capacitors go round\n"
        "the amplifier alone: stable whatever hangs on the line.",
        (121.92, 50.8),
    )
    return s


def columns() -> Sheet:
    """The eight columns, their chips' supplies."""
    s = Sheet("columns", "Columns", "A3")
    s.note("8 columns: virtual ground, ranges L, M, H", (27.94, 20.32), 2)
    inner = column()
    for j in range(COLUMNS):
        at = (66.04 + (j % 4) * 91.44, 35.56 + (j // 4) * 35.56)
        nets = {"DAC": f"DACC_{j}", "V5REF": "V5REF", "GATE": "COL_GATE", "LINE": f"COL_{j}", "ADC": f"VIN_{j}"}
        nets |= {"RANGE_M": f"RNGM_{j}", "RANGE_H": f"RNGH_{j}", "TIA": f"TIAOUT_{j}"}
        s.use(inner, j, f"column{j}", at, {**nets, "PEAK_P": "PEAK_P", "PEAK_N": "PEAK_N"})
    s.frame(22.86, 111.76, 396.24, 248.92, "Supplies")
    rails = ["+7V5", "-7V5"]
    for k, (ref, kind) in enumerate((("U201", c.DRIVER), ("U202", c.DRIVER), ("U203", c.TIA), ("U204", c.TIA))):
        decouple(s, ref, kind, 5, (45.72 + 76.2 * k, 134.62), rails, f"C25{k}")
    kinds = (("U211", c.SWITCH_NC), ("U212", c.SWITCH_NC), ("U213", c.SWITCH_NO), ("U214", c.SWITCH_NO))
    for k, (ref, kind) in enumerate((*kinds, ("U215", c.SWITCH_NO), ("U216", c.SWITCH_NO))):
        at = (45.72 + 91.44 * (k % 3), 177.8 + 45.72 * (k // 3))
        decouple(s, ref, kind, 5, at, ["+7V5", "GND", "+3V3", "-7V5"], f"C26{k}")
    return s
