"""Self-calibration: one precise resistor from the first row's driver to any column, with the device in place."""

from __future__ import annotations

from ohm8.circuit import catalogue as c
from ohm8.circuit.model import Sheet

_SOURCES = ("4", "5", "6", "7", "12", "11", "10", "9")  # S1 .. S8


def calibration() -> Sheet:
    """The rows are off meanwhile, so the device sees nothing but each column's 0 V."""
    s = Sheet("calibration", "Calibration")
    s.note("N_0 - 100k 0.05 % - any column", (27.94, 20.32), 2)
    s.frame(27.94, 30.48, 248.92, 157.48, "100 kilohm 0.05 % to one of eight columns")
    columns = {pin: f"COL_{j}" for j, pin in enumerate(_SOURCES)}
    address = {"1": "CAL_A0", "16": "CAL_A1", "15": "CAL_A2", "2": "CAL_EN"}
    s.part("U701", c.MUX, (114.3, 86.36), {**columns, **address, "13": "+7V5", "3": "-7V5", "14": "GND", "8": "CAL"})
    s.part("R701", c.resistor("100k", "0.05 %"), (152.4, 96.52), ["CAL", "N_0"], turn=90)
    s.part("C701", c.capacitor("100n"), (190.5, 86.36), ["+7V5", "GND"])
    s.part("C702", c.capacitor("100n"), (208.28, 86.36), ["GND", "-7V5"])
    s.note("R701: 0.05 %, 10 ppm/K", (139.7, 104.14))
    return s
