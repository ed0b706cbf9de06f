"""What a fabricator gets besides KiCad's own files.

python -m ohm8.fabrication NETLIST BOM.csv         the bill of materials: a line for each kind of part, from the netlist
python -m ohm8.fabrication --pack FOLDER OUT.zip   the gerbers and drill files of a folder in one archive
python -m ohm8.fabrication --undate FILE.pdf       the date of a file's making replaced

The last column of the bill says "look up" where an order number was found in no public parts list.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from ohm8 import netlist
from ohm8.circuit.catalogue import UNSEEN
from ohm8.netlist import Component, Netlist

COLUMNS = ("Quantity", "References", "Value", "Footprint", "Manufacturer", "MPN", "Alternates", "Order number")
_DATED = re.compile(r"TF\.CreationDate|^G04 Created by KiCad|; DRILL file|\"CreationDate\"")


def lines(parts: Netlist) -> list[tuple[str, ...]]:
    """A line for each kind of part that is bought, ordered by its first reference."""
    kinds: dict[tuple[str, ...], list[str]] = {}
    for ref in sorted(parts.components):
        part = parts.components[ref]
        if "exclude_from_bom" not in part.attributes:
            kinds.setdefault(_kind(part), []).append(ref)
    return [(str(len(refs)), " ".join(refs), *kind) for kind, refs in kinds.items()]


def _kind(part: Component) -> tuple[str, ...]:
    fields = [part.fields.get(name, "") for name in COLUMNS[4:7]]
    return (part.value, part.footprint.split(":")[1], *fields, "look up" if fields[1] in UNSEEN else "")


def pack(folder: Path, archive: Path) -> None:
    """Puts the files of a folder into an archive, without what changes from day to day: their dates."""
    with ZipFile(archive, "w", ZIP_DEFLATED) as out:
        for path in sorted(folder.iterdir()):
            text = path.read_text(encoding="utf-8")
            kept = "\n".join(line for line in text.split("\n") if not _DATED.search(line))
            out.writestr(ZipInfo(path.name, (1980, 1, 1, 0, 0, 0)), kept, ZIP_DEFLATED)


def undate(path: Path) -> None:
    """Puts another date of the same length in the place of the date on which KiCad wrote a PDF."""
    path.write_bytes(re.sub(rb"CreationDate \(D:\d{14}\)", b"CreationDate (D:20000101000000)", path.read_bytes()))


def main() -> None:
    """Writes the file that is asked for."""
    if sys.argv[1] == "--undate":
        undate(Path(sys.argv[2]))
        return
    if sys.argv[1] == "--pack":
        pack(Path(sys.argv[2]), Path(sys.argv[3]))
        return
    with Path(sys.argv[2]).open("w", newline="", encoding="utf-8") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(lines(netlist.read(Path(sys.argv[1]))))


if __name__ == "__main__":
    main()
