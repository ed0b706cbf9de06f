"""Places the small parts around the chips: simulated annealing on wire length, never overlapping, from a fixed seed.

python -m ohm8.layout.placing NETLIST SHAPES.json OUT.json
"""

from __future__ import annotations

import json
import math
import random
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ohm8 import netlist
from ohm8.layout.floorplan import BYPASS, CHIPS, SIZE, Spot
from ohm8.netlist import Netlist

SEED = 8
MOVES = 500_000
GRID = 0.25  # mm
MARGIN = 0.12  # kept around every courtyard
EDGE = 1.0  # kept from the board's edge
RAILS = frozenset(("GND", "+3V3", "+5VA", "+5V3", "+7V5", "-7V5", "VBUS"))
_BYPASS_WEIGHT = 6.0
_START, _END = 6.0, 0.03  # mm of wire that a bad move may cost at first and at last

Box = tuple[float, float, float, float]


def turn(x: float, y: float, angle: float) -> tuple[float, float]:
    """A point turned counter-clockwise as seen, y down."""
    c, s = math.cos(math.radians(angle)), math.sin(math.radians(angle))
    return (x * c + y * s, y * c - x * s)


def turned_box(box: Box, angle: float) -> Box:
    """A box turned by a multiple of 90 degrees."""
    corners = [turn(x, y, angle) for x in (box[0], box[2]) for y in (box[1], box[3])]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return (min(xs), min(ys), max(xs), max(ys))


@dataclass
class Shape:
    """A footprint at each right angle: its courtyard and its pads' places."""

    boxes: dict[int, Box]
    pads: dict[int, dict[str, tuple[float, float]]]


def shape(measured: dict[str, Any]) -> Shape:
    """A shape from what `ohm8.layout.shapes` measured."""
    boxes, pads = {}, {}
    for angle in (0, 90, 180, 270):
        boxes[angle] = turned_box(tuple(measured["courtyard"]), angle)
        pads[angle] = {pad["number"]: turn(pad["x"], pad["y"], angle) for pad in measured["pads"]}
    return Shape(boxes, pads)


