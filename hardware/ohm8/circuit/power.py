"""Power: 5 V from USB, an isolated converter to +-9 V, and a low-noise regulator for each rail."""

from __future__ import annotations

from ohm8.circuit import catalogue as c
from ohm8.circuit.model import Sheet


def power() -> Sheet:
    """The DAC's 5.3 V and the ADC's 5.0 V are apart: one needs headroom over 5 V, the other must stay below 5.25 V."""
    s = Sheet("power", "Power", "A3")
    s.note("USB 5 V - +-9 V isolated - +7.5, -7.5, +5.3, +5.0 V", (27.94, 20.32), 2)
    _input(s)
    _positive(s)
    _negative(s)
    _low(s)
    return s


def _input(s: Sheet) -> None:
    s.frame(27.94, 30.48, 233.68, 101.6, "USB 5 V, converter, filters")
    s.part("F601", c.FUSE, (50.8, 50.8), ["VBUS", "5V_IN"], turn=90)
    s.part("D601", c.TVS, (66.04, 66.04), {"1": "5V_IN", "2": "GND"}, turn=270)
    s.part("C601", c.capacitor("10u"), (81.28, 66.04), ["5V_IN", "GND"])
    s.part("C602", c.capacitor("10u"), (93.98, 66.04), ["5V_IN", "GND"])
    s.part("PS601", c.CONVERTER, (119.38, 58.42), {"1": "5V_IN", "2": "GND", "6": "P9_RAW", "5": "GND", "4": "N9_RAW"})
    s.part("C603", c.capacitor("10u"), (149.86, 68.58), ["P9_RAW", "GND"])
    s.part("C604", c.capacitor("10u"), (162.56, 81.28), ["GND", "N9_RAW"])
    s.part("L601", c.INDUCTOR, (180.34, 50.8), ["P9_RAW", "+9V"], turn=90)
    s.part("L602", c.INDUCTOR, (180.34, 91.44), ["N9_RAW", "-9V"], turn=90)
    s.part("C605", c.capacitor("10u"), (198.12, 60.96), ["+9V", "GND"])
    s.part("C606", c.capacitor("10u"), (210.82, 81.28), ["GND", "-9V"])
    for net, at in (("+9V", (247.65, 53.34)), ("-9V", (260.35, 53.34)), ("5V_IN", (273.05, 53.34))):
        s.flag(net, at)


def _positive(s: Sheet) -> None:
    s.frame(27.94, 106.68, 203.2, 172.72, "+7.5 V: 1.2 V x (1 + 52.3k/10k)")
    pins = {
        "8": "+9V",
        "7": "+9V",
        "5": "+9V",
        "4": "GND",
        "9": "GND",
        "1": "+7V5",
        "2": "+7V5",
        "3": "P_ADJ",
        "6": "P_SS",
    }
    s.part("U601", c.LDO_P7V5, (83.82, 127), pins)
    s.part("C611", c.capacitor("10u"), (50.8, 135.89), ["+9V", "GND"])
    s.part("C612", c.capacitor("1n", "C0G"), (104.14, 149.86), ["P_SS", "GND"])
    s.part("R611", c.resistor("52.3k"), (124.46, 132.08), ["+7V5", "P_ADJ"])
    s.part("R612", c.resistor("10k"), (124.46, 149.86), ["P_ADJ", "GND"])
    s.part("C613", c.capacitor("10u"), (147.32, 135.89), ["+7V5", "GND"])
    s.part("C614", c.capacitor("10u"), (165.1, 135.89), ["+7V5", "GND"])


def _negative(s: Sheet) -> None:
    s.frame(27.94, 177.8, 203.2, 251.46, "-7.5 V: -1.22 V x (1 + 51.1k/10k)")
    s.part("U602", c.LDO_NEG, (83.82, 208.28), {"3": "-9V", "2": "-9V", "1": "GND", "4": "N_ADJ", "5": "-7V5"})
    s.part("C621", c.capacitor("10u"), (50.8, 209.55), ["GND", "-9V"])
    s.part("R621", c.resistor("10k"), (124.46, 195.58), ["GND", "N_ADJ"])
    s.part("R622", c.resistor("51.1k"), (124.46, 218.44), ["N_ADJ", "-7V5"])
    s.part("C622", c.capacitor("10u"), (147.32, 209.55), ["GND", "-7V5"])
    s.part("C623", c.capacitor("10u"), (165.1, 209.55), ["GND", "-7V5"])


def _low(s: Sheet) -> None:
    s.frame(213.36, 106.68, 393.7, 172.72, "+5.3 V of the DACs and the reference: 1.2 V x (1 + 34.0k/10k)")
    s.part("U603", c.LDO_ADJ, (264.16, 127), {"1": "+9V", "3": "+9V", "2": "GND", "5": "+5V3", "4": "A_ADJ"})
    s.part("C631", c.capacitor("10u"), (233.68, 135.89), ["+9V", "GND"])
    s.part("R631", c.resistor("34k"), (297.18, 132.08), ["+5V3", "A_ADJ"])
    s.part("R632", c.resistor("10k"), (297.18, 149.86), ["A_ADJ", "GND"])
    s.part("C632", c.capacitor("10u"), (320.04, 135.89), ["+5V3", "GND"])
    s.frame(213.36, 177.8, 393.7, 251.46, "+5.0 V of the ADC")
    s.part("U604", c.LDO_5V, (264.16, 208.28), {"1": "+9V", "3": "+9V", "2": "GND", "5": "+5VA", "4": "+5VA"})
    s.part("C641", c.capacitor("10u"), (233.68, 217.17), ["+9V", "GND"])
    s.part("C642", c.capacitor("10u"), (304.8, 217.17), ["+5VA", "GND"])
