"""Connectors, test points, holes and fiducials."""

from __future__ import annotations

from ohm8.circuit import catalogue as c
from ohm8.circuit.model import Sheet

_STACK = (
    "SPI0_SCK",
    "SPI0_TX",
    "SPI0_RX",
    "SPI1_SCK",
    "SPI1_TX",
    "SPI1_RX",
    "ROWDAC_SYNC_N",
    "COLDAC_SYNC_N",
    "LATCH_RCLK",
    "ADC_CS_N",
    "LDAC_N",
    "DAC_RESET_N",
    "ADC_RESET",
    "ADC_CONVST",
    "ADC_BUSY",
    "ROW_EN",
    "COL_EN",
    "ARM",
    "TRIP_N",
    "BA0",
    "BA1",
    "I2C_SDA",
    "I2C_SCL",
    "5V_IN",
    "5V_IN",
    "+3V3",
)

_POINTS = (
    "+9V",
    "-9V",
    "+7V5",
    "-7V5",
    "+5V3",
    "+5VA",
    "VREF",
    "V5REF",
    "N_0",
    "ROW_0",
    "COL_0",
    "TIAOUT_0",
    "ROW_GATE",
    "COL_GATE",
    "TRIP_N",
    "ADC_BUSY_L",
    "FRSTDATA",
    "ARMED",
    "GND",
    "GND",
    "GND",
    "GND",
)


def connectors() -> Sheet:
    """The device's two places (header and DIP socket), the compliance links, the stack."""
    s = Sheet("connectors", "Connectors", "A3")
    s.note("Device under test, compliance links, stack, test points", (27.94, 20.32), 2)
    _device(s)
    _stack(s)
    _points(s)
    return s


def _device(s: Sheet) -> None:
    s.frame(27.94, 30.48, 213.36, 157.48, "Device under test: header, DIP-16; links in series with the rows")
    lines: list[str | None] = [
        *(f"ROW_{i}" for i in range(8)),
        *(f"COL_{j}" for j in range(8)),
        "+3V3",
        "I2C_SDA",
        "I2C_SCL",
        None,
    ]
    nets: dict[str, str | None] = {}
    for k, line in enumerate(lines):
        nets[str(2 * k + 1)] = line
        nets[str(2 * k + 2)] = "GND"
    nets["40"] = None
    s.part("J1", c.HEADER, (73.66, 81.28), nets)
    socket = {str(i + 1): f"ROW_{i}" for i in range(8)} | {str(16 - j): f"COL_{j}" for j in range(8)}
    s.part("J2", c.SOCKET, (142.24, 60.96), socket)
    links = {str(i + 1): f"SW_{i}" for i in range(8)} | {str(16 - i): f"ROW_{i}" for i in range(8)}
    s.part("RN1", c.LINK_SOCKET, (144.78, 116.84), links)
    s.note("J2: row i at pin i + 1, column j at pin 16 - j.", (119.38, 81.28))
    s.note("RN1: eight links, or eight resistors that limit the current of a row.", (119.38, 144.78))


def _stack(s: Sheet) -> None:
    s.frame(223.52, 30.48, 393.7, 157.48, "Stack: one controller, up to four boards (32 x 32)")
    nets: dict[str, str | None] = {}
    signals = iter(_STACK)
    for k in range(1, 41):
        nets[str(k)] = "GND" if k % 3 == 0 else next(signals, "GND")
    s.part("J3", c.HEADER, (304.8, 86.36), nets)


def _points(s: Sheet) -> None:
    s.frame(27.94, 165.1, 393.7, 248.92, "Test points, holes, fiducials")
    for k, net in enumerate(_POINTS):
        kind = c.TEST_POINT
        s.part(f"TP{k + 1}", kind, (40.64 + 15.24 * k, 203.2), [net])
    for k in range(4):
        s.part(f"H{k + 1}", c.HOLE, (40.64 + 20.32 * k, 233.68), ["GND"])
    for k in range(3):
        s.part(f"FID{k + 1}", c.FIDUCIAL, (142.24 + 20.32 * k, 233.68), {})
