"""The items of a .kicad_sch file as S-expressions, with identifiers that depend only on what they identify."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from ohm8.sexpr import Node, number, quote

_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://ohmloop.readthedocs.io/hardware/ohm8")
Point = tuple[float, float]
Path = Sequence[tuple[str, str, int]]  # (sheet path, reference, unit) of every use of a symbol


def identity(*parts: object) -> str:
    """A UUID that is the same whenever the parts are."""
    return str(uuid.uuid5(_NAMESPACE, "/".join(str(part) for part in parts)))


def at(point: Point, angle: int | None = None) -> Node:
    """An (at x y [angle]) list."""
    node: Node = ["at", number(point[0]), number(point[1])]
    return node if angle is None else [*node, str(angle)]


def effects(justify: str = "", size: float = 1.27, hide: bool = False) -> Node:
    """Font, justification and visibility of a text."""
    node: Node = ["effects", ["font", ["size", number(size), number(size)]]]
    if justify:
        node.append(["justify", *justify.split()])
    if hide:
        node.append(["hide", "yes"])
    return node


def wire(sheet: str, start: Point, end: Point) -> Node:
    """A wire."""
    return [
        "wire",
        ["pts", ["xy", number(start[0]), number(start[1])], ["xy", number(end[0]), number(end[1])]],
        ["stroke", ["width", "0"], ["type", "default"]],
        ["uuid", quote(identity(sheet, "wire", start, end))],
    ]


def junction(sheet: str, point: Point) -> Node:
    """A dot where wires meet."""
    return [
        "junction",
        at(point),
        ["diameter", "0"],
        ["color", "0", "0", "0", "0"],
        ["uuid", quote(identity(sheet, "junction", point))],
    ]


def no_connect(sheet: str, point: Point) -> Node:
    """A cross on a pin that is left open on purpose."""
    return ["no_connect", at(point), ["uuid", quote(identity(sheet, "open", point))]]


def label(sheet: str, kind: str, net: str, point: Point, angle: int, shape: str = "") -> Node:
    """A label of kind label, global_label or hierarchical_label, its text leading away at `angle` degrees."""
    node: Node = [kind, quote(net)]
    if shape:
        node.append(["shape", shape])
    side = "right" if angle in (180, 270) else "left"
    node += [at(point, angle), effects(f"{side} bottom" if kind == "label" else side)]
    node.append(["uuid", quote(identity(sheet, kind, net, point))])
    if kind == "global_label":
        refs: Node = ["property", '"Intersheetrefs"', quote("${INTERSHEET_REFS}"), at(point, 0), effects(hide=True)]
        node.append(refs)
    return node


def text(sheet: str, content: str, point: Point, size: float) -> Node:
    """A note."""
    return [
        "text",
        quote(content),
        ["exclude_from_sim", "no"],
        at(point, 0),
        effects("left top", size),
        ["uuid", quote(identity(sheet, "text", content, point))],
    ]


def frame(sheet: str, start: Point, end: Point) -> Node:
    """A dashed frame."""
    return [
        "rectangle",
        ["start", number(start[0]), number(start[1])],
        ["end", number(end[0]), number(end[1])],
        ["stroke", ["width", "0"], ["type", "dash"]],
        ["fill", ["type", "none"]],
        ["uuid", quote(identity(sheet, "frame", start, end))],
    ]


def field(name: str, value: str, point: Point, angle: int = 0, justify: str = "", hide: bool = False) -> Node:
    """A property of a symbol or sheet."""
    return ["property", quote(name), quote(value), at(point, angle), effects(justify, hide=hide)]


def instances(project: str, paths: Path) -> Node:
    """Which reference and unit a symbol is at each place of the hierarchy."""
    uses: Node = ["project", quote(project)]
    for path, reference, unit in paths:
        uses.append(["path", quote(path), ["reference", quote(reference)], ["unit", str(unit)]])
    return ["instances", uses]
