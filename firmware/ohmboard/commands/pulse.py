"""Pulses: a list under a token, at most once; a single one for people."""

import struct

from ohmboard.arguments import Bulk, Choice, Hex, Seconds, Volts, Whole
from ohmboard.bulk import decode
from ohmboard.command import ENERGISES, Command
from ohmboard.engine_codes import OK, PULSE_WORDS, READBACK_NONE, READBACKS
from ohmboard.errors import ABORTED, SETTINGS_CONFLICT, Refusal
from ohmboard.refusals import code_of
from ohmboard.request import NO_LEASE
from ohmboard.sizes import MAX_PULSES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ohmboard.board import Board
    from ohmboard.request import Request


def single(board: "Board", request: "Request", values: "list[Any]") -> None:
    """PULSe."""
    if request.enveloped:
        raise Refusal(SETTINGS_CONFLICT, "a program uses PULSe:LIST, which can be repeated safely")
    board.lease.refuse_others(NO_LEASE)
    board.work.admit(request)
    cell = board.cell_word(values[0], values[1])
    struct.pack_into("<3i", board.words, 0, cell, values[2], values[3])
    board.work.accept(board.engine.start_pulses(board.words, 1, READBACK_NONE, board.currents))
    board.effects.begin()
    code = _carry_out(board, request, 0)
    if code:
        raise Refusal(code)


def listed(board: "Board", request: "Request", values: "list[Any]") -> memoryview:
    """PULSe:LIST: epoch, lease, repetition, generation, number, limits are judged in this order."""
    epoch, generation, number, readback, data = values
    effects = board.effects
    if not request.enveloped:
        raise Refusal(SETTINGS_CONFLICT, "a list of pulses needs an envelope with a lease")
    effects.check_epoch(epoch)
    board.lease.demand(request.lease)
    crc = request.crc
    if effects.repeats(number, crc):
        board.counters.replays += 1
        request.code = effects.code
        return effects.stored()
    if not request.cancelled:
        board.work.admit(request)
    effects.check_turn(number, generation)
    if request.cancelled:
        # An abort came after this list: its number is used up, so that a repetition finds that out and does not run.
        effects.begin(crc)
        effects.end(ABORTED, 0, board.currents, 0)
    else:
        count = decode(board.engine, data, board.words, PULSE_WORDS, MAX_PULSES, "pulses")
        reading = count if readback != READBACK_NONE else 0
        board.work.accept(board.engine.start_pulses(board.words, count, readback, board.currents))
        effects.begin(crc)
        _carry_out(board, request, reading)
    request.code = effects.code
    return effects.stored()


def _carry_out(board: "Board", request: "Request", readings: int) -> int:
    """Drive the pulses to their end and store the reply; returns its code."""
    board.counters.effects += 1
    status = board.work.run(request)
    code = 0 if status == OK else code_of(status)
    board.effects.end(code, board.engine.applied(), board.currents, readings)
    return code


COMMANDS = (
    Command(
        "PULSe",
        (Whole("row"), Whole("column"), Volts("volts"), Seconds("width")),
        single,
        ENERGISES,
        "one pulse, row minus column; bare only, and refused while anybody holds the lease",
    ),
    Command(
        "PULSe:LIST",
        (
            Hex("epoch", 16, 16),
            Whole("generation"),
            Whole("n"),
            Choice("read-back", READBACKS),
            Bulk("base64 of cell, uV, ns"),
        ),
        listed,
        ENERGISES,
        "a list of pulses, at most once; enveloped only, with the lease",
    ),
)
