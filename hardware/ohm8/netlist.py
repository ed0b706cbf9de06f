"""The netlist as KiCad exports it from the schematic."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from ohm8 import sexpr
from ohm8.sexpr import Node, child, children, unquote


@dataclass(frozen=True)
class Component:
    """A part: reference, value, footprint identifier, fields, and its place in the schematic's hierarchy."""

    ref: str
    value: str
    footprint: str
    fields: dict[str, str]
    path: str
    sheet: str
    attributes: frozenset[str] = frozenset()
    lib_id: str = ""


@dataclass
class Netlist:
    """Parts by reference, and the pins (reference, number) on each net."""

    components: dict[str, Component] = field(default_factory=dict)
    nets: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._net_of = {pin: net for net, pins in self.nets.items() for pin in pins}

    def net(self, ref: str, pin: str | int) -> str:
        """The net of a pin.

        Raises:
            KeyError: there is no such pin.
        """
        return self._net_of[ref, str(pin)]

    def pins(self, net: str, kind: str = "") -> list[tuple[str, str]]:
        """The pins on `net` of parts whose reference begins with the letters `kind`, sorted."""
        return sorted(pin for pin in self.nets[net] if not kind or re.match(rf"{kind}\d", pin[0]))

    def across(self, one: str, other: str, kind: str) -> list[str]:
        """References of two-pin parts of letter `kind` between two nets, sorted."""
        first = {ref for ref, _ in self.pins(one, kind)}
        return sorted(first & {ref for ref, _ in self.pins(other, kind)})

    def value(self, ref: str) -> str:
        """The value of a part."""
        return self.components[ref].value


def read(path: Path) -> Netlist:
    """Reads what `kicad-cli sch export netlist --format kicadsexpr` wrote."""
    tree = sexpr.parse(path.read_text(encoding="utf-8"))
    components = {}
    for node in children(child(tree, "components"), "comp"):
        component = _component(node)
        components[component.ref] = component
    nets = {}
    for node in children(child(tree, "nets"), "net"):
        pins = ((_text(pin, "ref"), _text(pin, "pin")) for pin in children(node, "node"))
        nets[_text(node, "name")] = frozenset(pins)
    return Netlist(components, nets)


def ohms(value: str) -> float:
    """The resistance of a value such as 100, 4.99k or 1M."""
    scale = {"k": 1e3, "M": 1e6}.get(value[-1])
    return float(value[:-1]) * scale if scale else float(value)


def _component(node: Node) -> Component:
    fields = {}
    for group in children(node, "fields"):
        for entry in children(group, "field"):
            fields[_text(entry, "name")] = unquote(entry[2]) if len(entry) > 2 else ""
    sheet = child(node, "sheetpath")
    flags = frozenset(_text(prop, "name") for prop in children(node, "property"))
    source = child(node, "libsource")
    return Component(
        ref=_text(node, "ref"),
        value=_text(node, "value"),
        footprint=_text(node, "footprint"),
        fields=fields,
        path=_text(sheet, "tstamps") + unquote(child(node, "tstamps")[1]),
        sheet=_text(sheet, "names"),
        attributes=flags,
        lib_id=f"{_text(source, 'lib')}:{_text(source, 'part')}",
    )


def _text(node: Node, head: str) -> str:
    return unquote(child(node, head)[1])
