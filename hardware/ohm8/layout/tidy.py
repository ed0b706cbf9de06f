"""Removes tracks that join nothing: those that end in the open, and those covered by another of their net.

python -m ohm8.layout.tidy PROBLEM ROUTES
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from math import hypot
from pathlib import Path

_HALF = 0.075  # half the width of the narrowest track, mm


@dataclass(frozen=True)
class Track:
    """A straight piece of copper, mm."""

    net: str
    layer: int
    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def length(self) -> float:
        """From end to end, mm."""
        return hypot(self.x1 - self.x0, self.y1 - self.y0)

    def touches(self, layer: int, x: float, y: float, within: float) -> bool:
        """Whether a point lies `within` mm of the centre line."""
        if layer != self.layer:
            return False
        dx, dy = self.x1 - self.x0, self.y1 - self.y0
        along = ((x - self.x0) * dx + (y - self.y0) * dy) / (dx * dx + dy * dy)
        along = min(max(along, 0.0), 1.0)
        return hypot(self.x0 + along * dx - x, self.y0 + along * dy - y) < within


Pad = tuple[float, float, float, float, bool]


def pads_by_net(problem: list[str]) -> dict[str, list[Pad]]:
    """Pads (left, top, right, bottom, through) of each net of a routing problem."""
    nets = [line.split()[1] for line in problem if line.startswith("net ")]
    found: dict[str, list[Pad]] = {net: [] for net in nets}
    for line in problem:
        if line.startswith("pad ") and not line.startswith("pad -1"):
            _, net, left, top, right, bottom, through, *_ = line.split()
            found[nets[int(net)]].append((float(left), float(top), float(right), float(bottom), through == "1"))
    return found


def ends_in_nothing(track: Track, others: list[Track], vias: set[tuple[float, float]], pads: list[Pad]) -> bool:
    """Whether either end of a track meets no pad, via or other track of its net."""
    for x, y in ((track.x0, track.y0), (track.x1, track.y1)):
        on_pad = any(p[0] <= x <= p[2] and p[1] <= y <= p[3] and (p[4] or track.layer == 0) for p in pads)
        if (
            not on_pad
            and (x, y) not in vias
            and not any(o.touches(track.layer, x, y, _HALF) for o in others if o is not track)
        ):
            return True
    return False


def lies_inside(track: Track, others: list[Track]) -> bool:
    """Whether a short track is covered by one other track of its net: it joins nothing."""
    if track.length > 2 * _HALF:
        return False
    ends = ((track.x0, track.y0), (track.x1, track.y1))
    return any(o is not track and all(o.touches(track.layer, x, y, _HALF) for x, y in ends) for o in others)


def main() -> None:
    """Rewrites the routes without loose ends."""
    pads = pads_by_net(Path(sys.argv[1]).read_text(encoding="utf-8").splitlines())
    routes = Path(sys.argv[2])
    lines = dict.fromkeys(routes.read_text(encoding="utf-8").splitlines())
    vias: dict[str, set[tuple[float, float]]] = {}
    tracks: dict[str, dict[Track, str]] = {}
    for line in lines:
        kind, net, *rest = line.split()
        numbers = [float(n) for n in rest]
        if kind == "via":
            vias.setdefault(net, set()).add((numbers[0], numbers[1]))
        else:
            x0, y0, x1, y1 = numbers[1:5]
            tracks.setdefault(net, {})[Track(net, int(numbers[0]), x0, y0, x1, y1)] = line
    for net, own in tracks.items():
        for track in [t for t in own if lies_inside(t, list(own))]:
            del lines[own.pop(track)]
        while loose := [t for t in own if ends_in_nothing(t, list(own), vias.get(net, set()), pads[net])]:
            for track in loose:
                del lines[own.pop(track)]
    routes.write_text("\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
