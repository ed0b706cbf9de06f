"""Writes a deck from the netlist: the rows and columns asked for, every part with its value on the schematic."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ohm8.netlist import Netlist, ohms
from ohm8.spice.models import AMPLIFIERS, DIODES, LOGIC_V, SWITCH_F, SWITCH_OFF_OHM, SWITCH_ON_OHM, subcircuit

RAIL = 7.5
_AMPLIFIER_PINS = ((3, 2, 1), (5, 6, 7), (10, 9, 8), (12, 13, 14))
_SWITCH_PINS = ((2, 1, 3), (6, 8, 7), (10, 9, 11), (15, 16, 14))
_CLOSED = {"TMUX6211": "LLLL", "TMUX6212": "HHHH", "TMUX6213": "HHLL"}  # units A to D: closed by a high or a low level
_RAILS = {"GND": "0", "+7V5": "vp", "-7V5": "vn"}
_LINK_OHM = 0.05


def farads(value: str) -> float:
    """The capacitance of a value such as 47p or 100n."""
    return float(value[:-1]) * {"p": 1e-12, "n": 1e-9, "u": 1e-6}[value[-1]]


def node(net: str) -> str:
    """A net as a node name."""
    return _RAILS.get(net) or re.sub(r"[^A-Za-z0-9_]+", "_", net).strip("_").lower()


class Deck:
    """A circuit for ngspice; lines are added until it is run."""

    def __init__(self, netlist: Netlist, rows: Sequence[int], columns: Sequence[int], broken: str = "") -> None:
        """`broken`: the minus input (net) at which a loop is opened for a measurement of its gain."""
        self.netlist = netlist
        self.broken = broken
        sheets = [f"/Rows/row{i}/" for i in rows] + [f"/Columns/column{j}/" for j in columns]
        self.lines = [
            "ohm8",
            *DIODES,
            *(subcircuit(name, model, RAIL) for name, model in AMPLIFIERS.items()),
            f"Vp vp 0 {RAIL}",
            f"Vn vn 0 {-RAIL}",
            "V5 v5ref 0 5",
        ]
        inside = self._inside(sheets, rows, columns)
        for ref, part in sorted(netlist.components.items()):
            if part.value in AMPLIFIERS:
                self._units(ref, _AMPLIFIER_PINS, inside, self._amplifier)
            elif part.value in _CLOSED:
                self._units(ref, _SWITCH_PINS, inside, self._switch)
            elif part.sheet in sheets:
                self._passive(ref)
        for i in rows:
            self.lines.append(f"Rlink{i} {node(f'SW_{i}')} {node(f'ROW_{i}')} {_LINK_OHM}")

    def _inside(self, sheets: list[str], rows: Sequence[int], columns: Sequence[int]) -> set[str]:
        """Nets that belong to the channels asked for."""
        nets = {net for net in self.netlist.nets if any(net.startswith(sheet) for sheet in sheets)}
        nets |= {f"{name}_{i}" for i in rows for name in ("DACR", "N", "SW", "ROW")}
        nets |= {f"{name}_{j}" for j in columns for name in ("DACC", "COL", "TIAOUT", "VIN", "RNGM", "RNGH")}
        for ref, part in self.netlist.components.items():
            if part.sheet in sheets and ref[0] in "RCD":
                nets |= {net for net, pins in self.netlist.nets.items() if any(pin[0] == ref for pin in pins)}
        return nets | {"GND", "COL_GATE", "V5REF"}

    def _units(self, ref: str, pins: tuple[tuple[int, int, int], ...], inside: set[str], emit: object) -> None:
        for unit, numbers in enumerate(pins):
            nets = [self.netlist.net(ref, number) for number in numbers]
            if all(net in inside for net in nets):
                emit(ref, unit, nets)  # type: ignore[operator]

    def _amplifier(self, ref: str, unit: int, nets: list[str]) -> None:
        plus, minus, out = (node(net) for net in nets)
        if nets[1] == self.broken:
            self.lines += [f"Lopen {minus} probe 1e6", "Copen probe drive 1e6", "Vdrive drive 0 DC 0 AC 1"]
            minus = "probe"
        self.lines.append(f"X{ref}_{unit} {plus} {minus} {out} {self.netlist.value(ref)}")

    def _switch(self, ref: str, unit: int, nets: list[str]) -> None:
        one, control, other = (node(net) for net in nets)
        name = f"{ref}_{unit}"
        high = _CLOSED[self.netlist.value(ref)][unit] == "H"
        sign = "" if high else "-"
        closed = f"0.5*(1+tanh({sign}20*(V({control})-{LOGIC_V})))"
        self.lines.append(
            f"B{name} {one} {other} I = V({one},{other})*({1 / SWITCH_OFF_OHM:g}+{1 / SWITCH_ON_OHM:g}*{closed})"
        )
        for side, terminal in (("a", one), ("b", other)):
            if terminal != "0":
                self.lines.append(f"C{name}{side} {terminal} 0 {SWITCH_F:g}")

    def _passive(self, ref: str) -> None:
        value = self.netlist.value(ref)
        if ref.startswith("D"):
            first, second, middle = (node(self.netlist.net(ref, pin)) for pin in (1, 2, 3))
            self.lines += [f"D{ref}a {first} {middle} {value}", f"D{ref}b {middle} {second} {value}"]
            return
        one, other = (node(self.netlist.net(ref, pin)) for pin in (1, 2))
        if ref.startswith("R"):
            self.lines.append(f"{ref} {one} {other} {ohms(value):g}")
        elif ref.startswith("C"):
            self.lines.append(f"{ref} {one} {other} {farads(value):g}")

    def source(self, net: str, value: str) -> None:
        """A voltage source on a net: a number of volts, or a PULSE or PWL expression."""
        self.lines.append(f"V{node(net)} {node(net)} 0 {value}")

    def cell(self, row: int, column: int, siemens: float) -> None:
        """A cell of the device under test."""
        self.lines.append(f"Rcell{row}_{column} {node(f'ROW_{row}')} {node(f'COL_{column}')} {1 / siemens:g}")

    def line_capacitance(self, net: str, value: float) -> None:
        """What the device and its wiring add to a line, F."""
        self.lines.append(f"Cline_{node(net)} {node(net)} 0 {value:g}")

    def row_control(self, row: int) -> str:
        """The net that moves both switches of a row."""
        return self.netlist.net(f"U{111 + row // 2}", 1 if row % 2 == 0 else 8)
