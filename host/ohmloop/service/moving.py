"""Runs that move cells: their kinds, their boards, and which came after which."""

from __future__ import annotations

from ohmloop.station import Station, StationError
from ohmloop.store import Run

PROGRAM, LEARN, FORM, CHARACTERISE = "program", "learn", "form", "characterise"
PULSE_RESPONSE = "pulse-response"
MOVING = (PROGRAM, LEARN, FORM, CHARACTERISE, PULSE_RESPONSE)
"""Kinds of runs that move cells."""


def serials(run: Run) -> list[str]:
    """The boards of a run, in order."""
    return [board["serial"] for board in run.origin.get("boards", [])]


def boards_of(station: Station) -> list[str]:
    """Serial numbers of the boards of a station, in order."""
    return [board.capabilities.serial for board in station.boards]


def refuse_if_moved_since(station: Station, run: Run) -> None:
    """Raises StationError if a later run has pulsed a board of this one: its cells are not as it left them."""
    mine = set(serials(run))
    for kept in station.store.runs():
        if kept.id <= run.id or kept.kind not in MOVING:
            continue
        later = station.store.open(kept.id)
        shared = mine.intersection(serials(later))
        moved = sorted(board for board in shared if next(later.exchanges(board), None) is not None)
        if moved:
            raise StationError(
                f"run {later.id} ({kept.kind}) has moved cells of {', '.join(moved)} since run {run.id} was left: "
                "begin a new one"
            )
