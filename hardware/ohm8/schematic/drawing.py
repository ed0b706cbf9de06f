"""Draws one sheet: symbols where the circuit puts them, power symbols and labels at their pins, wires in between."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ohm8.circuit.model import RAILS, Placement, Sheet, pin_nets
from ohm8.schematic import items
from ohm8.schematic.geometry import GRID, PlacedPin, Point, body, cell, cells, placed_pins, point
from ohm8.schematic.library import Symbol
from ohm8.schematic.wiring import Paper, Segment, junctions
from ohm8.sexpr import Node, quote

PAPERS = {"A4": (297.0, 210.0), "A3": (420.0, 297.0), "A2": (594.0, 420.0)}
_NATURAL = {"GND": 270}  # the way a rail's symbol points when not turned, degrees; all others up
_NEIGHBOUR = 2.54  # pins this near each other on one rail share a power symbol
_CHARACTER = 1.15  # width of a text character, mm
_CROWDED = 7.62  # rails' symbols this near each other lean their names apart
_FAR = 80.0  # ends of a net this far from all its others are joined by name, not by a wire
_FAR_ALONE = 130.0  # the same for a net of two ends


@dataclass
class Drawing:
    """A sheet being drawn: `paths` are its places in the hierarchy, `ports` the labels of named ends by their place."""

    sheet: Sheet
    project: str
    paths: list[str]
    symbols: Callable[[str], Symbol]
    global_nets: frozenset[str]
    body: list[Node] = field(default_factory=list)
    used: dict[str, Symbol] = field(default_factory=dict)
    ends: dict[str, list[tuple[Point, int]]] = field(default_factory=dict)  # net -> pin ends to wire
    ports: dict[Point, Node] = field(default_factory=dict)
    power_count: int = 0

    def __post_init__(self) -> None:
        width, height = PAPERS[self.sheet.paper]
        self.paper = Paper(round(width / GRID), round(height / GRID))
        self.ported = {port.net for port in self.sheet.ports}

    def draw(self) -> list[Node]:
        """Everything on the sheet but child sheets."""
        for placement in self.sheet.placements:
            self._place(placement)
        for net, at in self.sheet.flags:
            self._flag(net, at)
        for port in self.sheet.ports:
            kind = "hierarchical_label" if self.sheet.channels else "global_label"
            self.ports[port.at] = items.label(self.sheet.file, kind, port.net, port.at, port.side.value, port.direction)
            self.ends.setdefault(port.net, []).append((port.at, port.side.value))
            self._label_room(port.net, port.at, port.side.value)
        for net, ends in self.ends.items():
            for at, _ in ends:
                self.paper.ends[cell(at)] = net
        for net in sorted(self.ends, key=lambda n: (_extent(self.ends[n]), n)):
            self._wire(net)
        for content, at, size in self.sheet.notes:
            self.body.append(items.text(self.sheet.file, content, at, size))
        for (left, top, right, bottom), title in self.sheet.frames:
            self.body.append(items.frame(self.sheet.file, (left, top), (right, bottom)))
            self.body.append(items.text(self.sheet.file, title, (left + 1.27, top + 1.27), 1.8))
        return self.body

    def _place(self, placement: Placement) -> None:
        symbol = self.symbols(placement.kind.symbol)
        self.used[symbol.lib_id] = symbol
        channels = self.sheet.channel_numbers()
        unit = placement.unit(0)
        pins = placed_pins(symbol, unit, placement.at, placement.turn, placement.mirror)
        nets = pin_nets(placement, [placed.pin.number for placed in pins])
        leans = _leans(pins, nets)
        numbers = [p.number for p in symbol.pins]
        box = body(symbol, unit, placement.at, placement.turn, placement.mirror)
        self.body.append(
            self._symbol_node(
                symbol,
                placement,
                unit,
                [(path, placement.ref(i), placement.unit(i)) for path, i in zip(self.paths, channels, strict=True)],
                self._fields(placement, pins, box, max(leans.values(), default=0)),
                numbers,
            )
        )
        self.paper.blocked |= cells(*box)
        seen: set[Point] = set()
        rails: dict[tuple[str, int], Point] = {}
        for placed in sorted(pins, key=lambda p: p.at):
            self._pin_room(placed, box)
            if placed.at in seen:
                continue
            seen.add(placed.at)
            net = nets[placed.pin.number]
            beside = rails.get((net or "", placed.away))
            if net in RAILS and placed.away in (90, 270):
                rails[net or "", placed.away] = placed.at
                if beside and placed.at[0] - beside[0] < 2 * _NEIGHBOUR:
                    self.body.append(items.wire(self.sheet.file, beside, placed.at))
                    self.paper.ends[cell(placed.at)] = net or ""
                    continue
            self._end(net, placed.at, placed.away, leans.get(placed.at, 0))

    def _end(self, net: str | None, at: Point, away: int, lean: int = 0) -> None:
        """What belongs at a pin's end: a cross, a power symbol, a label, or a wire later."""
        if net is None:
            self.body.append(items.no_connect(self.sheet.file, at))
            self.paper.ends[cell(at)] = "~"
        elif net in RAILS:
            self._power(net, at, away, lean)
            self.paper.ends[cell(at)] = net
        elif net in self.global_nets and net not in self.ported and not self.sheet.channels:
            self.body.append(items.label(self.sheet.file, "global_label", net, at, away, "bidirectional"))
            self._label_room(net, at, away)
            self.paper.ends[cell(at)] = net
        else:
            self.ends.setdefault(net, []).append((at, away))

    def _power(self, net: str, at: Point, away: int, lean: int = 0) -> None:
        self._supply(f"ohm8:{net}", net, at, (away - _NATURAL.get(net, 90)) % 360, away, lean)

    def _flag(self, net: str, at: Point) -> None:
        self._supply("power:PWR_FLAG", "PWR_FLAG", at, 0, 90)
        if net in RAILS:
            self._power(net, at, 270)
            self.paper.ends[cell(at)] = net
        else:
            self._end(net, at, 270)

    def _supply(self, lib_id: str, value: str, at: Point, turn: int, away: int, lean: int = 0) -> None:
        symbol = self.symbols(lib_id)
        self.used[lib_id] = symbol
        self.power_count += 1
        dx, dy = {0: (1, 0), 90: (0, -1), 180: (-1, 0), 270: (0, 1)}[away]
        sideways = away in (0, 180)
        text = (at[0] + dx * (4.2 if sideways else 0), at[1] + dy * 4.6)
        justify = {0: "left", 180: "right"}.get(away, "")
        if lean:
            text = (at[0] + lean * 1.2, at[1] + dy * 2.2)
            justify = "left" if (lean > 0) == (turn == 0) else "right"
        if turn == 90 and sideways:  # KiCad turns the justification with the symbol
            justify = {"left": "right", "right": "left"}[justify]
        angle = 90 if turn in (90, 270) else 0
        letter = "#FLG" if lib_id == "power:PWR_FLAG" else "#PWR"
        node: Node = ["symbol", ["lib_id", quote(lib_id)], items.at(at, turn), ["unit", "1"]]
        node += [["exclude_from_sim", "no"], ["in_bom", "yes"], ["on_board", "yes"], ["dnp", "no"]]
        node.append(["uuid", quote(items.identity(self.sheet.file, lib_id, at))])
        paths = [(path, f"{letter}{self._number(index)}", 1) for index, path in enumerate(self.paths)]
        node.append(items.field("Reference", paths[0][1], at, 0, hide=True))
        node.append(items.field("Value", value, text, angle, justify))
        node += [items.field(name, "", at, 0, hide=True) for name in ("Footprint", "Datasheet", "Description")]
        node.append(["pin", '"1"', ["uuid", quote(items.identity(self.sheet.file, lib_id, at, "pin"))]])
        node.append(items.instances(self.project, paths))
        self.body.append(node)
        reach = 3.81 + (len(value) * _CHARACTER if sideways else 0)
        ends = sorted((at[0], at[0] + dx * reach)), sorted((at[1], at[1] + dy * 5.08))
        room = cells(ends[0][0], ends[1][0], ends[0][1], ends[1][1])
        self.paper.blocked |= room - {cell(at)}

    def _number(self, index: int) -> str:
        number = int(items.identity(self.sheet.file)[:6], 16) % 900 + 100
        return f"{number}{index}{self.power_count:03d}"

    def _symbol_node(
        self,
        symbol: Symbol,
        placement: Placement,
        unit: int,
        paths: list[tuple[str, str, int]],
        fields: list[Node],
        numbers: list[str],
    ) -> Node:
        kind = placement.kind
        key = (self.sheet.file, placement.ref(0), unit)
        node: Node = ["symbol", ["lib_id", quote(symbol.lib_id)], items.at(placement.at, placement.turn)]
        if placement.mirror:
            node.append(["mirror", placement.mirror])
        node += [["unit", str(unit)], ["exclude_from_sim", "no"], ["in_bom", "yes" if kind.bought else "no"]]
        node += [["on_board", "yes"], ["dnp", "no" if kind.fitted else "yes"], ["uuid", quote(items.identity(*key))]]
        node += fields
        for name, value in (("Footprint", kind.footprint), ("Datasheet", ""), ("Description", "")):
            node.append(items.field(name, value, placement.at, 0, hide=True))
        for name, value in (("Manufacturer", kind.maker), ("MPN", kind.mpn), ("Alternates", kind.alternates)):
            if value:
                node.append(items.field(name, value, placement.at, 0, hide=True))
        node += [["pin", quote(n), ["uuid", quote(items.identity(*key, "pin", n))]] for n in numbers]
        node.append(items.instances(self.project, paths))
        return node

    def _fields(
        self, placement: Placement, pins: list[PlacedPin], box: tuple[float, float, float, float], lean: int
    ) -> list[Node]:
        """Reference and value, where no pin is, and no rail's name leans."""
        left, top, right, bottom = box
        sides = {placed.away for placed in pins}
        angle = 90 if placement.turn in (90, 270) else 0
        justify = "left"
        small = right - left < 5.2 and bottom - top < 7.7 and len(pins) == 2
        if small and sides == {90, 270}:
            places = [(right + 1.0, placement.at[1] - 1.27), (right + 1.0, placement.at[1] + 1.27)]
        elif small:
            places = [(placement.at[0], top - 1.4), (placement.at[0], bottom + 1.4)]
            justify = ""
        elif (
            placement.turn == 90
        ):  # KiCad turns the justification too: the text ends at a plain symbol, begins at a mirrored
            x = right + 1.4 if placement.mirror else left - 1.4
            places = [(x, placement.at[1] - 1.27), (x, placement.at[1] + 1.27)]
        elif 90 in sides:
            x = max(placed.at[0] for placed in pins if placed.away == 90) + 1.4 + 6 * lean
            places = [(x, top - 3.6), (x, top - 1.4)]
        else:
            places = [(left, top - 3.6), (left, top - 1.4)]
        if placement.turn == 180 or (placement.mirror == "y" and placement.turn != 90):
            justify = {"left": "right", "": ""}[justify]
        texts = (placement.ref(0), placement.kind.value)
        for text, (x, y) in zip(texts, places, strict=True):
            span = len(text) * _CHARACTER
            start = x if justify else x - span / 2
            self.paper.text |= cells(start, y - 0.6, start + span, y + 0.6)
        return [
            items.field(name, text, place, angle, justify)
            for name, text, place in zip(("Reference", "Value"), texts, places, strict=True)
        ]

    def _pin_room(self, placed: PlacedPin, box: tuple[float, float, float, float]) -> None:
        x, y = placed.at
        inner = (min(max(x, box[0]), box[2]), min(max(y, box[1]), box[3]))
        room = cells(min(x, inner[0]), min(y, inner[1]), max(x, inner[0]), max(y, inner[1]))
        self.paper.blocked |= room
        self.paper.ends.setdefault(cell(placed.at), "~pin")

    def _label_room(self, net: str, at: Point, away: int) -> None:
        span = len(net) * _CHARACTER + 2.6
        dx, dy = {0: (1, 0), 90: (0, -1), 180: (-1, 0), 270: (0, 1)}[away]
        xs, ys = sorted((at[0], at[0] + dx * span)), sorted((at[1], at[1] + dy * span))
        self.paper.blocked |= cells(xs[0], ys[0], xs[1], ys[1]) - {cell(at)}

    def _wire(self, net: str) -> None:
        ends = self.ends[net]
        if len(ends) < 2:
            raise ValueError(f"{self.sheet.file}: net {net} ends at one pin, {ends[0][0]}")
        groups = [ends] if self.sheet.channels else _groups(ends)
        for group in groups:
            ports = [at for at, _ in group if at in self.ports]
            if len(ports) == len(group) and len(groups) > 1:
                continue  # nothing is here to name
            self.body += [self.ports[at] for at in ports]
            self._join(net, group, named=bool(ports), parted=len(groups) > 1)

    def _join(self, net: str, ends: list[tuple[Point, int]], *, named: bool, parted: bool) -> None:
        """Wires ends near each other; `parted` from other ends of the net, which only a name joins them to."""
        name, ported = net.lstrip("~"), net in self.ported
        outside = ported and not self.sheet.channels
        segments: list[Segment] = []
        lost = {cell(ends[0][0])}
        if len(ends) > 1:
            segments, lost = self.paper.connect(net, [cell(at) for at, _ in ends])
        for a, b in segments:
            self.body.append(items.wire(self.sheet.file, point(a), point(b)))
        for dot in junctions(segments, [cell(at) for at, _ in ends]):
            self.body.append(items.junction(self.sheet.file, point(dot)))
        if parted and ported and not named:
            lost = lost or {cell(ends[0][0])}
        for at, away in ends:
            if cell(at) in lost and at not in self.ports:
                kind = "global_label" if outside else "label"
                self.body.append(items.label(self.sheet.file, kind, name, at, away, "bidirectional" if outside else ""))
        if not ported and len(ends) > 1 and (parted or lost or not net.startswith("~")):
            self.body.append(self._name(name, segments, ends[0]))

    def _name(self, name: str, segments: list[Segment], end: tuple[Point, int]) -> Node:
        """A label on the longest horizontal wire of a net, or at its first pin."""
        flat = [(a, b) for a, b in segments if a[1] == b[1]]
        if flat:
            start, _ = max(flat, key=lambda s: (abs(s[0][0] - s[1][0]), s))
            return items.label(self.sheet.file, "label", name, point(start), 0)
        if segments:
            return items.label(self.sheet.file, "label", name, point(max(segments[0], key=lambda c: c[1])), 90)
        return items.label(self.sheet.file, "label", name, *end)


