"""Writes a deck from the netlist: the rows and columns asked for, every part with its value on the schematic."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

from ohm8.netlist import Netlist, ohms
from ohm8.spice.models import (
    ADC_INPUT_OHM,
    AMPLIFIERS,
    COMPARATOR_ON_OHM,
    COMPARATOR_S,
    DIODES,
    GATE_S,
    LOGIC_V,
    SWITCH_F,
    SWITCH_OFF_OHM,
    SWITCH_SUPPLY_V,
    diodes,
    subcircuit,
)

LOGIC = 3.3
RAILS = {"+7V5": "7.5", "-7V5": "-7.5", "+3V3": str(LOGIC), "VREF": "2.5"}
_NODES = {"GND": "0", "+7V5": "vp", "-7V5": "vn", "+3V3": "vd"}
_QUAD = ((3, 2, 1), (5, 6, 7), (10, 9, 8), (12, 13, 14))
_SWITCH = ((2, 1, 3), (6, 8, 7), (10, 9, 11), (15, 16, 14))
_CLOSED = {"TMUX6211": "LLLL", "TMUX6212": "HHHH", "TMUX6213": "HHLL"}  # units A to D: closed by a high or a low level
_GATE = {"74LVC2G08": ((1, 2, 7), (5, 6, 3)), "74HC08": ((1, 2, 3), (4, 5, 6), (9, 10, 8), (12, 13, 11))}
_COMPARATOR = ((3, 2, 1), (5, 6, 7))
_FLIPFLOP = ((3, 1, 5),)  # clock, clear, output; the other unit only lights the lamp
_PAIRS = ("BAV99", "BAV199", "BAT54S")
_LINK_OHM = 0.05
_OPENING_S = 5e-9
_ARMING = "/Arm and trip/"
_LAMP = frozenset({"R501", "D501"})
_DOUBLER = frozenset({"U305", "R341", "R342", "C344"})


@dataclass(frozen=True)
class Facts:
    """What of the models stands in board.toml.

    A closed switch in ohm, how much later a switch closes than another opens in s, the converter's filter in Hz.
    """

    ron_ohm: float
    closing_s: float
    bandwidth_hz: float

    @classmethod
    def of(cls, board: dict[str, Any]) -> Facts:
        """From the description of the board."""
        line = board["line"]
        return cls(line["switch_ron_ohm"], (line["t_on_ns"] - line["t_off_ns"]) * 1e-9, board["adc"]["bandwidth_hz"])


def farads(value: str) -> float:
    """The capacitance of a value such as 47p or 100n."""
    return float(value[:-1]) * {"p": 1e-12, "n": 1e-9, "u": 1e-6}[value[-1]]


def node(net: str) -> str:
    """A net as a node name."""
    return _NODES.get(net) or re.sub(r"[^A-Za-z0-9_]+", "_", net).strip("_").lower()


class Deck:
    """A circuit for ngspice; lines are added until it is run."""

    def __init__(
        self,
        netlist: Netlist,
        rows: Sequence[int],
        columns: Sequence[int],
        facts: Facts,
        *,
        broken: str = "",
        armed: bool = False,
        rails: dict[str, str] | None = None,
    ) -> None:
        """The channels `rows` and `columns`.

        `broken` is the minus input (net) at which a loop is opened for a measurement of its gain. `armed`: the arm
        flip-flop, comparators and gates are there too, and sources drive ROW_EN, COL_EN, ARM and each ROWBIT; without,
        sources drive COL_GATE and each row's control. `rails`: sources of +7V5, -7V5, +3V3 and VREF where they are not
        constant; V5REF then comes from its doubler.
        """
        self.netlist = netlist
        self.broken = broken
        self.facts = facts
        sheets = [f"/Rows/row{i}/" for i in rows] + [f"/Columns/column{j}/" for j in columns]
        sheets += [_ARMING] if armed else []
        self.lines = ["ohm8", *diodes(), *(subcircuit(name, model) for name, model in AMPLIFIERS.items())]
        for net, volts in (RAILS | (rails or {})).items():
            self.source(net, volts)
        extra = _DOUBLER if rails else frozenset()
        if not rails:
            self.source("V5REF", "5")
        passives = {
            ref
            for ref, part in netlist.components.items()
            if (part.sheet in sheets or ref in extra) and ref[0] in "RCD" and ref not in _LAMP
        }
        if armed:
            passives |= set(netlist.across("DAC_RESET_N", "GND", "R"))
        inside = self._inside(sheets, rows, columns, passives)
        units: dict[str, tuple[Sequence[tuple[int, ...]], Callable[[str, int, list[str]], None]]] = {
            **dict.fromkeys(("OPA4197", "TLV9154"), (_QUAD, self._amplifier)),
            **dict.fromkeys(_CLOSED, (_SWITCH, self._switch)),
        }
        if armed:
            units |= {name: (pins, self._gate) for name, pins in _GATE.items()}
            units |= {"MCP6567": (_COMPARATOR, self._comparator), "74HC74": (_FLIPFLOP, self._flipflop)}
        if rails:
            units["OPA197"] = (((3, 4, 1),), self._amplifier)
        for ref, part in sorted(netlist.components.items()):
            if part.value in units:
                pins, emit = units[part.value]
                self._units(ref, pins, inside, emit)
            elif ref in passives:
                self._passive(ref)
        for i in rows:
            self.lines.append(f"Rlink{i} {node(f'SW_{i}')} {node(f'ROW_{i}')} {_LINK_OHM}")
        for j in columns:
            self._converter(j)

    def _converter(self, column: int) -> None:
        """The converter's input resistance and its filter, taken as one pole; `adc_j` is what it converts."""
        pin = node(f"VIN_{column}")
        self.lines += [f"Radc{column} {pin} 0 {ADC_INPUT_OHM:g}", f"Eadc{column} adcb_{column} 0 {pin} 0 1"]
        self.lines.append(f"Radcf{column} adcb_{column} adc_{column} 1k")
        self.lines.append(f"Cadcf{column} adc_{column} 0 {1 / (2e3 * math.pi * self.facts.bandwidth_hz):g}")

    def _inside(
        self, sheets: list[str], rows: Sequence[int], columns: Sequence[int], passives: Collection[str]
    ) -> set[str]:
        """Nets that belong to the channels asked for."""
        nets = {net for net in self.netlist.nets if any(net.startswith(sheet) for sheet in sheets)}
        nets |= {f"{name}_{i}" for i in rows for name in ("DACR", "N", "SW", "ROW", "ROWBIT")}
        nets |= {f"{name}_{j}" for j in columns for name in ("DACC", "COL", "TIAOUT", "VIN", "RNGM", "RNGH")}
        for net, pins in self.netlist.nets.items():
            if any(pin[0] in passives for pin in pins):
                nets.add(net)
        return nets | {"GND", "COL_GATE", "ROW_GATE", "ROW_EN", "COL_EN", "ARM", "ARMED", "V5REF", "VREF"}

    def _units(
        self,
        ref: str,
        pins: Sequence[tuple[int, ...]],
        inside: set[str],
        emit: Callable[[str, int, list[str]], None],
    ) -> None:
        for unit, numbers in enumerate(pins):
            nets = [self.netlist.net(ref, number) for number in numbers]
            if all(net in inside for net in nets):
                emit(ref, unit, nets)

    def _amplifier(self, ref: str, unit: int, nets: list[str]) -> None:
        plus, minus, out = (node(net) for net in nets)
        if nets[1] == self.broken:
            self.lines += [f"Lopen {minus} probe 1e6", "Copen probe drive 1e6", "Vdrive drive 0 DC 0 AC 1"]
            minus = "probe"
        self.lines.append(f"X{ref}_{unit} {plus} {minus} {out} vp vn {self.netlist.value(ref)}")

    def _switch(self, ref: str, unit: int, nets: list[str]) -> None:
        one, control, other = (node(net) for net in nets)
        name = f"{ref}_{unit}"
        sign = "" if _CLOSED[self.netlist.value(ref)][unit] == "H" else "-"
        asked = f"0.25*(1+tanh({sign}20*(V({control})-{LOGIC_V})))*(1+tanh(10*(V(vp,vn)-{SWITCH_SUPPLY_V})))"
        rise, fall = 1e-12 / self.facts.closing_s, 1e-12 / _OPENING_S
        self.lines += [
            f"B{name}s 0 {name}s I = {rise:g}*{asked}*tanh(50*(1-V({name}s)))"
            f" - {fall:g}*(1-{asked})*tanh(50*V({name}s))",
            f"C{name}s {name}s 0 1p",
            f"R{name}s {name}s 0 1e12",
            f"B{name} {one} {other} I = V({one},{other})*({1 / SWITCH_OFF_OHM:g}"
            f"+{0.5 / self.facts.ron_ohm:g}*(1+tanh(40*(V({name}s)-0.8))))",
        ]
        for side, terminal in (("a", one), ("b", other)):
            if terminal != "0":
                self.lines.append(f"C{name}{side} {terminal} 0 {SWITCH_F:g}")

    def _gate(self, ref: str, unit: int, nets: list[str]) -> None:
        one, other, out = (node(net) for net in nets)
        high = " * ".join(f"0.5*(1+tanh(20*(V({net})-{LOGIC_V})))" for net in (one, other))
        self._delayed(f"{ref}_{unit}", f"V(vd)*{high}", out, GATE_S)

    def _comparator(self, ref: str, unit: int, nets: list[str]) -> None:
        plus, minus, out = (node(net) for net in nets)
        name = f"{ref}_{unit}".lower()
        self._delayed(name, f"0.5*(1+tanh(1000*V({minus},{plus})))", f"{name}_low", COMPARATOR_S)
        self.lines.append(f"B{name}o {out} 0 I = V({out})/{COMPARATOR_ON_OHM}*0.5*(1+tanh(20*(V({name}_low)-0.5)))")

    def _flipflop(self, ref: str, unit: int, nets: list[str]) -> None:
        clock, clear, out = (node(net) for net in nets)
        free, edge = (f"0.5*(1+tanh(20*(V({net})-{LOGIC_V})))" for net in (clear, clock))
        current = LOGIC * 1e-12 / GATE_S
        self.lines.append(f"C{ref} {out} 0 1p IC=0")
        self.lines.append(
            f"B{ref} 0 {out} I = {current:g}*({edge}*{free}*tanh(20*max(V(vd)-V({out}),0))"
            f" - (1-{free})*tanh(20*max(V({out}),0)))"
        )

    def _delayed(self, name: str, expression: str, out: str, seconds: float) -> None:
        self.lines += [f"B{name} {name}_t 0 V = {expression}", f"R{name} {name}_t {out} 1k"]
        self.lines.append(f"C{name} {out} 0 {seconds / 0.7 / 1e3:g}")

    def _passive(self, ref: str) -> None:
        value = self.netlist.value(ref)
        if ref.startswith("D"):
            self._diode(ref, value)
            return
        one, other = (node(self.netlist.net(ref, pin)) for pin in (1, 2))
        if ref.startswith("R"):
            self.lines.append(f"{ref} {one} {other} {ohms(value):g}")
        elif ref.startswith("C"):
            self.lines.append(f"{ref} {one} {other} {farads(value):g}")

    def _diode(self, ref: str, value: str) -> None:
        if value not in DIODES:
            raise KeyError(f"no model of the diode {ref}, {value}")
        if value in _PAIRS:
            first, second, middle = (node(self.netlist.net(ref, pin)) for pin in (1, 2, 3))
            self.lines += [f"D{ref}a {first} {middle} {value}", f"D{ref}b {middle} {second} {value}"]
        else:
            cathode, anode = (node(self.netlist.net(ref, pin)) for pin in (1, 2))
            self.lines.append(f"D{ref} {anode} {cathode} {value}")

    def source(self, net: str, value: str) -> None:
        """A voltage source on a net: a number of volts, or a PULSE or PWL expression."""
        self.lines.append(f"V{node(net)} {node(net)} 0 {value}")

    def cell(self, row: int, column: int, siemens: float) -> None:
        """A cell of the device under test."""
        self.lines.append(f"Rcell{row}_{column} {node(f'ROW_{row}')} {node(f'COL_{column}')} {1 / siemens:g}")

    def to_ground(self, net: str, siemens: float) -> None:
        """Cells between a line and others that are at 0 V."""
        self.lines.append(f"Rload_{node(net)} {node(net)} 0 {1 / siemens:g}")

    def line_capacitance(self, net: str, value: float) -> None:
        """What the device and its wiring add to a line, F."""
        self.lines.append(f"Cline_{node(net)} {node(net)} 0 {value:g}")

    def row_control(self, row: int) -> str:
        """The net that moves both switches of a row."""
        return self.netlist.net(f"U{111 + row // 2}", 1 if row % 2 == 0 else 8)
