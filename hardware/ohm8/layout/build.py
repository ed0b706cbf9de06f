"""Writes the board file: footprints, nets, routes, zones and outline (KiCad's python).

python -m ohm8.layout.build NETLIST PLACES.json ROUTES BOARD.kicad_pcb
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pcbnew

from ohm8 import netlist
from ohm8.layout import legend
from ohm8.layout.floorplan import SIZE
from ohm8.layout.problem import PLANE, atom
from ohm8.netlist import Component, Netlist

FOOTPRINTS = Path("/usr/share/kicad/footprints")
ORIGIN = (50.0, 50.0)  # of the board's corner on KiCad's page, mm
VIA = (0.55, 0.3)  # diameter, drill, mm
LAYERS = (pcbnew.F_Cu, pcbnew.In2_Cu, pcbnew.B_Cu)  # the router's, in its order
ANALOG = (1.0, 33.0, SIZE[0] - 1.0, SIZE[1] - 1.0)  # where the rails have planes of their own


def place(x: float, y: float) -> pcbnew.VECTOR2I:
    """A place on the board."""
    return pcbnew.VECTOR2I(pcbnew.FromMM(x + ORIGIN[0]), pcbnew.FromMM(y + ORIGIN[1]))


class Builder:
    """The board being written."""

    def __init__(self, path: Path, parts: Netlist) -> None:
        pcbnew.KIID.SeedGenerator(8)
        self.path = path
        self.parts = parts
        self.board = pcbnew.NewBoard(str(path))
        self.board.SetCopperLayerCount(4)
        self.board.SetLayerName(pcbnew.In1_Cu, "GND.Cu")
        self.board.SetLayerType(pcbnew.In1_Cu, pcbnew.LT_POWER)
        self.loaded: dict[str, pcbnew.FOOTPRINT] = {}
        self.nets: dict[str, pcbnew.NETINFO_ITEM] = {}
        for name in sorted(parts.nets):
            net = pcbnew.NETINFO_ITEM(self.board, name)
            self.board.Add(net)
            self.nets[name] = net

    def footprints(self, places: dict[str, tuple[float, float, float]]) -> None:
        """Every part at its place, its pads on their nets."""
        net_of = {pin: net for net, pins in self.parts.nets.items() for pin in pins}
        for ref in sorted(self.parts.components):
            part = self.parts.components[ref]
            footprint = self._footprint(part)
            x, y, angle = places[ref]
            footprint.SetPosition(place(x, y))
            footprint.SetOrientationDegrees(angle)
            for pad in footprint.Pads():
                net = net_of.get((ref, pad.GetNumber()))
                if net is not None:
                    pad.SetNet(self.nets[net])
            self.board.Add(footprint)

    def _footprint(self, part: Component) -> pcbnew.FOOTPRINT:
        library, name = part.footprint.split(":")
        if part.footprint not in self.loaded:
            self.loaded[part.footprint] = pcbnew.FootprintLoad(str(FOOTPRINTS / f"{library}.pretty"), name)
        footprint = self.loaded[part.footprint].Duplicate().Cast()
        footprint.SetFPID(pcbnew.LIB_ID(library, name))
        footprint.SetReference(part.ref)
        footprint.SetValue(part.value)
        footprint.SetPath(pcbnew.KIID_PATH(part.path))
        footprint.SetSheetname(part.sheet)
        for name, value in part.fields.items():
            if name not in ("Footprint", "Datasheet", "Description"):
                footprint.SetField(name, value)
                footprint.GetFieldByName(name).SetVisible(False)
        footprint.SetExcludedFromBOM("exclude_from_bom" in part.attributes)
        return footprint

    def routes(self, path: Path) -> None:
        """The tracks and vias that the router found."""
        named = {atom(name): net for name, net in self.nets.items()}
        for line in path.read_text(encoding="utf-8").splitlines():
            kind, name, *numbers = line.split()
            if kind == "via":
                via = pcbnew.PCB_VIA(self.board)
                via.SetPosition(place(*(float(n) for n in numbers)))
                via.SetWidth(pcbnew.FromMM(VIA[0]))
                via.SetDrill(pcbnew.FromMM(VIA[1]))
                via.SetNet(named[name])
                self.board.Add(via)
                continue
            layer, x0, y0, x1, y1, width = (float(n) for n in numbers)
            track = pcbnew.PCB_TRACK(self.board)
            track.SetStart(place(x0, y0))
            track.SetEnd(place(x1, y1))
            track.SetLayer(LAYERS[int(layer)])
            track.SetWidth(pcbnew.FromMM(width))
            track.SetNet(named[name])
            self.board.Add(track)

    def outline(self) -> None:
        """The board's edge."""
        edge = pcbnew.PCB_SHAPE(self.board, pcbnew.SHAPE_T_RECT)
        edge.SetStart(place(0, 0))
        edge.SetEnd(place(*SIZE))
        edge.SetLayer(pcbnew.Edge_Cuts)
        edge.SetWidth(pcbnew.FromMM(0.1))
        self.board.Add(edge)

    def zones(self) -> None:
        """Ground on every layer; planes of both analog rails under the analog part."""
        whole = (0.5, 0.5, SIZE[0] - 0.5, SIZE[1] - 0.5)
        self._zone(PLANE, pcbnew.In1_Cu, whole, 0, pcbnew.ZONE_CONNECTION_THT_THERMAL)
        for layer in LAYERS:
            self._zone(PLANE, layer, whole, 0, pcbnew.ZONE_CONNECTION_NONE)
        self._zone("+7V5", pcbnew.In2_Cu, ANALOG, 1, pcbnew.ZONE_CONNECTION_NONE)
        self._zone("-7V5", pcbnew.B_Cu, ANALOG, 1, pcbnew.ZONE_CONNECTION_NONE)
        pcbnew.ZONE_FILLER(self.board).Fill(self.board.Zones())

    def _zone(self, net: str, layer: int, box: tuple[float, float, float, float], priority: int, pads: int) -> None:
        zone = pcbnew.ZONE(self.board)
        zone.SetLayer(layer)
        zone.SetNet(self.nets[net])
        outline = zone.Outline()
        outline.NewOutline()
        for x, y in ((box[0], box[1]), (box[2], box[1]), (box[2], box[3]), (box[0], box[3])):
            corner = place(x, y)
            outline.Append(corner.x, corner.y)
        zone.SetAssignedPriority(priority)
        zone.SetLocalClearance(pcbnew.FromMM(0.2))
        zone.SetMinThickness(pcbnew.FromMM(0.2))
        zone.SetThermalReliefGap(pcbnew.FromMM(0.25))
        zone.SetThermalReliefSpokeWidth(pcbnew.FromMM(0.3))
        zone.SetPadConnection(pads)
        zone.SetIslandRemovalMode(pcbnew.ISLAND_REMOVAL_MODE_ALWAYS)
        self.board.Add(zone)

    def save(self) -> None:
        """Writes the file."""
        pcbnew.SaveBoard(str(self.path), self.board)


def main() -> None:
    """Builds the board."""
    parts = netlist.read(Path(sys.argv[1]))
    places = json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    builder = Builder(Path(sys.argv[4]), parts)
    builder.footprints(places)
    builder.outline()
    builder.routes(Path(sys.argv[3]))
    legend.write(builder.board, place)
    builder.zones()
    builder.save()


if __name__ == "__main__":
    main()
