"""The project's own symbols: stock ones whose electrical types or names do not say the truth for this board."""

from __future__ import annotations

from ohm8.circuit.model import RAILS
from ohm8.schematic.library import Symbol, derive, drawn
from ohm8.sexpr import Node, number, quote


def own_symbols() -> dict[str, Symbol]:
    """All project symbols by lib_id."""
    symbols = [_dac(), _adc(), *(_rail(net) for net in RAILS)]
    symbols.append(
        # The module's grounds are one net with the board's; a second power output would hide the real source.
        derive("RaspberryPi_Pico", "MCU_Module:RaspberryPi_Pico", kinds={"3": "passive", "33": "passive"})
    )
    symbols.append(
        derive(
            "TPS3808G01DBV",
            "Power_Supervisor:TPS3808DBV",
            kinds={"1": "open_collector"},  # the reset output is open drain and shares its net
            description="Supervisor, adjustable 0.405 V, open-drain reset",
        )
    )
    pair = {"1": "A1", "2": "K2", "3": "K1A2"}  # geometry as drawn; the stock symbol's names are swapped
    symbols.append(derive("BAV99", "Diode:BAV99", names=pair))
    symbols.append(derive("BAV199", "Diode:BAV99", names=pair, description="Two low-leakage diodes in series"))
    for name, base in (("TMUX6211", "DG411xUE"), ("TMUX6212", "DG412xUE"), ("TMUX6213", "DG413xUE")):
        # Pin 12 is the logic supply of the DG and MAX parts and unconnected in the TMUX and ADG ones.
        symbols.append(derive(name, f"Analog_Switch:{base}", kinds={"12": "passive"}, names={"12": "VL/NC"}))
    symbols.append(derive("TLV9154", "Amplifier_Operational:TLV9304xPW", description="Quad 16 V op amp, 4.5 MHz"))
    for name, base in (("74HC08", "74LS08"), ("74HC32", "74LS32"), ("74HC139", "74LS139")):
        symbols.append(derive(name, f"74xx:{base}"))
    return {symbol.lib_id: symbol for symbol in symbols}


def _adc() -> Symbol:
    """AD7606C-16 in serial software mode: WR and SDI take over CONVST_B and DB11; unused data pins may be grounded."""
    unused = {str(n): "passive" for n in (*range(16, 23), *range(30, 34))}
    return derive(
        "AD7606C-16",
        "Analog_ADC:AD7606",
        kinds={**unused, "29": "input"},
        names={"9": "CONVST", "10": "WR", "24": "DOUTA", "25": "DOUTB", "27": "DOUTC", "28": "DOUTD", "29": "SDI"},
        description="8 x 16 bit simultaneous, 1 MSPS, software ranges",
    )


def _rail(net: str) -> Symbol:
    """A power symbol whose value, and so whose net, is `net`."""
    base = {"GND": "GND", "+3V3": "+3V3", "-7V5": "-9V", "VBUS": "VBUS"}.get(net, "+9V")
    return derive(net, f"power:{base}", description=f"The rail {net}")


# AD5676, TSSOP-20: names and functions from public drivers; numbers from memory, the same as in another open board's
# symbol (polykit-x-mainboard v0.0.2). Compare with the data sheet before ordering.
_DAC_LEFT = (
    ("5", "~{SYNC}", "input"),
    ("6", "SCLK", "input"),
    ("7", "SDI", "input"),
    ("16", "SDO", "tri_state"),
    ("", "", ""),
    ("15", "~{LDAC}", "input"),
    ("17", "~{RESET}", "input"),
    ("", "", ""),
    ("8", "GAIN", "input"),
    ("14", "RSTSEL", "input"),
    ("18", "VREF", "passive"),
)
_DAC_RIGHT = (("2", 0), ("1", 1), ("20", 2), ("19", 3), ("12", 4), ("11", 5), ("10", 6), ("9", 7))
_DAC_TOP = (("3", "VDD", -5.08), ("4", "VLOGIC", 5.08))


def _dac() -> Symbol:
    body: Node = ["symbol", quote("AD5676"), ["exclude_from_sim", "no"], ["in_bom", "yes"], ["on_board", "yes"]]
    texts = (("Reference", "U", (-12.7, 19.05)), ("Value", "AD5676", (8.89, 19.05)))
    for name, value, (x, y) in texts:
        body.append(_property(name, value, x, y))
    for name, value in (
        ("Footprint", "Package_SO:TSSOP-20_4.4x6.5mm_P0.65mm"),
        ("Datasheet", ""),
        ("Description", "8 x 16 bit buffered DAC; pin numbers not compared with the datasheet"),
    ):
        body.append(
            [*_property(name, value, 0, 0)[:-1], ["effects", ["font", ["size", "1.27", "1.27"]], ["hide", "yes"]]]
        )
    box: Node = ["rectangle", ["start", "-12.7", "16.51"], ["end", "12.7", "-16.51"]]
    box += [["stroke", ["width", "0.254"], ["type", "default"]], ["fill", ["type", "background"]]]
    body.append(["symbol", quote("AD5676_0_1"), box])
    unit: Node = ["symbol", quote("AD5676_1_1")]
    for order, (pin, name, kind) in enumerate(_DAC_LEFT):
        if pin:
            unit.append(_pin(pin, name, kind, -15.24, 12.7 - 2.54 * order, 0))
    for order, (pin, channel) in enumerate(_DAC_RIGHT):
        unit.append(_pin(pin, f"VOUT{channel}", "output", 15.24, 8.89 + 1.27 - 2.54 * order, 180))
    for pin, name, x in _DAC_TOP:
        unit.append(_pin(pin, name, "power_in", x, 19.05, 270))
    unit.append(_pin("13", "GND", "power_in", 0, -19.05, 90))
    body.append(unit)
    body.append(["embedded_fonts", "no"])
    return drawn("AD5676", body)


def _property(name: str, value: str, x: float, y: float) -> Node:
    return [
        "property",
        quote(name),
        quote(value),
        ["at", number(x), number(y), "0"],
        ["effects", ["font", ["size", "1.27", "1.27"]]],
    ]


def _pin(pin: str, name: str, kind: str, x: float, y: float, direction: int) -> Node:
    font: Node = ["effects", ["font", ["size", "1.27", "1.27"]]]
    return [
        "pin",
        kind,
        "line",
        ["at", number(x), number(y), str(direction)],
        ["length", "2.54"],
        ["name", quote(name), font],
        ["number", quote(pin), font],
    ]
