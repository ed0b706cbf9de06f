"""What was made from what: committed outputs of the design carry the digests of their inputs, so none can be stale.

python -m ohm8.provenance PRODUCT ...      notes that these products were made just now, from the inputs as they are
"""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ohm8.circuit.board import board
from ohm8.circuit.intent import pins_by_net
from ohm8.spice.deck import Facts

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = ROOT / "hardware/made-from.json"


@dataclass(frozen=True)
class Product:
    """Files that one target of `hardware.mk` makes; what decides what is in them: files (patterns), other values."""

    target: str
    outputs: tuple[str, ...]
    inputs: tuple[str, ...]
    values: Callable[[], object] = tuple


def _simulated() -> object:
    """What the decks are written from: nets, values of parts, the figures of board.toml that they use. No drawing."""
    circuit = board()
    sheets = {each.file: each for sheet in circuit.sheets for each in (sheet, *(use.sheet for use in sheet.uses))}
    parts = {
        placement.ref(index): placement.kind.value
        for sheet in sheets.values()
        for placement in sheet.placements
        for index in sheet.channel_numbers()
    }
    nets = {name: sorted(pins) for name, pins in pins_by_net(circuit).items()}
    facts = tomllib.loads((ROOT / "hardware/board.toml").read_text(encoding="utf-8"))
    return sorted(nets.items()), sorted(parts.items()), Facts.of(facts), facts["range"], facts["trip"]


_DESIGN = ("hardware/kicad/*.kicad_sch", "hardware/kicad/ohm8.kicad_sym")
_LAYOUT = ("hardware/kicad/ohm8.kicad_pcb", "hardware/kicad/ohm8.kicad_pro")
PRODUCTS = {
    "fabrication": Product(
        "fabrication",
        ("hardware/fabrication/*",),
        (*_DESIGN, *_LAYOUT, "hardware/ohm8/fabrication.py", "hardware/ohm8/circuit/catalogue.py"),
    ),
    "renders": Product("renders", ("docs/hardware/*.png",), ("hardware/kicad/ohm8.kicad_pcb",)),
    "plots": Product(
        "plots", ("docs/hardware/*.svg",), ("hardware/ohm8/spice/*.py", "tests/hardware/compare.py"), _simulated
    ),
}


def digest(patterns: tuple[str, ...]) -> str:
    """SHA-256 of the names and contents of all files that match, in the order of their names.

    Raises:
        FileNotFoundError: a pattern matches nothing.
    """
    whole = sha256()
    for path in _files(patterns):
        whole.update(f"{path.relative_to(ROOT)}\0{sha256(path.read_bytes()).hexdigest()}\n".encode())
    return whole.hexdigest()


def fresh(name: str, noted: Mapping[str, Mapping[str, str]]) -> bool:
    """Whether a product's files and inputs are those that `noted` names."""
    return noted.get(name) == _note(PRODUCTS[name])


def stale(noted: Mapping[str, Mapping[str, str]]) -> dict[str, str]:
    """What to run for each product that is not fresh."""
    return {name: f"run make {product.target}" for name, product in PRODUCTS.items() if not fresh(name, noted)}


def _note(product: Product) -> dict[str, str]:
    inputs = sha256(f"{digest(product.inputs)} {product.values()!r}".encode()).hexdigest()
    return {"inputs": inputs, "outputs": digest(product.outputs)}


def _files(patterns: tuple[str, ...]) -> Iterator[Path]:
    for pattern in patterns:
        found = sorted(ROOT.glob(pattern))
        if not found:
            raise FileNotFoundError(f"nothing matches {pattern}")
        yield from found


def main() -> None:
    """Notes the products that are named."""
    noted = json.loads(MANIFEST.read_text(encoding="utf-8")) if MANIFEST.exists() else {}
    noted |= {name: _note(PRODUCTS[name]) for name in sys.argv[1:]}
    MANIFEST.write_text(json.dumps(noted, indent=1, sort_keys=True) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
