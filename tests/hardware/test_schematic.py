from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from ohm8.circuit.board import board
from ohm8.circuit.intent import pins_by_net
from ohm8.netlist import Netlist
from ohm8.schematic.project import write

PROJECT = Path(__file__).resolve().parents[2] / "hardware/kicad"


def test_erc_is_clean(check: Callable[..., dict[str, object]]) -> None:
    report = check("sch", "erc", "--severity-all")
    found = [violation for sheet in report["sheets"] for violation in sheet["violations"]]  # type: ignore[attr-defined]
    assert not found, json.dumps(found, indent=1)


def test_no_check_is_switched_off() -> None:
    settings = json.loads((PROJECT / "ohm8.kicad_pro").read_text(encoding="utf-8"))
    assert "rule_severities" not in settings.get("erc", {})
    assert "rule_severities" not in settings["board"]["design_settings"]


def test_drawn_wires_are_the_described_circuit(netlist: Netlist) -> None:
    """Every net of the description is one net of the drawing and the other way round."""
    drawn = {pins for pins in netlist.nets.values() if len(pins) > 1}
    assert drawn == {pins for pins in pins_by_net(board()).values() if len(pins) > 1}


def test_committed_files_are_what_the_description_gives(tmp_path: Path, netlist: Netlist) -> None:
    write(board(), tmp_path)
    stale = [made.name for made in tmp_path.iterdir() if made.read_bytes() != (PROJECT / made.name).read_bytes()]
    assert not stale, "run make schematic"


@pytest.mark.parametrize("field", ["Manufacturer", "MPN"])
def test_every_bought_part_can_be_ordered(netlist: Netlist, field: str) -> None:
    lacking = [
        part.ref
        for part in netlist.components.values()
        if not part.fields.get(field) and "exclude_from_bom" not in part.attributes
    ]
    assert not lacking


def test_every_part_has_a_footprint(netlist: Netlist) -> None:
    assert not [part.ref for part in netlist.components.values() if not part.footprint]
