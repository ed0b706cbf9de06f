"""The silkscreen: names of chips, connectors and test points where there is room, and what the connectors carry."""

from __future__ import annotations

import re
from collections.abc import Callable

import pcbnew

Place = Callable[[float, float], pcbnew.VECTOR2I]

_UNNAMED = re.compile(r"^([RCDH]|FID)\d")  # too many, or plain to see
_CHIP = re.compile(r"^(U|PS|L)\d")  # covers what is printed under it
_SIZE = 0.8  # mm
_NARROW = 0.6  # width of a number that stands where its name has no room
_THICK = 0.12
_GAP = 0.15
_REACH = (0.0, 0.8, 1.6, 2.4, 3.2, 4.0, 4.8, 5.6)  # how far from its part a name may stand that must be there, mm


# What a user must know without the schematic: (text, x, y, height) in mm on the board.
_LEGENDS = (
    ("ohm8  8 x 8 crossbar interface  rev A", 27.0, 18.2, 1.3),
    ("ohmloop, CERN-OHL-P-2.0", 27.0, 20.8, 1.0),
    ("J3 STACK", 20.6, 9.3, 0.9),
    ("J2 DEVICE: ROW 0..7", 48.9, 87.6, 0.9),
    ("COL 0..7", 48.9, 84.6, 0.9),
    ("RN1 LINKS / LIMITERS", 22.9, 86.1, 0.9),
)

# Warnings go wherever there is room near the device: (text, x, y) of the place to begin from.
_WARNINGS = (
    ("DEVICE IN OR OUT ONLY\nPOWERED, NOT ARMED", 25.0, 72.0),
    ("LINES: 0 V UNTIL\nARMED, MOST +-5 V", 25.0, 74.0),
)

# What pins of the device header carry, printed towards the board's edge: first pin, last pin, text.
_HEADER = (("1", "15", "ROW 0..7"), ("17", "31", "COL 0..7"), ("33", "37", "3V3 SDA SCL"))

_LAMPS = {"D401": "STATUS", "D501": "TRIPPED"}


def write(board: pcbnew.BOARD, place: Place) -> None:
    """Names of test points and lamps first: they must be there, if need be as a number.

    A reference that finds no room is left to the fabrication layer.
    """
    taken = _occupied(board)
    covered = {f.GetReference(): _court(f) for f in board.GetFootprints() if _CHIP.match(f.GetReference())}
    for content, x, y, size in _LEGENDS:
        taken.append(_legend(board, content, place(x, y), size).GetBoundingBox())
    for first, last, content in _HEADER:
        at = _below(board.FindFootprintByReference("J1"), first, last)
        taken.append(_legend(board, content, at, _SIZE).GetBoundingBox())
    for footprint in sorted(board.GetFootprints(), key=_urgency):
        text = footprint.Reference()
        footprint.Value().SetLayer(pcbnew.F_Fab)
        name = _spoken(footprint)
        if name:
            text = _another(footprint, name)
        text.SetTextSize(pcbnew.VECTOR2I_MM(_SIZE, _SIZE))
        text.SetTextThickness(pcbnew.FromMM(_THICK))
        # Where a part will stand, nothing but its own name can be read.
        blocked = [*taken, *(box for ref, box in covered.items() if ref != footprint.GetReference())]
        found = None
        if name or not _UNNAMED.match(footprint.GetReference()):
            found = _fit(text, footprint, blocked, _REACH if name else (0.0,))
        if found is None and name:
            text.SetText(footprint.GetReference())
            text.SetTextSize(pcbnew.VECTOR2I_MM(_NARROW, _SIZE))
            found = _fit(text, footprint, blocked, _REACH)
        if found is None:
            text.SetLayer(pcbnew.F_Fab)
            text.SetPosition(footprint.GetPosition())
        else:
            taken.append(found)
    for content, x, y in _WARNINGS:
        _warn(board, content, place(x, y), [*taken, *covered.values()])


def _urgency(footprint: pcbnew.FOOTPRINT) -> tuple[int, str]:
    """What is printed first: what must be named, then chips, whose name stands inside their outline."""
    ref = footprint.GetReference()
    return (0 if _spoken(footprint) else 1 if ref.startswith("U") else 2, ref)


