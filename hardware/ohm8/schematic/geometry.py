"""Where a symbol's pins and body come to lie on the sheet (mm, y down) when it is placed, turned or mirrored."""

from __future__ import annotations

from dataclasses import dataclass

from ohm8.schematic.library import Pin, Symbol
from ohm8.schematic.wiring import Cell

GRID = 1.27
Point = tuple[float, float]


@dataclass(frozen=True)
class PlacedPin:
    """A pin's end on the sheet and the direction in degrees (0 right, 90 up) that leads away from the symbol."""

    pin: Pin
    at: Point
    away: int


def turned(point: Point, turn: int, mirror: str) -> Point:
    """A library point (y up) relative to the symbol's origin, on the sheet (y down)."""
    x, y = point[0], -point[1]
    for _ in range(turn // 90):
        x, y = y, -x
    if mirror == "x":
        y = -y
    if mirror == "y":
        x = -x
    return (x, y)


def placed_pins(symbol: Symbol, unit: int, at: Point, turn: int, mirror: str) -> list[PlacedPin]:
    """The pins of a placed unit."""
    found = []
    for pin in symbol.pins_of(unit):
        x, y = turned((pin.x, pin.y), turn, mirror)
        away = (pin.direction + 180 + turn) % 360
        if mirror == "x" and away in (90, 270):
            away = 360 - away
        if mirror == "y" and away in (0, 180):
            away = 180 - away
        found.append(PlacedPin(pin, (round(at[0] + x, 4), round(at[1] + y, 4)), away))
    return found


def body(symbol: Symbol, unit: int, at: Point, turn: int, mirror: str) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a placed unit's body."""
    box = symbol.box(unit)
    corners = [turned((x, y), turn, mirror) for x in (box.left, box.right) for y in (box.top, box.bottom)]
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return (at[0] + min(xs), at[1] + min(ys), at[0] + max(xs), at[1] + max(ys))


def cell(point: Point) -> Cell:
    """The grid cell of a point.

    Raises:
        ValueError: the point is not on the grid.
    """
    x, y = point[0] / GRID, point[1] / GRID
    if abs(x - round(x)) > 1e-3 or abs(y - round(y)) > 1e-3:
        raise ValueError(f"({point[0]}, {point[1]}) mm is not on the {GRID} mm grid")
    return (round(x), round(y))


def point(at: Cell) -> Point:
    """The place of a grid cell, mm."""
    return (round(at[0] * GRID, 4), round(at[1] * GRID, 4))


def cells(left: float, top: float, right: float, bottom: float) -> set[Cell]:
    """Every grid cell in a rectangle, its border included."""
    return {
        (x, y)
        for x in range(round(left / GRID - 0.49), round(right / GRID + 0.49) + 1)
        for y in range(round(top / GRID - 0.49), round(bottom / GRID + 0.49) + 1)
    }
