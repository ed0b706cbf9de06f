"""The controller: Raspberry Pi Pico, what each pin is at reset, the board's memory, the address decoder of a stack."""

from __future__ import annotations

from ohm8.circuit import catalogue as c
from ohm8.circuit.decoupling import decouple
from ohm8.circuit.model import Sheet, Side

_PICO_PIN = {
    0: 1,
    1: 2,
    2: 4,
    3: 5,
    4: 6,
    5: 7,
    6: 9,
    7: 10,
    8: 11,
    9: 12,
    10: 14,
    11: 15,
    12: 16,
    13: 17,
    14: 19,
    15: 20,
}
_PICO_PIN |= {16: 21, 17: 22, 18: 24, 19: 25, 20: 26, 21: 27, 22: 29, 26: 31, 27: 32, 28: 34}

_GPIO = {
    0: "BA0",
    1: "BA1",
    2: "SPI0_SCK_MCU",
    3: "SPI0_TX",
    4: "SPI0_RX",
    5: "ROWDAC_SYNC_N",
    6: "COLDAC_SYNC_N",
    7: "LATCH_RCLK",
    8: "SPI1_RX",
    9: "DAC_RESET_N",
    10: "ROW_EN",
    11: "COL_EN",
    12: "ADC_CONVST",
    13: "ADC_CS_N",
    14: "SPI1_SCK_MCU",
    15: "SPI1_TX",
    16: "LDAC_N",
    17: "ADC_BUSY",
    18: "ADC_RESET",
    19: "ARM",
    20: "I2C_SDA",
    21: "I2C_SCL",
    22: "ARMED",
    26: "MON_VP",
    27: "MON_VN",
    28: "LATCH_QH",
}

_HIGH_AT_RESET = ("ROWDAC_SYNC_N", "COLDAC_SYNC_N", "ADC_CS_N", "LDAC_N", "ADC_RESET")
_LOW_AT_RESET = ("DAC_RESET_N", "ROW_EN", "COL_EN", "ARM")


def controller() -> Sheet:
    """Every line has a level of its own at reset, stronger than the controller's weak pulls."""
    s = Sheet("controller", "Controller", "A3")
    s.note("Raspberry Pi Pico, levels at reset, memory, board address", (27.94, 20.32), 2)
    _pico(s)
    _levels(s)
    _memory(s)
    _decoder(s)
    return s


def _pico(s: Sheet) -> None:
    s.frame(27.94, 30.48, 203.2, 152.4, "Controller")
    nets: dict[str, str | None] = {str(_PICO_PIN[gpio]): net for gpio, net in _GPIO.items()}
    nets |= dict.fromkeys(("3", "8", "13", "18", "23", "28", "33", "38"), "GND")
    nets |= {"40": "VBUS", "36": "+3V3", "39": None, "35": None, "30": None, "37": None}
    s.part("A801", c.PICO, (104.14, 91.44), nets)
    s.part("R801", c.resistor("33"), (160.02, 53.34), ["SPI0_SCK_MCU", "SPI0_SCK"], turn=90)
    s.part("R802", c.resistor("33"), (160.02, 66.04), ["SPI1_SCK_MCU", "SPI1_SCK"], turn=90)
    s.note("Series 33R at the source of each clock.", (147.32, 43.18))


def _levels(s: Sheet) -> None:
    s.frame(213.36, 30.48, 401.32, 152.4, "Levels at reset; rail monitors")
    for order, net in enumerate(_HIGH_AT_RESET):
        s.part(f"R81{order + 1}", c.resistor("10k"), (228.6 + 15.24 * order, 55.88), ["+3V3", net])
    for order, net in enumerate(_LOW_AT_RESET):
        s.part(f"R82{order + 1}", c.resistor("10k"), (309.88 + 15.24 * order, 71.12), [net, "GND"])
    s.part("R831", c.resistor("30k"), (228.6, 105.41), ["+7V5", "MON_VP"])
    s.part("R832", c.resistor("10k"), (228.6, 125.73), ["MON_VP", "GND"])
    s.part("C831", c.capacitor("100n"), (248.92, 125.73), ["MON_VP", "GND"])
    s.part("R833", c.resistor("10k"), (276.86, 105.41), ["+3V3", "MON_VN"])
    s.part("R834", c.resistor("33k"), (276.86, 125.73), ["MON_VN", "-7V5"])
    s.part("C832", c.capacitor("100n"), (297.18, 125.73), ["MON_VN", "GND"])


def _memory(s: Sheet) -> None:
    s.frame(27.94, 157.48, 157.48, 241.3, "Calibration and serial number")
    s.part(
        "U802",
        c.EEPROM,
        (76.2, 195.58),
        {
            "1": "BOARD_A0",
            "2": "BOARD_A1",
            "3": "GND",
            "8": "+3V3",
            "4": "GND",
            "5": "I2C_SDA",
            "6": "I2C_SCL",
            "7": "GND",
        },
    )
    s.part("C802", c.capacitor("100n"), (101.6, 195.58), ["+3V3", "GND"])
    s.part("R803", c.resistor("4.7k"), (119.38, 182.88), ["+3V3", "I2C_SDA"])
    s.part("R804", c.resistor("4.7k"), (137.16, 182.88), ["+3V3", "I2C_SCL"])
    for k in range(2):
        s.part(f"R80{5 + k}", c.resistor("10k"), (45.72 + 17.78 * k, 226.06), [f"BOARD_A{k}", "GND"])
        s.part(f"JP80{5 + k}", c.JUMPER, (96.52 + 30.48 * k, 226.06), [f"BOARD_A{k}", "+3V3"])
    s.note("JP805, JP806: the board's number in a stack.", (86.36, 236.22))


def _decoder(s: Sheet) -> None:
    s.frame(162.56, 157.48, 401.32, 248.92, "Board address: the selects reach this board only when it is addressed")
    s.part(
        "U803",
        c.DECODER,
        (190.5, 187.96),
        {"3": "BA1", "2": "BA0", "1": "GND", "4": "SEL_0", "5": "SEL_1", "6": "SEL_2", "7": "SEL_3"},
    )
    idle: dict[str, str | None] = dict.fromkeys(("13", "14", "15"), "+3V3")
    s.part("U803", c.DECODER, (190.5, 220.98), {**idle, **dict.fromkeys(("12", "11", "10", "9"))}, unit=2)
    for k in range(4):
        kind = c.BRIDGE if k == 0 else c.JUMPER
        s.part(f"JP81{k}", kind, (233.68, 177.8 + 12.7 * k), [f"SEL_{k}", "BOARD_N"])
    s.port("BOARD_N", (264.16, 165.1), Side.RIGHT, "passive")
    pairs = (("ROWDAC_SYNC", "N"), ("COLDAC_SYNC", "N"), ("ADC_CS", "N"), ("LATCH_RCLK", ""))
    for k, (stem, suffix) in enumerate(pairs):
        source = f"{stem}_{suffix}" if suffix else stem
        s.part("U804", c.OR4, (302.26, 175.26 + 20.32 * k), [source, "BOARD_N", f"{stem}_L"], unit=k + 1)
    decouple(s, "U803", c.DECODER, 3, (342.9, 187.96), ["+3V3", "GND"], "C80")
    decouple(s, "U804", c.OR4, 5, (342.9, 228.6), ["+3V3", "GND"], "C81")
    s.note(
        "Close one of JP810..JP813, the same number as JP805, JP806.\n"
        "LATCH_RCLK rests high, so that changing the address latches nothing.",
        (167.64, 238.76),
    )
