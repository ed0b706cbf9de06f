"""Draws nets as wires: each pin is joined to its net's wires along the cheapest path on the 1.27 mm grid.

A wire avoids symbols, text and other nets' ends, may cross another net's wire only at a right angle, and prefers few
bends. A pin that no path reaches is reported, and gets a label instead.
"""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable
from dataclasses import dataclass, field

Cell = tuple[int, int]
Segment = tuple[Cell, Cell]

_STEPS = ((1, 0), (0, -1), (-1, 0), (0, 1))
_BEND = 6
_CROSSING = 8
_TEXT = 10
_BESIDE = 2  # running along a symbol or next to another wire reads badly
_LIMIT = 400_000


@dataclass
class Paper:
    """What is already on a sheet, in cells of 1.27 mm."""

    width: int
    height: int
    blocked: set[Cell] = field(default_factory=set)  # symbols
    text: set[Cell] = field(default_factory=set)
    ends: dict[Cell, str] = field(default_factory=dict)  # pins and labels, by net
    wires: dict[Cell, dict[str, int]] = field(default_factory=dict)  # cell -> net -> directions used (bit mask)

    def connect(self, net: str, ends: list[Cell]) -> tuple[list[Segment], list[Cell]]:
        """Wires for `net` through `ends`; returns its segments (split where wires meet) and the ends not reached."""
        tree = {ends[0]}
        edges: set[frozenset[Cell]] = set()
        lost: list[Cell] = []
        waiting = sorted(ends[1:], key=lambda c: abs(c[0] - ends[0][0]) + abs(c[1] - ends[0][1]))
        while waiting:
            path = self._path(net, tree, set(waiting))
            if path is None:
                lost += waiting
                break
            waiting.remove(path[-1])
            tree.update(path)
            for a, b in itertools.pairwise(path):
                edges.add(frozenset((a, b)))
        for edge in edges:
            a, b = sorted(edge)
            mask = 1 if a[1] == b[1] else 2
            for cell in (a, b):
                used = self.wires.setdefault(cell, {})
                used[net] = used.get(net, 0) | mask
        return _segments(edges, set(ends)), lost

    def _path(self, net: str, sources: set[Cell], targets: set[Cell]) -> list[Cell] | None:
        """The cheapest path from any source cell to any target, as cells; None if there is none."""
        queue: list[tuple[int, int, Cell, int]] = []
        cost: dict[tuple[Cell, int], int] = {}
        came: dict[tuple[Cell, int], tuple[Cell, int]] = {}
        for source in sorted(sources):
            for heading in range(4):
                cost[source, heading] = 0
                queue.append((_distance(source, targets), 0, source, heading))
        heapq.heapify(queue)
        for _ in range(_LIMIT):
            if not queue:
                return None
            _, spent, cell, heading = heapq.heappop(queue)
            if spent > cost[cell, heading]:
                continue
            if cell in targets:
                return _walk(came, (cell, heading), sources)
            for turn, (dx, dy) in enumerate(_STEPS):
                if (turn + 2) % 4 == heading and cell not in sources:
                    continue
                if self._crossed(net, cell) and turn != heading:
                    continue
                following = (cell[0] + dx, cell[1] + dy)
                extra = self._price(net, following, turn, targets)
                if extra is None:
                    continue
                total = spent + extra + (_BEND if turn != heading and cell not in sources else 0)
                state = (following, turn)
                if total < cost.get(state, 1 << 30):
                    cost[state] = total
                    came[state] = (cell, heading)
                    heapq.heappush(queue, (total + _distance(following, targets), total, following, turn))
        return None

    def _crossed(self, net: str, cell: Cell) -> bool:
        return any(other != net for other in self.wires.get(cell, ()))

    def _price(self, net: str, cell: Cell, heading: int, targets: set[Cell]) -> int | None:
        if not (4 <= cell[0] < self.width - 4 and 4 <= cell[1] < self.height - 4):
            return None
        if cell in self.ends and self.ends[cell] != net:
            return None
        if cell in self.blocked and cell not in targets:
            return None
        price = 1
        for other, mask in self.wires.get(cell, {}).items():
            if other != net:
                if mask != (2 if heading % 2 == 0 else 1):
                    return None
                price += _CROSSING
        if cell in self.text:
            price += _TEXT
        for dx, dy in _STEPS:
            beside = (cell[0] + dx, cell[1] + dy)
            if beside in self.blocked or any(other != net for other in self.wires.get(beside, ())):
                price += _BESIDE
                break
        return price


def junctions(segments: Iterable[Segment], ends: Iterable[Cell]) -> list[Cell]:
    """Where three or more of one net's wires and pins meet."""
    count: dict[Cell, int] = {}
    for a, b in segments:
        for cell in (a, b):
            count[cell] = count.get(cell, 0) + 1
    for end in ends:
        count[end] = count.get(end, 0) + 1
    return sorted(cell for cell, meeting in count.items() if meeting >= 3)


def _distance(cell: Cell, targets: set[Cell]) -> int:
    return min(abs(cell[0] - x) + abs(cell[1] - y) for x, y in targets)


def _walk(came: dict[tuple[Cell, int], tuple[Cell, int]], state: tuple[Cell, int], sources: set[Cell]) -> list[Cell]:
    path = [state[0]]
    while state[0] not in sources:
        state = came[state]
        path.append(state[0])
    return path[::-1]


def _segments(edges: set[frozenset[Cell]], ends: set[Cell]) -> list[Segment]:
    """Straight runs between ends, bends and meeting points."""
    beside: dict[Cell, list[Cell]] = {}
    for edge in edges:
        a, b = sorted(edge)
        beside.setdefault(a, []).append(b)
        beside.setdefault(b, []).append(a)

    def node(cell: Cell) -> bool:
        near = beside[cell]
        straight = len(near) == 2 and (near[0][0] == near[1][0] or near[0][1] == near[1][1])
        return cell in ends or not straight

    found: set[Segment] = set()
    for start in sorted(cell for cell in beside if node(cell)):
        for step in beside[start]:
            before, here = start, step
            while not node(here):
                onward = next(cell for cell in beside[here] if cell != before)
                before, here = here, onward
            found.add(min((start, here), (here, start)))
    return sorted(found)