def _extent(ends: list[tuple[Point, int]]) -> float:
    xs, ys = [at[0] for at, _ in ends], [at[1] for at, _ in ends]
    return round(max(xs) - min(xs) + max(ys) - min(ys), 3)


def _groups(ends: list[tuple[Point, int]]) -> list[list[tuple[Point, int]]]:
    """Ends in groups of which each is near another of its group."""
    far = _FAR if len(ends) > 2 else _FAR_ALONE
    groups: list[list[tuple[Point, int]]] = []
    for end in ends:
        near = [group for group in groups if any(_apart(end[0], at) <= far for at, _ in group)]
        groups = [group for group in groups if group not in near]
        groups.append([*(each for group in near for each in group), end])
    return groups


def _apart(one: Point, other: Point) -> float:
    return abs(one[0] - other[0]) + abs(one[1] - other[1])


def _leans(pins: list[PlacedPin], nets: Mapping[str, str | None]) -> dict[Point, int]:
    """For rails that stand close beside another rail: the side, -1 or 1, on which there is room for the name."""
    found: dict[Point, int] = {}
    for away in (90, 270):
        drawn: list[tuple[Point, str]] = []  # pins beside each other on one rail share the first one's symbol
        last: tuple[Point, str] | None = None
        for pin in sorted((p for p in pins if p.away == away), key=lambda p: p.at):
            net = nets[pin.pin.number]
            if net not in RAILS:
                continue
            if last is None or last[1] != net or pin.at[0] - last[0][0] >= 2 * _NEIGHBOUR:
                drawn.append((pin.at, net))
            last = (pin.at, net)
        for (left, one), (right, other) in itertools.pairwise(drawn):
            if one != other and right[0] - left[0] < _CROWDED and left[1] == right[1]:
                found.setdefault(left, -1)
                found[right] = 1
    return found
