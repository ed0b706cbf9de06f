"""The pattern latches: which rows are on, each column's range, the calibration multiplexer, the status lamp."""

from __future__ import annotations

from ohm8.circuit import catalogue as c
from ohm8.circuit.model import Sheet

_OUTPUTS = ("15", "1", "2", "3", "4", "5", "6", "7")  # QA .. QH


def latches() -> Sheet:
    """Four chips in one chain; the first byte sent ends in the last chip, MISC."""
    s = Sheet("latches", "Pattern latches", "A3")
    s.note("32 bits: rows, ranges, calibration, lamp", (27.94, 20.32), 2)
    nets = {
        "U401": ("ROW", [f"ROWBIT_{i}" for i in range(8)]),
        "U402": ("RNG_M", [f"RNGM_{j}" for j in range(8)]),
        "U403": ("RNG_H", [f"RNGH_{j}" for j in range(8)]),
        "U404": ("MISC", ["CAL_A0", "CAL_A1", "CAL_A2", "CAL_EN", "LED_STATUS", None, None, None]),
    }
    serial = "SPI0_TX"
    for k, (ref, (name, outputs)) in enumerate(nets.items()):
        x, y = 76.2 + 88.9 * k, 86.36
        s.frame(x - 40.64, 50.8, x + 43.18, 152.4, name)
        following = f"CHAIN_{k + 1}" if k < 3 else "LATCH_QH_L"
        pins = {
            "14": serial,
            "11": "SPI0_SCK",
            "10": "+3V3",
            "12": "LATCH_RCLK_L",
            "13": "GND",
            "16": "+3V3",
            "8": "GND",
        }
        s.part(ref, c.LATCH, (x, y), {**pins, "9": following, **dict(zip(_OUTPUTS, outputs, strict=True))})
        s.part(f"C40{k + 1}", c.capacitor("100n"), (x, 127), ["+3V3", "GND"])
        serial = following
    s.part("R401", c.resistor("1k"), (88.9, 185.42), ["LED_STATUS", "LAMP"], turn=90)
    s.part("D401", c.LED_GREEN, (109.22, 185.42), {"1": "GND", "2": "LAMP"}, mirror="y")
    s.part("JP401", c.BRIDGE, (180.34, 185.42), ["LATCH_QH_L", "LATCH_QH"])
    s.note("JP401 closed on the first board of a stack only.", (165.1, 193.04))
    s.note(
        "Outputs are always driven and random at power-up: harmless, since every row needs ROW_GATE too,\n"
        "and a range alone moves no line.",
        (35.56, 162.56),
    )
    return s
