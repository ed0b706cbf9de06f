"""A board looked over step by step, as at its first power-on. Nothing is armed; lines stay at 0 V unless asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack

from ohmloop.crossbar import Crossbar, CrossbarError, FirmwareMismatch, LinkLost
from ohmloop.drivers.native import NativeCrossbar
from ohmloop.drivers.registry import open_crossbar
from ohmloop.station.bring_up import conversation, lines
from ohmloop.station.bring_up.calibration import calibration
from ohmloop.station.bring_up.lines import Floats
from ohmloop.station.bring_up.step import Outcome, Step, not_possible
from ohmloop.station.errors import StationError
from ohmloop.station.lock import PortLock
from ohmloop.store import Store

__all__ = ["UNREACHED", "Outcome", "Step", "examine"]

UNREACHED = "opened"
"""Name of the only step of a board that cannot be opened."""

Look = Callable[[NativeCrossbar], Iterator[Step]]

SILENT: tuple[tuple[str, Look], ...] = (
    ("link", conversation.link),
    ("identity", conversation.identity),
    ("firmware", conversation.firmware),
    ("start", conversation.start),
    ("rails", conversation.rails),
    ("since boot", conversation.counters),
    ("self-test", conversation.self_test),
    ("lease", conversation.lease),
    ("store of the board", conversation.files),
)
"""What drives no line."""


def examine(
    url: str,
    store: Store | None,
    *,
    socket_empty: bool = False,
    resistors_ohm: Floats | None = None,
    overload: bool = False,
) -> Iterator[Step]:
    """Look over the board at `url`; steps come as they are done, and none of them raises for what it finds.

    Args:
        url: of the board; an `emu://` one is started for this.
        store: where calibrations were kept; None if there is none.
        socket_empty: nothing is in the socket: cells are read at `v_read_unarmed` and must carry nothing.
        resistors_ohm: in the socket, ohm, shape (rows, cols), NaN where there is none: they are read at that voltage.
        overload: resistors of at most some 350 ohm are in the socket, row i to column i: every column is made to trip.
    """
    with ExitStack() as opened:
        try:
            opened.enter_context(PortLock(url))
            board = opened.enter_context(open_crossbar(url))
        except (CrossbarError, StationError) as error:
            advice = "check cable, supply, port and firmware; `ohmloop stop -d URL` if another program has it"
            if isinstance(error, FirmwareMismatch):
                advice = "run what the message says, then look again"
            yield Step(UNREACHED, Outcome.FAILED, str(error), advice=advice)
            return
        yield Step(UNREACHED, Outcome.PASSED, url)
        try:
            yield from _look_over(board, store, socket_empty, resistors_ohm, overload)
        except LinkLost as error:
            advice = "the steps that are missing were not made: check cable and supply, then look again"
            yield Step("link", Outcome.FAILED, str(error), advice=advice)


def _look_over(
    board: Crossbar, store: Store | None, socket_empty: bool, resistors_ohm: Floats | None, overload: bool
) -> Iterator[Step]:
    if not isinstance(board, NativeCrossbar):
        said = board.capabilities
        yield Step("identity", Outcome.PASSED, f"{said.board}, {said.geometry}, serial {said.serial}")
        yield not_possible("self-tests", "only boards with the ohmloop firmware have them")
        return
    driving: list[tuple[str, Look]] = [("lines at 0 V", lines.at_zero)]
    if socket_empty:
        driving.append(("empty socket", lines.empty_socket))
    if resistors_ohm is not None:
        driving.append(("resistors", lambda board: lines.resistors(board, resistors_ohm)))
    driving.append(("trip", lines.overload if overload else _no_overload))
    looks = [*SILENT, ("calibration", lambda board: calibration(board, store)), *driving]
    for name, look in looks:
        try:
            reason = conversation.latched(board) if (name, look) in driving else None
            if reason is None:
                yield from look(board)
            else:
                yield not_possible(name, f"a shutdown is latched: {reason}")
        except LinkLost:
            raise
        except CrossbarError as error:  # the other looks still have their turn
            yield Step(name, Outcome.FAILED, str(error), advice="see what the message asks for, then look again")


def _no_overload(board: Crossbar) -> Iterator[Step]:
    yield not_possible(
        "trip",
        "nothing in the socket that could overload a column is known of",
        "put 330 ohm from row i to column i and look again with --overload",
    )
