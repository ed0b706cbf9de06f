"""The bill of materials as CSV: one line for each kind of part, from the netlist.

python -m ohm8.fabrication NETLIST BOM.csv
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

from ohm8 import netlist
from ohm8.netlist import Component, Netlist

_COLUMNS = ("Quantity", "References", "Value", "Footprint", "Manufacturer", "MPN", "Alternates")


def lines(parts: Netlist) -> list[tuple[str, ...]]:
    """A line for each kind of part that is bought, ordered by its first reference."""
    kinds: dict[tuple[str, ...], list[str]] = {}
    for ref in sorted(parts.components):
        part = parts.components[ref]
        if "exclude_from_bom" not in part.attributes:
            kinds.setdefault(_kind(part), []).append(ref)
    return [(str(len(refs)), " ".join(refs), *kind) for kind, refs in kinds.items()]


def _kind(part: Component) -> tuple[str, ...]:
    fields = (part.fields.get(name, "") for name in _COLUMNS[4:])
    return (part.value, part.footprint.split(":")[1], *fields)


def main() -> None:
    """Writes the file."""
    with Path(sys.argv[2]).open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(_COLUMNS)
        writer.writerows(lines(netlist.read(Path(sys.argv[1]))))


if __name__ == "__main__":
    main()
