"""Measures every footprint of the board with pcbnew: python -m ohm8.layout.shapes NETLIST OUT.json (KiCad's python)."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pcbnew

from ohm8 import netlist

FOOTPRINTS = Path("/usr/share/kicad/footprints")


def measure(footprint: pcbnew.FOOTPRINT) -> dict[str, object]:
    """Courtyard (left, top, right, bottom), pads and keep-out areas of a footprint at the origin, mm."""
    mm = pcbnew.ToMM
    box = footprint.GetCourtyard(pcbnew.F_CrtYd).BBox()
    if not box.GetWidth():
        box = footprint.GetBoundingBox(False)
    pads = []
    for pad in footprint.Pads():
        at, size = pad.GetPosition(), pad.GetBoundingBox()
        pads.append(
            {
                "number": pad.GetNumber(),
                "x": mm(at.x),
                "y": mm(at.y),
                "box": [mm(size.GetLeft()), mm(size.GetTop()), mm(size.GetRight()), mm(size.GetBottom())],
                "round": pad.GetShape() in (pcbnew.PAD_SHAPE_CIRCLE, pcbnew.PAD_SHAPE_OVAL),
                "through": pad.GetAttribute() in (pcbnew.PAD_ATTRIB_PTH, pcbnew.PAD_ATTRIB_NPTH),
                "plated": pad.GetAttribute() != pcbnew.PAD_ATTRIB_NPTH,
                "copper": pad.IsOnLayer(pcbnew.F_Cu),
                "clearance": mm(pad.GetLocalClearance() or 0),
            }
        )
    edges = [mm(box.GetLeft()), mm(box.GetTop()), mm(box.GetRight()), mm(box.GetBottom())]
    keepouts = [zone.GetBoundingBox() for zone in footprint.Zones()]
    kept = [[mm(k.GetLeft()), mm(k.GetTop()), mm(k.GetRight()), mm(k.GetBottom())] for k in keepouts]
    return {"courtyard": edges, "pads": pads, "keepouts": kept}


def main() -> None:
    """Measures the footprints that the netlist names."""
    parts = netlist.read(Path(sys.argv[1]))
    found = {}
    for name in sorted({part.footprint for part in parts.components.values()}):
        library, footprint = name.split(":")
        found[name] = measure(pcbnew.FootprintLoad(str(FOOTPRINTS / f"{library}.pretty"), footprint))
    Path(sys.argv[2]).write_text(json.dumps(found, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
