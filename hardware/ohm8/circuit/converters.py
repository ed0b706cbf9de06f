"""The converters: two octal DACs, the eight-channel ADC, and the one reference that all three share."""

from __future__ import annotations

from ohm8.circuit import catalogue as c
from ohm8.circuit.model import Sheet, Side


def converters() -> Sheet:
    """One reference for DACs and ADC: a conductance is a ratio of both, so its drift cancels."""
    s = Sheet("converters", "Converters and reference", "A3")
    s.note("2 x AD5676, AD7606C-16, one 2.5 V reference", (27.94, 20.32), 2)
    for k, (ref, line) in enumerate((("U301", "R"), ("U302", "C"))):
        _dac(s, ref, line, (78.74, 63.5 + 71.12 * k), f"C30{k}")
    s.note(
        "At power-up and while RESET is low every output is at\nmidscale (RSTSEL high), which is 0 V on the lines.",
        (30.48, 30.48),
    )
    s.note("AD5676: compare the pin numbers with the data sheet before ordering.", (30.48, 175.26))
    _adc(s)
    _reference(s)
    return s


def _dac(s: Sheet, ref: str, line: str, at: tuple[float, float], capacitors: str) -> None:
    x, y = at
    s.frame(x - 50.8, y - 27.94, x + 88.9, y + 34.29, f"DAC of the {'rows' if line == 'R' else 'columns'}")
    outputs = {
        pin: f"DAC{line}_{channel}"
        for pin, channel in zip(("2", "1", "20", "19", "12", "11", "10", "9"), range(8), strict=True)
    }
    select = "ROWDAC_SYNC_L" if line == "R" else "COLDAC_SYNC_L"
    control = {"5": select, "6": "SPI0_SCK", "7": "SPI0_TX", "16": "SPI0_RX", "15": "LDAC_N", "17": "DAC_RESET_N"}
    straps = {"8": "+3V3", "14": "+3V3", "18": "VREF", "3": "+5V3", "4": "+3V3", "13": "GND"}
    s.part(ref, c.DAC, at, {**outputs, **control, **straps})
    for order, (net, value) in enumerate((("+5V3", "100n"), ("+5V3", "10u"), ("+3V3", "100n"), ("VREF", "100n"))):
        s.part(
            f"{capacitors}{order + 1}", c.capacitor(value), (x + 41.91 + 12.7 * order - 1.27, y + 5.08), [net, "GND"]
        )


def _adc(s: Sheet) -> None:
    x, y = 279.4, 88.9
    s.frame(x - 55.88, y - 60.96, x + 104.14, y + 63.5, "ADC: serial, software mode, +-2.5 to +-10 V")
    inputs = {str(49 + 2 * k): f"VIN_{k}" for k in range(8)} | {str(50 + 2 * k): "GND" for k in range(8)}
    grounds = dict.fromkeys(("2", "26", "35", "40", "41", "47", "43", "46"), "GND")
    unused = dict.fromkeys([str(n) for n in (*range(16, 23), *range(30, 34))], "GND")
    supplies = dict.fromkeys(("1", "37", "38", "48"), "+5VA") | {"23": "+3V3"}
    bus = {"24": "SPI1_RX", "29": "SPI1_TX", "12": "SPI1_SCK", "13": "ADC_CS_L", "9": "ADC_CONVST", "10": "ADC_CONVST"}
    bus |= {"14": "ADC_BUSY_L", "15": "FRSTDATA", "11": "ADC_RESET"}
    straps = dict.fromkeys(("6", "7", "8", "3", "4", "5"), "+3V3") | {"34": "GND"}
    references: dict[str, str | None] = {"42": "VREF", "36": "REGCAP1", "39": "REGCAP2", "44": "REFCAP", "45": "REFCAP"}
    open_pins: dict[str, str | None] = dict.fromkeys(("25", "27", "28"))
    nets = inputs | grounds | unused | supplies | bus | straps
    s.part("U303", c.ADC, (x, y), {**nets, **references, **open_pins})
    for order, (net, value) in enumerate((("REGCAP1", "1u"), ("REGCAP2", "1u"), ("REFCAP", "10u"))):
        s.part(f"C32{order + 1}", c.capacitor(value), (x - 50.8 + 11.43 * order, y + 49.53), [net, "GND"])
    supply = (("+5VA", "100n"),) * 4 + (("+5VA", "10u"), ("+3V3", "100n"), ("VREF", "100n"))
    for order, (net, value) in enumerate(supply):
        s.part(
            f"C33{order + 1}",
            c.capacitor(value),
            (x + 48.26 + 12.7 * (order % 4), y - 35.56 + 27.94 * (order // 4)),
            [net, "GND"],
        )
    s.part("JP301", c.BRIDGE, (x + 81.28, y + 35.56), ["ADC_BUSY_L", "ADC_BUSY"])
    s.note("JP301 closed on the first board of a stack only:\nall boards convert together.", (x + 48.26, y + 40.64))
    s.note("OS2..0 high at reset: software mode.\nREF SELECT low: external reference.", (x + 48.26, y + 50.8))


def _reference(s: Sheet) -> None:
    s.frame(27.94, 182.88, 294.64, 264.16, "2.500 V, and 5.000 V for the shift of the lines")
    s.part(
        "U304",
        c.REFERENCE,
        (81.28, 218.44),
        {"2": "+5V3", "4": "GND", "6": "VREF", "5": "NR", "3": None, "1": None, "7": None, "8": None},
    )
    s.part("C341", c.capacitor("1u"), (50.8, 218.44), ["+5V3", "GND"])
    s.part("C342", c.capacitor("1u"), (104.14, 231.14), ["NR", "GND"])
    s.part("C343", c.capacitor("10u"), (121.92, 226.06), ["VREF", "GND"])
    s.port("VREF", (134.62, 208.28), Side.UP, "passive")
    shift = c.resistor("10k", "0.1 %")
    s.part("U305", c.DOUBLER, (187.96, 218.44), {"3": "VREF", "4": "DOUBLE", "1": "V5REF", "5": "+7V5", "2": "-7V5"})
    s.part("R341", shift, (172.72, 238.76), ["DOUBLE", "GND"])
    s.part("R342", shift, (195.58, 238.76), ["V5REF", "DOUBLE"], turn=90)
    s.part("C344", c.capacitor("100p", "C0G"), (195.58, 248.92), ["V5REF", "DOUBLE"], turn=90)
    s.port("V5REF", (218.44, 218.44), Side.RIGHT, "passive")
    s.part("C345", c.capacitor("100n"), (246.38, 218.44), ["+7V5", "GND"])
    s.part("C346", c.capacitor("100n"), (264.16, 218.44), ["GND", "-7V5"])
