"""Symbols: KiCad's own, read from its libraries, and the project's, derived from them with stated corrections."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from ohm8 import sexpr
from ohm8.sexpr import Node, child, children, quote, unquote

STOCK = Path(__file__).resolve().parents[3] / ".cache/kicad/root/usr/share/kicad/symbols"
PROJECT = "ohm8"


@dataclass(frozen=True)
class Pin:
    """A pin in library coordinates (mm, y up); `direction` is the angle in degrees from its end into the body."""

    number: str
    name: str
    kind: str
    x: float
    y: float
    direction: int
    unit: int


@dataclass(frozen=True)
class Box:
    """A rectangle, mm; y grows as the coordinates it was made from do."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True)
class Symbol:
    """A library symbol; `body` is what goes into lib_symbols, under the name `lib_id`."""

    lib_id: str
    body: Node
    pins: tuple[Pin, ...]

    def pins_of(self, unit: int) -> list[Pin]:
        """The pins drawn with `unit` (1 = A): its own and those common to all units."""
        return [pin for pin in self.pins if pin.unit in (0, unit)]

    @property
    def units(self) -> int:
        """How many units the symbol has."""
        return max(1, *(pin.unit for pin in self.pins))

    def unit_of(self, number: str) -> int:
        """The unit that has pin `number`."""
        return next(max(pin.unit, 1) for pin in self.pins if pin.number == number)

    def box(self, unit: int) -> Box:
        """The body of `unit` without its pins, library coordinates (y up, so top > bottom)."""
        points = list(_points(self.body, unit))
        xs, ys = [x for x, _ in points], [y for _, y in points]
        return Box(min(xs), max(ys), max(xs), min(ys))


@cache
def stock(lib_id: str) -> Symbol:
    """KiCad's symbol `Library:Name`, with what it extends filled in.

    Raises:
        KeyError: the library has no such symbol.
    """
    library, name = lib_id.split(":")
    found = _library(library)
    body = copy.deepcopy(found[name])
    base = next(children(body, "extends"), None)
    if base is not None:
        body = _extended(found[unquote(base[1])], body)
    return _symbol(lib_id, body)


def derive(
    name: str,
    base: str,
    kinds: dict[str, str] | None = None,
    names: dict[str, str] | None = None,
    datasheet: str = "",
    description: str = "",
) -> Symbol:
    """A project symbol: `base` with other electrical types (`kinds`) and names (`names`) of some pins, by number."""
    body = copy.deepcopy(stock(base).body)
    old = unquote(body[1]).split(":")[1]
    for unit in children(body, "symbol"):
        unit[1] = quote(name + unquote(unit[1])[len(old) :])
        for pin in children(unit, "pin"):
            number = unquote(child(pin, "number")[1])
            if kinds and number in kinds:
                pin[1] = kinds[number]
            if names and number in names:
                child(pin, "name")[1] = quote(names[number])
    for prop in children(body, "property"):
        if prop[1] == '"Value"':
            prop[2] = quote(name)
        if prop[1] == '"Datasheet"' and datasheet:
            prop[2] = quote(datasheet)
        if prop[1] == '"Description"' and description:
            prop[2] = quote(description)
    return _symbol(f"{PROJECT}:{name}", body)


def drawn(name: str, body: Node) -> Symbol:
    """A project symbol drawn from nothing; `body` is a (symbol "name" ...) list."""
    return _symbol(f"{PROJECT}:{name}", body)


def library_text(symbols: list[Symbol]) -> str:
    """The project's symbol library as a .kicad_sym file."""
    out: Node = [
        "kicad_symbol_lib",
        ["version", "20241209"],
        ["generator", quote("ohm8")],
        ["generator_version", '"9.0"'],
    ]
    for symbol in sorted(symbols, key=lambda s: s.lib_id):
        body = copy.deepcopy(symbol.body)
        body[1] = quote(symbol.lib_id.split(":")[1])
        out.append(body)
    return sexpr.dump(out) + "\n"


@cache
def _library(name: str) -> dict[str, Node]:
    text = (STOCK / f"{name}.kicad_sym").read_text(encoding="utf-8")
    return {unquote(node[1]): node for node in children(sexpr.parse(text), "symbol")}


def _extended(base: Node, derived: Node) -> Node:
    """`base` under the name of `derived`, whose properties win."""
    body = copy.deepcopy(base)
    old, new = unquote(base[1]), unquote(derived[1])
    body[1] = quote(new)
    for unit in children(body, "symbol"):
        unit[1] = quote(new + unquote(unit[1])[len(old) :])
    own = {prop[1]: prop for prop in children(derived, "property")}
    merged: Node = []
    for part in body:
        if isinstance(part, list) and part[0] == "property" and part[1] in own:
            merged.append(copy.deepcopy(own.pop(part[1])))
        else:
            merged.append(part)
    at = next(i for i, part in enumerate(merged) if isinstance(part, list) and part[0] == "symbol")
    merged[at:at] = [copy.deepcopy(prop) for prop in own.values()]
    return merged


def _symbol(lib_id: str, body: Node) -> Symbol:
    pins = []
    body = copy.deepcopy(body)
    body[1] = quote(lib_id)
    for part in children(body, "symbol"):
        _, unit, style = unquote(part[1]).rsplit("_", 2)
        if style not in ("0", "1"):
            continue  # the De Morgan drawing
        for pin in children(part, "pin"):
            at = child(pin, "at")
            number, name = unquote(child(pin, "number")[1]), unquote(child(pin, "name")[1])
            pins.append(Pin(number, name, pin[1], float(at[1]), float(at[2]), int(float(at[3])), int(unit)))
    return Symbol(lib_id, body, tuple(pins))


def _points(body: Node, unit: int) -> list[tuple[float, float]]:
    found: list[tuple[float, float]] = []
    for part in children(body, "symbol"):
        _, number, style = unquote(part[1]).rsplit("_", 2)
        if int(number) not in (0, unit) or style not in ("0", "1"):
            continue
        for shape in part[2:]:
            if not isinstance(shape, list):
                continue
            for radius in children(shape, "radius"):
                (x, y), r = (float(v) for v in next(iter(children(shape, "center")))[1:3]), float(radius[1])
                found += [(x - r, y - r), (x + r, y + r)]
            for key in ("start", "end", "mid", "center"):
                found += [(float(p[1]), float(p[2])) for p in children(shape, key)]
            for points in children(shape, "pts"):
                found += [(float(p[1]), float(p[2])) for p in children(points, "xy")]
    return found or [(-1.27, 1.27), (1.27, -1.27)]
