"""The committed board: design rules, agreement with the schematic, every net routed, the places of the floor plan."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ohm8 import sexpr
from ohm8.layout.floorplan import CHIPS, SIZE
from ohm8.netlist import Netlist
from ohm8.schematic.settings import project_text
from ohm8.sexpr import Node, child, children, unquote

PROJECT = Path(__file__).resolve().parents[2] / "hardware/kicad"
ORIGIN = 50.0


@pytest.fixture(scope="module")
def board() -> Node:
    return sexpr.parse((PROJECT / "ohm8.kicad_pcb").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def rules(check: Callable[..., dict[str, Any]]) -> dict[str, Any]:
    return check("pcb", "drc", "--severity-all", "--schematic-parity")


@pytest.mark.parametrize("kind", ["violations", "unconnected_items", "schematic_parity"])
def test_design_rules(rules: dict[str, Any], kind: str) -> None:
    assert not rules[kind], json.dumps(rules[kind], indent=1)


def test_nothing_is_excluded_from_the_rules() -> None:
    assert (PROJECT / "ohm8.kicad_pro").read_text(encoding="utf-8") == project_text("ohm8")


def test_every_part_is_on_the_board_and_nothing_else(board: Node, netlist: Netlist) -> None:
    assert sorted(_reference(footprint) for footprint in children(board, "footprint")) == sorted(netlist.components)


def test_chips_stand_where_the_floor_plan_says(board: Node) -> None:
    for footprint in children(board, "footprint"):
        ref = _reference(footprint)
        at = [float(value) for value in child(footprint, "at")[1:]]
        if ref in CHIPS:
            assert (at[0] - ORIGIN, at[1] - ORIGIN) == pytest.approx(CHIPS[ref][:2], abs=1e-3)


def test_the_ground_plane_is_whole(board: Node) -> None:
    """Nothing but ground on the second layer."""
    tracks = [segment for segment in children(board, "segment") if unquote(child(segment, "layer")[1]) == "In1.Cu"]
    assert not tracks
    zones = [
        zone for zone in children(board, "zone") if any(unquote(x[1]) == "In1.Cu" for x in children(zone, "layer"))
    ]
    assert [unquote(child(zone, "net_name")[1]) for zone in zones] == ["GND"]


def test_size(board: Node) -> None:
    (edge,) = (shape for shape in children(board, "gr_rect") if unquote(child(shape, "layer")[1]) == "Edge.Cuts")
    start, end = (tuple(float(v) for v in child(edge, key)[1:]) for key in ("start", "end"))
    assert (end[0] - start[0], end[1] - start[1]) == SIZE


def test_the_print_says_what_a_hand_needs(board: Node, netlist: Netlist) -> None:
    """Every test point by its net or its number, the lamps by their meaning, the header's pins, the warnings."""
    printed = _printed(board)
    for ref, part in netlist.components.items():
        if ref.startswith("TP"):
            assert printed & {netlist.net(part.ref, 1).rsplit("/", 1)[-1], ref}, ref
    assert printed >= {"STATUS", "TRIPPED", "ROW 0..7", "COL 0..7", "3V3 SDA SCL", "J3 STACK", "J2 DEVICE: ROW 0..7"}
    assert any("POWERED, NOT ARMED" in text for text in printed)
    assert any("+-5 V" in text for text in printed)


def _printed(board: Node) -> set[str]:
    """All visible texts of the silkscreen."""
    found = set()
    for text in children(board, "gr_text"):
        if unquote(child(text, "layer")[1]) == "F.SilkS":
            found.add(unquote(text[1]))
    for footprint in children(board, "footprint"):
        for text in (*children(footprint, "fp_text"), *children(footprint, "property")):
            layer = next(iter(children(text, "layer")), None)
            if (
                layer is not None
                and unquote(layer[1]) == "F.SilkS"
                and "hide" not in [part[0] for part in text[1:] if isinstance(part, list)]
            ):
                found.add(unquote(text[2]))
    return found


def _reference(footprint: Node) -> str:
    for prop in children(footprint, "property"):
        if prop[1] == '"Reference"':
            return unquote(prop[2])
    raise AssertionError(re.sub(r"\s+", " ", sexpr.dump(footprint))[:80])