def _spoken(footprint: pcbnew.FOOTPRINT) -> str:
    """What is printed instead of a reference: the net of a test point, the meaning of a lamp."""
    if footprint.GetReference().startswith("TP"):
        return str(next(iter(footprint.Pads())).GetNetname().rsplit("/", 1)[-1])
    return _LAMPS.get(footprint.GetReference(), "")


def _another(footprint: pcbnew.FOOTPRINT, name: str) -> pcbnew.PCB_TEXT:
    """A text of a footprint besides its reference, which goes to the fabrication layer."""
    footprint.Reference().SetLayer(pcbnew.F_Fab)
    text = pcbnew.PCB_TEXT(footprint)
    text.SetText(name)
    text.SetLayer(pcbnew.F_SilkS)
    footprint.Add(text)
    return text


def _below(header: pcbnew.FOOTPRINT, first: str, last: str) -> pcbnew.VECTOR2I:
    """Between the pads of two pins, off the header towards the lower edge."""
    ends = [header.FindPadByNumber(number).GetPosition() for number in (first, last)]
    lowest = max(pad.GetPosition().y for pad in header.Pads())
    return pcbnew.VECTOR2I((ends[0].x + ends[1].x) // 2, lowest + pcbnew.FromMM(2.4))


def _warn(board: pcbnew.BOARD, content: str, at: pcbnew.VECTOR2I, taken: list[pcbnew.BOX2I]) -> None:
    """Prints a text at the free place that is nearest to `at`.

    Raises:
        ValueError: there is none.
    """
    text = _legend(board, content, at, _SIZE)
    step = pcbnew.FromMM(0.5)
    around = sorted(
        ((dx, dy) for dx in range(-100, 101) for dy in range(-60, 61)), key=lambda d: (d[0] ** 2 + d[1] ** 2, d)
    )
    for dx, dy in around:
        text.SetPosition(pcbnew.VECTOR2I(at.x + dx * step, at.y + dy * step))
        box = text.GetBoundingBox()
        box.Inflate(pcbnew.FromMM(_GAP))
        if _inside(box, board) and not any(box.Intersects(other) for other in taken):
            return
    raise ValueError(f"no room on the board for {content!r}")


def _legend(board: pcbnew.BOARD, content: str, at: pcbnew.VECTOR2I, size: float) -> pcbnew.PCB_TEXT:
    text = pcbnew.PCB_TEXT(board)
    text.SetText(content)
    text.SetPosition(at)
    text.SetLayer(pcbnew.F_SilkS)
    text.SetTextSize(pcbnew.VECTOR2I_MM(size, size))
    text.SetTextThickness(pcbnew.FromMM(size * 0.15))
    board.Add(text)
    return text


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


def _fit(
    text: pcbnew.PCB_TEXT, footprint: pcbnew.FOOTPRINT, taken: list[pcbnew.BOX2I], reach: tuple[float, ...]
) -> pcbnew.BOX2I | None:
    """Tries places around a footprint, at each distance of `reach` (mm): the box of the first free one, or None."""
    court = _court(footprint)
    middle = court.GetCenter()
    half = pcbnew.FromMM(_SIZE * 0.9)
    text.SetKeepUpright(True)
    for away in map(pcbnew.FromMM, reach):
        for angle in (0, 90):
            text.SetTextAngleDegrees(angle)
            span = text.GetBoundingBox()
            wide, high = span.GetWidth() // 2 + away, span.GetHeight() // 2 + away
            for step in range(0, 15):
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
                        return box
    return None


def _court(footprint: pcbnew.FOOTPRINT) -> pcbnew.BOX2I:
    court = footprint.GetCourtyard(pcbnew.F_CrtYd).BBox()
    return court if court.GetWidth() else footprint.GetBoundingBox(False)


def _inside(box: pcbnew.BOX2I, board: pcbnew.BOARD) -> bool:
    edge = board.GetBoardEdgesBoundingBox()
    edge.Inflate(-pcbnew.FromMM(0.5))
    return edge.Contains(box)