class Placing:
    """The board while parts are being placed."""

    def __init__(self, parts: Netlist, shapes: dict[str, Shape]) -> None:
        self.random = random.Random(SEED)
        self.shape = {ref: shapes[part.footprint] for ref, part in parts.components.items()}
        self.spot: dict[str, Spot] = dict(CHIPS)
        self.small = sorted(ref for ref in parts.components if ref not in CHIPS)
        self.pins: dict[str, list[tuple[str, str]]] = {}
        for net, pins in parts.nets.items():
            if net not in RAILS and len(pins) > 1:
                self.pins[net] = sorted(pins)
        for capacitor, chip in BYPASS.items():
            for number in ("1", "2"):
                rail = parts.net(capacitor, number)
                if rail != "GND":
                    own = sorted(pin for pin in parts.nets[rail] if pin[0] == chip)
                    self.pins[f"bypass {capacitor}"] = [(capacitor, number), own[int(capacitor[-1]) % len(own)]]
        self.nets_of: dict[str, list[str]] = {ref: [] for ref in parts.components}
        for net, pins in self.pins.items():
            for ref in {ref for ref, _ in pins}:
                self.nets_of[ref].append(net)
        self.columns, self.rows = (round(side / GRID) for side in SIZE)
        self.taken = [bytearray(self.columns) for _ in range(self.rows)]
        for ref, spot in CHIPS.items():
            self._mark(ref, spot, 1)

    def _cells(self, ref: str, spot: Spot) -> tuple[int, int, int, int]:
        left, top, right, bottom = self.shape[ref].boxes[int(spot[2])]
        margin = MARGIN
        return (
            math.floor((spot[0] + left - margin) / GRID + 1e-6),
            math.floor((spot[1] + top - margin) / GRID + 1e-6),
            math.ceil((spot[0] + right + margin) / GRID - 1e-6),
            math.ceil((spot[1] + bottom + margin) / GRID - 1e-6),
        )

    def _mark(self, ref: str, spot: Spot, value: int) -> None:
        left, top, right, bottom = self._cells(ref, spot)
        left, right = max(left, 0), min(right, self.columns)
        fill = bytes([value]) * (right - left)
        for y in range(max(top, 0), min(bottom, self.rows)):
            self.taken[y][left:right] = fill

    def free(self, ref: str, spot: Spot) -> bool:
        """Whether nothing else is where `ref` would stand."""
        left, top, right, bottom = self._cells(ref, spot)
        edge = round(EDGE / GRID)
        if left < edge or top < edge or right > self.columns - edge or bottom > self.rows - edge:
            return False
        return not any(1 in self.taken[y][left:right] for y in range(top, bottom))

    def length(self, net: str) -> float:
        """Half the perimeter around a net's placed pins, mm; weighted for a capacitor at its chip."""
        low_x = low_y = 1e9
        high_x = high_y = -1e9
        for ref, pin in self.pins[net]:
            spot = self.spot.get(ref)
            if spot is None:
                continue
            dx, dy = self.shape[ref].pads[int(spot[2])][pin]
            x, y = spot[0] + dx, spot[1] + dy
            low_x, high_x = min(low_x, x), max(high_x, x)
            low_y, high_y = min(low_y, y), max(high_y, y)
        if high_x < low_x:
            return 0.0
        weight = _BYPASS_WEIGHT if net.startswith("bypass") else 1.0
        return weight * (high_x - low_x + high_y - low_y)

    def cost(self, refs: tuple[str, ...]) -> float:
        """Wire length of every net at `refs`, mm."""
        nets = dict.fromkeys(net for ref in refs for net in self.nets_of[ref])
        return sum(self.length(net) for net in nets)

    def centre(self, ref: str) -> tuple[float, float]:
        """The middle of what `ref` is connected to."""
        xs, ys = [], []
        for net in self.nets_of[ref]:
            for other, pin in self.pins[net]:
                spot = self.spot.get(other)
                if other == ref or spot is None or len(self.pins[net]) > 12:
                    continue
                dx, dy = self.shape[other].pads[int(spot[2])][pin]
                xs.append(spot[0] + dx)
                ys.append(spot[1] + dy)
        if not xs:
            return (SIZE[0] / 2, SIZE[1] / 2)
        return (sum(xs) / len(xs), sum(ys) / len(ys))

    def start(self) -> None:
        """Gives every small part the free place nearest to what it is connected to; capacitors at chips first."""
        order = sorted(self.small, key=lambda ref: (ref not in BYPASS, -len(self.nets_of[ref]), ref))
        for ref in order:
            x, y = self.centre(ref)
            self.spot[ref] = self._nearest(ref, x, y)
            self._mark(ref, self.spot[ref], 1)

    def _nearest(self, ref: str, x: float, y: float) -> Spot:
        for radius in range(400):
            around = max(1, radius * 6)
            for step in range(around):
                angle = 2 * math.pi * step / around
                px = round((x + radius * GRID * math.cos(angle)) / GRID) * GRID
                py = round((y + radius * GRID * math.sin(angle)) / GRID) * GRID
                for way in (0, 90):
                    if self.free(ref, (px, py, way)):
                        return (px, py, way)
        raise RuntimeError(f"no room for {ref}")

    def anneal(self) -> None:
        """Moves, turns and swaps small parts; a worse board is accepted ever more rarely."""
        sizes: dict[tuple[Box, ...], list[str]] = {}
        for ref in self.small:
            sizes.setdefault(tuple(self.shape[ref].boxes.values()), []).append(ref)
        twins = {ref: group for group in sizes.values() for ref in group}
        for move in range(MOVES):
            warmth = _START * (_END / _START) ** (move / MOVES)
            ref = self.random.choice(self.small)
            if self.random.random() < 0.3:
                self._swap(ref, self.random.choice(twins[ref]), warmth)
            else:
                self._shift(ref, warmth, 1 - move / MOVES)

    def _accept(self, change: float, warmth: float) -> bool:
        return change <= 0 or self.random.random() < math.exp(-change / warmth)

    def _swap(self, ref: str, other: str, warmth: float) -> None:
        if ref == other:
            return
        before = self.cost((ref, other))
        self.spot[ref], self.spot[other] = self.spot[other], self.spot[ref]
        if not self._accept(self.cost((ref, other)) - before, warmth):
            self.spot[ref], self.spot[other] = self.spot[other], self.spot[ref]

    def _shift(self, ref: str, warmth: float, reach: float) -> None:
        old = self.spot[ref]
        chance = self.random.random()
        if chance < 0.2:
            new: Spot = (old[0], old[1], (old[2] + self.random.choice((90, 180, 270))) % 360)
        else:
            x, y = self.centre(ref) if chance < 0.4 else old[:2]
            spread = 1.0 + 8.0 * reach
            x += self.random.gauss(0, spread)
            y += self.random.gauss(0, spread)
            angle = self.random.choice((0, 90, 180, 270)) if chance < 0.7 else old[2]
            new = (round(x / GRID) * GRID, round(y / GRID) * GRID, angle)
        self._mark(ref, old, 0)
        if self.free(ref, new):
            before = self.cost((ref,))
            self.spot[ref] = new
            if self._accept(self.cost((ref,)) - before, warmth):
                self._mark(ref, new, 1)
                return
            self.spot[ref] = old
        self._mark(ref, old, 1)

    def total(self) -> float:
        """Wire length of the whole board, mm."""
        return sum(self.length(net) for net in self.pins)


def main() -> None:
    """Places the board and writes where everything stands."""
    parts = netlist.read(Path(sys.argv[1]))
    shapes = {name: shape(m) for name, m in json.loads(Path(sys.argv[2]).read_text(encoding="utf-8")).items()}
    placing = Placing(parts, shapes)
    placing.start()
    before = placing.total()
    placing.anneal()
    sys.stderr.write(f"wire length {before:.0f} mm, then {placing.total():.0f} mm\n")
    Path(sys.argv[3]).write_text(json.dumps(placing.spot, indent=0, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
