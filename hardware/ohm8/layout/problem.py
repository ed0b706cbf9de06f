"""Writes the router's problem from the netlist, the measured footprints and the places of the parts.

python -m ohm8.layout.problem NETLIST SHAPES.json PLACES.json PROBLEM
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from ohm8 import netlist
from ohm8.layout.floorplan import SIZE, Spot
from ohm8.layout.placing import turned_box

WIDE = frozenset(
    ("+3V3", "+5VA", "+5V3", "+7V5", "-7V5", "VBUS", "+9V", "-9V", "5V_IN", "/Power/P9_RAW", "/Power/N9_RAW", "V5REF")
)
PLANE = "GND"
ROUTER_CLEARANCE = 0.15  # mm, around every pad


def atom(net: str) -> str:
    """A net's name without blanks."""
    return net.replace(" ", "␣")


def _line(net: int, box: list[float], spot: Spot, room: float, flags: tuple[bool, bool, bool]) -> str:
    left, top, right, bottom = turned_box((box[0], box[1], box[2], box[3]), spot[2])
    edges = (spot[0] + left - room, spot[1] + top - room, spot[0] + right + room, spot[1] + bottom + room)
    return f"pad {net} " + " ".join(f"{value:.4f}" for value in edges) + "".join(f" {int(flag)}" for flag in flags)


def main() -> None:
    """Writes the problem."""
    parts = netlist.read(Path(sys.argv[1]))
    shapes = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    places = json.loads(Path(sys.argv[3]).read_text(encoding="utf-8"))
    number = {net: order for order, net in enumerate(sorted(parts.nets))}
    lines = [f"board {SIZE[0]} {SIZE[1]}"]
    lines += [f"net {atom(net)} {int(net in WIDE)} {int(net == PLANE)}" for net in sorted(parts.nets)]
    net_of = {pin: number[net] for net, pins in parts.nets.items() for pin in pins}
    for ref in sorted(parts.components):
        shape = shapes[parts.components[ref].footprint]
        for pad in shape["pads"]:
            if pad["copper"]:
                net = net_of.get((ref, pad["number"]), -1)
                room = max(pad["clearance"] - ROUTER_CLEARANCE, 0)
                lines.append(_line(net, pad["box"], places[ref], room, (pad["through"], pad["round"], pad["plated"])))
        for box in shape["keepouts"]:
            lines.append(_line(-1, box, places[ref], 0, (True, False, False)))
    Path(sys.argv[4]).write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
