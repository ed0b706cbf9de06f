"""The silkscreen: names of chips, connectors and test points where there is room, and what the connectors carry."""

from __future__ import annotations

import re
from collections.abc import Callable

import pcbnew

Place = Callable[[float, float], pcbnew.VECTOR2I]

_UNNAMED = re.compile(r"^([RCDH]|FID)\d")  # too many, or plain to see
_SIZE = 0.8  # mm
_THICK = 0.12
_GAP = 0.15


# What a user must know without the schematic: (text, x, y, height) in mm on the board.
_LEGENDS = (
    ("ohm8  8 x 8 crossbar interface  rev A", 27.0, 18.2, 1.3),
    ("ohmloop, CERN-OHL-P-2.0", 27.0, 20.8, 1.0),
    ("J3 STACK", 20.6, 9.3, 0.9),
    ("J2 DEVICE: ROW 0..7", 48.9, 87.6, 0.9),
    ("COL 0..7", 48.9, 84.6, 0.9),
    ("RN1 LINKS / LIMITERS", 22.9, 86.1, 0.9),
)


def write(board: pcbnew.BOARD, place: Place) -> None:
    """Texts that would overlap anything are left to the fabrication layer."""
    taken = _occupied(board)
    for content, x, y, size in _LEGENDS:
        taken.append(_legend(board, content, place(x, y), size))
    for footprint in sorted(board.GetFootprints(), key=lambda f: f.GetReference()):
        text = footprint.Reference()
        footprint.Value().SetLayer(pcbnew.F_Fab)
        if footprint.GetReference().startswith("TP"):
            text = _net_name(footprint)
        text.SetTextSize(pcbnew.VECTOR2I_MM(_SIZE, _SIZE))
        text.SetTextThickness(pcbnew.FromMM(_THICK))
        if _UNNAMED.match(footprint.GetReference()) or not _fit(text, footprint, taken):
            text.SetLayer(pcbnew.F_Fab)
            text.SetPosition(footprint.GetPosition())


def _net_name(footprint: pcbnew.FOOTPRINT) -> pcbnew.PCB_TEXT:
    """A test point is called by its net; its reference goes to the fabrication layer."""
    footprint.Reference().SetLayer(pcbnew.F_Fab)
    text = pcbnew.PCB_TEXT(footprint)
    text.SetText(next(iter(footprint.Pads())).GetNetname().rsplit("/", 1)[-1])
    text.SetLayer(pcbnew.F_SilkS)
    footprint.Add(text)
    return text


def _legend(board: pcbnew.BOARD, content: str, at: pcbnew.VECTOR2I, size: float) -> pcbnew.BOX2I:
    text = pcbnew.PCB_TEXT(board)
    text.SetText(content)
    text.SetPosition(at)
    text.SetLayer(pcbnew.F_SilkS)
    text.SetTextSize(pcbnew.VECTOR2I_MM(size, size))
    text.SetTextThickness(pcbnew.FromMM(size * 0.15))
    board.Add(text)
    return text.GetBoundingBox()


def _occupied(board: pcbnew.BOARD) -> list[pcbnew.BOX2I]:
    boxes = []
    for footprint in board.GetFootprints():
        boxes += [pad.GetBoundingBox() for pad in footprint.Pads()]
        boxes += [
            item.GetBoundingBox()
            for item in footprint.GraphicalItems()
            if item.GetLayer() in (pcbnew.F_SilkS, pcbnew.F_Mask)
        ]
    return boxes


def _fit(text: pcbnew.PCB_TEXT, footprint: pcbnew.FOOTPRINT, taken: list[pcbnew.BOX2I]) -> bool:
    """Tries places around a footprint; the first free one is taken."""
    court = footprint.GetCourtyard(pcbnew.F_CrtYd).BBox()
    if not court.GetWidth():
        court = footprint.GetBoundingBox(False)
    middle = court.GetCenter()
    half = pcbnew.FromMM(_SIZE * 0.9)
    text.SetKeepUpright(True)
    for angle in (0, 90):
        text.SetTextAngleDegrees(angle)
        span = text.GetBoundingBox()
        wide, high = span.GetWidth() // 2, span.GetHeight() // 2
        for step in range(0, 9):
            slide = (-1) ** step * ((step + 1) // 2) * half
            for x, y in (
                (middle.x + slide, court.GetTop() - high),
                (middle.x + slide, court.GetBottom() + high),
                (court.GetLeft() - wide, middle.y + slide),
                (court.GetRight() + wide, middle.y + slide),
                (middle.x, middle.y + slide),
            ):
                text.SetTextPos(pcbnew.VECTOR2I(x, y))
                box = text.GetBoundingBox()
                box.Inflate(pcbnew.FromMM(_GAP))
                if _inside(box, footprint.GetBoard()) and not any(box.Intersects(other) for other in taken):
                    taken.append(box)
                    return True
    return False


def _inside(box: pcbnew.BOX2I, board: pcbnew.BOARD) -> bool:
    edge = board.GetBoardEdgesBoundingBox()
    edge.Inflate(-pcbnew.FromMM(0.5))
    return edge.Contains(box)
