"""Reading cells, and multiplying vectors by the array. Reads need no lease and move nothing."""

import struct

from ohmboard.arguments import Bulk, Whole
from ohmboard.bulk import decode
from ohmboard.capabilities import max_vectors
from ohmboard.command import ENERGISES, Command
from ohmboard.errors import OUT_OF_RANGE, SETTINGS_CONFLICT, Refusal
from ohmboard.numbers import current
from ohmboard.readings import Block, Readings
from ohmboard.sizes import MAX_READINGS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ohmboard.board import Board
    from ohmboard.request import Request


def cell(board: "Board", request: "Request", values: "list[Any]") -> str:
    """MEASure:CELL?."""
    board.work.admit(request)
    struct.pack_into("<i", board.words, 0, board.cell_word(values[0], values[1]))
    board.work.accept(board.engine.start_reads(board.words, 1, board.currents))
    board.work.measure(request)
    board.counters.readings += 1
    return current(struct.unpack_from("<i", board.currents, 0)[0])


def cells(board: "Board", request: "Request", values: "list[Any]") -> Readings:
    """MEASure:LIST?."""
    board.work.admit(request)
    count = decode(board.engine, values[0], board.words, 1, MAX_READINGS, "cells")
    board.work.accept(board.engine.start_reads(board.words, count, board.currents))
    board.work.measure(request)
    return _readings(board, count)


def rows(board: "Board", request: "Request", values: "list[Any]") -> Readings:
    """MEASure:ROWS?."""
    return _readings(board, _read_rows(board, request, values[0], values[1]))


def block(board: "Board", request: "Request", values: "list[Any]") -> Block:
    """MEASure:BLOCk?."""
    if request.enveloped:
        raise Refusal(SETTINGS_CONFLICT, "a block has no place in an envelope: use MEASure:ROWS?")
    count = _read_rows(board, request, values[0], values[1])
    board.counters.readings += count
    return Block(board.currents, count, board.engine.time_us())


def multiply(board: "Board", request: "Request", values: "list[Any]") -> Readings:
    """MULTiply?."""
    board.work.admit(request)
    vectors = decode(board.engine, values[0], board.words, board.rows, max_vectors(board.rows, board.cols), "vectors")
    board.work.accept(board.engine.start_multiply(board.words, vectors, board.currents))
    board.work.measure(request)
    return _readings(board, vectors * board.cols)


def _read_rows(board: "Board", request: "Request", first: int, count: int) -> int:
    board.work.admit(request)
    if first + count > board.rows:
        raise Refusal(OUT_OF_RANGE, "rows %d to %d of %d" % (first, first + count - 1, board.rows))
    readings = count * board.cols
    if readings > MAX_READINGS:
        raise Refusal(OUT_OF_RANGE, "%d readings, not 1 to %d" % (readings, MAX_READINGS))
    board.work.accept(board.engine.start_rows(first, count, board.currents))
    board.work.measure(request)
    return readings


def _readings(board: "Board", count: int) -> Readings:
    board.counters.readings += count
    return Readings(board.currents, count, board.engine.time_us())


ROW_SPAN = (Whole("first row"), Whole("rows", 1))

COMMANDS = (
    Command("MEASure:CELL?", (Whole("row"), Whole("column")), cell, ENERGISES, "current of one cell, A"),
    Command("MEASure:LIST?", (Bulk("base64 of cells"),), cells, ENERGISES, "currents of listed cells, row<<16|column"),
    Command("MEASure:ROWS?", ROW_SPAN, rows, ENERGISES, "currents of all cells of some rows"),
    Command(
        "MEASure:BLOCk?", ROW_SPAN, block, ENERGISES, "the same as an IEEE 488.2 block of int32 in 10 pA, bare only"
    ),
    Command("MULTiply?", (Bulk("base64 of uV"),), multiply, ENERGISES, "currents of all columns for each input vector"),
)
