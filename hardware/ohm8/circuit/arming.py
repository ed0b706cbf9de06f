"""Arm and trip: the flip-flop without which no line leaves 0 V, and everything that clears it."""

from __future__ import annotations

from ohm8.circuit import catalogue as c
from ohm8.circuit.decoupling import decouple
from ohm8.circuit.model import Sheet, Side


def arming() -> Sheet:
    """ARMED is set by an edge of ARM, cleared by TRIP_N low; both gates need it."""
    s = Sheet("arming", "Arm and trip", "A3")
    s.note("ARMED = flip-flop(ARM, cleared by TRIP_N)\nROW_GATE, COL_GATE = request and ARMED", (27.94, 20.32), 2)
    _latch(s)
    _comparators(s)
    _supervisor(s)
    return s


def _latch(s: Sheet) -> None:
    s.frame(27.94, 30.48, 203.2, 132.08, "Arm flip-flop, gates, trip lamp")
    s.part(
        "U501",
        c.FLIPFLOP,
        (78.74, 63.5),
        {"2": "+3V3", "3": "ARM", "4": "+3V3", "1": "TRIP_N", "5": "ARMED", "6": None},
    )
    s.part(
        "U501",
        c.FLIPFLOP,
        (78.74, 104.14),
        {"12": "GND", "11": "ARM", "10": "TRIP_N", "13": "+3V3", "9": "TRIPPED", "8": None},
        unit=2,
    )
    s.part("R501", c.resistor("1k"), (104.14, 101.6), ["TRIPPED", "TRIP_LAMP"], turn=90)
    s.part("D501", c.LED_RED, (121.92, 101.6), {"1": "GND", "2": "TRIP_LAMP"}, mirror="y")
    s.part("U502", c.AND2, (149.86, 55.88), ["ROW_EN", "ARMED", "ROW_GATE"])
    s.part("U502", c.AND2, (149.86, 76.2), ["COL_EN", "ARMED", "COL_GATE"], unit=2)
    decouple(s, "U501", c.FLIPFLOP, 3, (233.68, 58.42), ["+3V3", "GND"], "C50")
    decouple(s, "U502", c.AND2, 3, (233.68, 101.6), ["+3V3", "GND"], "C51")
    s.note("The lamp is lit from a trip to the next arming.", (104.14, 116.84))


def _comparators(s: Sheet) -> None:
    s.frame(27.94, 137.16, 294.64, 271.78, "Window: trips at +5.23 V and -5.23 V of any amplifier output")
    s.part("R511", c.resistor("100k"), (60.96, 175.26), ["PEAK_P", "-7V5"])
    s.part("R512", c.resistor("8.66k", "0.1 %"), (76.2, 165.1), ["PEAK_P", "~OVER"], turn=90)
    s.part("R513", c.resistor("10k", "0.1 %"), (88.9, 177.8), ["~OVER", "GND"])
    s.part("D511", c.INPUT_CLAMP, (106.68, 177.8), ["GND", "~OVER", "+3V3"], turn=90, mirror="y")
    s.part("R514", c.resistor("10k"), (132.08, 157.48), ["VREF", "~OVER_REF"], turn=90)
    s.part("R515", c.resistor("1M"), (157.48, 149.86), ["~OVER_REF", "TRIP_N"], turn=90)
    s.part("U503", c.COMPARATOR, (157.48, 167.64), ["~OVER_REF", "~OVER", "TRIP_N"])
    s.port("PEAK_P", (43.18, 165.1), Side.LEFT, "passive")
    s.port("TRIP_N", (198.12, 198.12), Side.RIGHT, "passive")
    s.port("PEAK_N", (43.18, 218.44), Side.LEFT, "passive")
    s.part("R521", c.resistor("100k"), (60.96, 205.74), ["+7V5", "PEAK_N"])
    s.part("R522", c.resistor("25.5k", "0.1 %"), (76.2, 218.44), ["PEAK_N", "~UNDER"], turn=90)
    s.part("R523", c.resistor("10k", "0.1 %"), (88.9, 205.74), ["VREF", "~UNDER"])
    s.part("D512", c.INPUT_CLAMP, (106.68, 231.14), ["GND", "~UNDER", "+3V3"], turn=90, mirror="y")
    s.part("R524", c.resistor("40.2k", "0.1 %"), (134.62, 231.14), ["VREF", "~UNDER_REF"])
    s.part("R525", c.resistor("10k", "0.1 %"), (134.62, 251.46), ["~UNDER_REF", "GND"])
    s.part("R526", c.resistor("1M"), (157.48, 205.74), ["~UNDER", "TRIP_N"], turn=90)
    s.part("U503", c.COMPARATOR, (157.48, 220.98), ["~UNDER", "~UNDER_REF", "TRIP_N"], unit=2)
    s.part("R527", c.resistor("100k"), (182.88, 180.34), ["+3V3", "TRIP_N"])
    decouple(s, "U503", c.COMPARATOR, 3, (233.68, 231.14), ["+3V3", "GND"], "C52")
    s.note(
        "PEAK_P and PEAK_N: the largest and smallest of the eight\noutputs, one diode drop short (0.55 V, -2 mV/K).",
        (208.28, 152.4),
    )
    s.note("1M: about 1 % of hysteresis.", (208.28, 165.1))


def _supervisor(s: Sheet) -> None:
    s.frame(299.72, 137.16, 401.32, 238.76, "Clears the flip-flop too")
    s.part("R531", c.resistor("102k"), (312.42, 157.48), ["+5VA", "~SENSE"])
    s.part("R532", c.resistor("10k"), (312.42, 180.34), ["~SENSE", "GND"])
    s.part(
        "U504",
        c.SUPERVISOR,
        (340.36, 170.18),
        {"5": "~SENSE", "3": "+3V3", "4": None, "6": "+3V3", "2": "GND", "1": "TRIP_N"},
    )
    s.part("C531", c.capacitor("100n"), (373.38, 170.18), ["+3V3", "GND"])
    s.port("TRIP_N", (355.6, 193.04), Side.LEFT, "passive")
    s.part("D531", c.SCHOTTKY, (373.38, 210.82), {"1": "DAC_RESET_N", "2": "TRIP_N"}, mirror="y")
    s.note("A reset of the controller lets DAC_RESET_N fall:\nits pads float and the pull-down wins.", (302.26, 223.52))
