"""What is committed of the design's outputs was made from the design as it is."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
from ohm8 import provenance
from ohm8.circuit.board import board
from ohm8.circuit.model import Design, Placement
from ohm8.fabrication import COLUMNS, lines
from ohm8.netlist import Netlist

FABRICATION = provenance.ROOT / "hardware/fabrication"
LAYERS = {"F_Cu", "GND_Cu", "In2_Cu", "B_Cu", "F_Mask", "B_Mask", "F_Paste", "B_Paste", "F_Silkscreen", "B_Silkscreen"}


def noted() -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = json.loads(provenance.MANIFEST.read_text(encoding="utf-8"))
    return found


def test_no_output_is_stale() -> None:
    assert provenance.stale(noted()) == {}


@pytest.mark.parametrize("product", provenance.PRODUCTS)
def test_a_change_of_an_input_or_an_output_is_seen(
    product: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a copy: one byte more in the first file of any pattern makes the product stale."""
    folders = ("hardware/kicad", "hardware/fabrication", "hardware/ohm8", "docs/hardware", "tests/hardware")
    for folder in folders:
        shutil.copytree(provenance.ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(provenance.ROOT / "hardware/board.toml", tmp_path / "hardware/board.toml")
    monkeypatch.setattr(provenance, "ROOT", tmp_path)
    assert provenance.fresh(product, noted())
    about = provenance.PRODUCTS[product]
    for pattern in (*about.inputs, *about.outputs):
        path = next(iter(sorted(tmp_path.glob(pattern))))
        content = path.read_bytes()
        path.write_bytes(content + b"\n")
        assert not provenance.fresh(product, noted()), path
        path.write_bytes(content)


def test_the_plots_are_of_the_circuit_as_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provenance, "board", lambda: another(board()))
    assert not provenance.fresh("plots", noted())


def another(design: Design) -> Design:
    """The circuit with the value of one resistor changed."""
    place, sheet = next((k, s) for k, s in enumerate(design.sheets) if any(is_resistor(p) for p in s.placements))
    first = next(p for p in sheet.placements if is_resistor(p))
    changed = [replace(p, kind=replace(p.kind, value="1")) if p is first else p for p in sheet.placements]
    return replace(
        design, sheets=[*design.sheets[:place], replace(sheet, placements=changed), *design.sheets[place + 1 :]]
    )


def is_resistor(placement: Placement) -> bool:
    return placement.kind.symbol == "Device:R"


def test_the_bill_of_materials_is_the_schematics(netlist: Netlist) -> None:
    with (FABRICATION / "ohm8-bom.csv").open(encoding="utf-8", newline="") as file:
        assert list(csv.reader(file)) == [list(COLUMNS), *(list(line) for line in lines(netlist))]


def test_every_part_that_is_fitted_is_placed(netlist: Netlist) -> None:
    with (FABRICATION / "ohm8-placement.csv").open(encoding="utf-8", newline="") as file:
        placed = {row["Ref"] for row in csv.DictReader(file)}
    fitted = {ref for ref, part in netlist.components.items() if "exclude_from_bom" not in part.attributes}
    assert fitted <= placed


def test_every_layer_and_the_holes_are_in_the_archive() -> None:
    with ZipFile(FABRICATION / "ohm8-gerbers.zip") as archive:
        names = archive.namelist()
    assert {name.removeprefix("ohm8-").split(".")[0] for name in names} >= LAYERS | {"Edge_Cuts"}
    assert sum(name.endswith(".drl") for name in names) >= 1
