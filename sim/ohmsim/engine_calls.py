"""The functions of the C engine on integers and buffers, as the board's application calls them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ohmsim.binding import ffi, lib

Buffer = bytes | bytearray | memoryview

INT32_BYTES = 4
PULSE_BYTES = 3 * INT32_BYTES


class EngineCalls:
    """The engine's functions on C state that a subclass prepares."""

    def __init__(self) -> None:
        # Of 64-bit words, because the state begins with pointers.
        self._memory = ffi.new("uint64_t[]", lib.ohm_engine_size() // 8 + 1)
        self._engine = ffi.cast("ohm_engine *", self._memory)
        self._request: tuple[Any, ...] = ()
        self._rows = self._cols = 0

    def arm(self, limits: Sequence[int]) -> int:
        """Load the limits of a device, in the order of enum ohm_limit."""
        return self._status(lib.ohm_arm(self._engine, ffi.new("int32_t[]", limits), len(limits)))

    def disarm(self) -> int:
        """Unload the device's limits."""
        return self._status(lib.ohm_disarm(self._engine))

    def limits(self, out: Buffer) -> int:
        """Write the limits in force: int32 words in the order of enum ohm_limit."""
        return self._status(lib.ohm_limits(self._engine, _room(out), len(out) // INT32_BYTES))

    def setup(self, values: Sequence[int]) -> int:
        """Set read conditions and bias, in the order of enum ohm_setup."""
        return self._status(lib.ohm_setup(self._engine, ffi.new("int32_t[]", values), len(values)))

    def calibrate(self, table: int, values: Buffer) -> int:
        """Load one table of corrections: an int32 word a line."""
        return self._status(lib.ohm_calibrate(self._engine, table, _words(values), len(values) // INT32_BYTES))

    def start_pulses(self, records: Buffer, pulses: int, readback: int, out: Buffer) -> int:
        """Begin a list of pulses, three int32 words each; `out` receives a current a pulse unless nothing is read."""
        _holds(records, pulses * PULSE_BYTES, "records")
        _holds(out, pulses * INT32_BYTES if readback != lib.OHM_READBACK_NONE else 0, "out")
        words, results = _words(records), _room(out)
        return self._begun(lib.ohm_start_pulses(self._engine, words, pulses, readback, results), words, results)

    def start_reads(self, cells: Buffer, count: int, out: Buffer) -> int:
        """Begin to read a list of cells; `out` receives a current a cell."""
        _holds(cells, count * INT32_BYTES, "cells")
        _holds(out, count * INT32_BYTES, "out")
        words, results = _words(cells), _room(out)
        return self._begun(lib.ohm_start_reads(self._engine, words, count, results), words, results)

    def start_rows(self, first: int, count: int, out: Buffer) -> int:
        """Begin to read whole rows; `out` receives a current a cell, row by row."""
        _holds(out, count * self._cols * INT32_BYTES, "out")
        results = _room(out)
        return self._begun(lib.ohm_start_rows(self._engine, first, count, results), results)

    def start_multiply(self, uv: Buffer, vectors: int, out: Buffer) -> int:
        """Begin a batch of input vectors, a word a row; `out` receives a current a column for each."""
        _holds(uv, vectors * self._rows * INT32_BYTES, "uv")
        _holds(out, vectors * self._cols * INT32_BYTES, "out")
        words, results = _words(uv), _room(out)
        return self._begun(lib.ohm_start_multiply(self._engine, words, vectors, results), words, results)

    def step(self, budget_ns: int) -> int:
        """Go on with the request for about the budget: OHM_BUSY, OHM_OK at its end, or how it failed."""
        return self._status(lib.ohm_step(self._engine, budget_ns))

    def abort(self) -> int:
        """Put every line into its safe state; the next step reports the end of the request."""
        return self._status(lib.ohm_abort(self._engine))

    def safe(self) -> int:
        """Gate closed, not energised, codes at zero."""
        return self._status(lib.ohm_safe(self._engine))

    def applied(self) -> int:
        """Pulses of the last list whose gate was opened."""
        return self._status(lib.ohm_applied(self._engine))

    def info(self, out: Buffer) -> int:
        """Write where the last refusal or failure was: int32 words in the order of enum ohm_info."""
        return self._status(lib.ohm_info(self._engine, _room(out), len(out) // INT32_BYTES))

    def time_us(self) -> int:
        """Microseconds since boot, or a negative status before init."""
        low_high = ffi.new("uint32_t[2]")
        status = self._status(lib.ohm_time_us(self._engine, low_high))
        return status if status < 0 else low_high[0] | low_high[1] << 32

    def watchdog(self) -> int:
        """Feed the watchdog."""
        return self._status(lib.ohm_watchdog(self._engine))

    def rails(self, out: Buffer) -> int:
        """Write both supplies, int32 uV; OHM_E_RAIL if one is out of bounds."""
        return self._status(lib.ohm_rails(self._engine, _room(out), len(out) // INT32_BYTES))

    def decode(self, text: Buffer, length: int, out: Buffer) -> int:
        """Base64 to bytes: the number of bytes, or OHM_E_ARGUMENT."""
        _holds(text, length, "text")
        return int(lib.ohm_decode(ffi.from_buffer(text), length, ffi.from_buffer(out, require_writable=True), len(out)))

    def encode(self, data: Buffer, length: int, out: Buffer) -> int:
        """Bytes to base64: the number of characters, or OHM_E_ARGUMENT."""
        _holds(data, length, "data")
        return int(lib.ohm_encode(ffi.from_buffer(data), length, ffi.from_buffer(out, require_writable=True), len(out)))

    def buffer(self, size: int) -> bytearray:
        """Zeroed memory for the life of the board, bytes."""
        return bytearray(size)

    def newline(self, text: Buffer, start: int, stop: int) -> int:
        """Place of the first newline from `start` on, or -1 if there is none before `stop`."""
        _holds(text, stop, "text")
        return int(lib.ohm_newline(ffi.from_buffer(text), start, stop))

    def split(self, text: Buffer, start: int, stop: int) -> tuple[int, ...]:
        """Take a command apart: the places that ohm_split gives, one and three for each argument."""
        _holds(text, stop, "text")
        places = ffi.new("int32_t[]", lib.OHM_SPLIT_COUNT)
        given = lib.ohm_split(ffi.from_buffer(text), start, stop, places, len(places))
        if given < 0:
            raise ValueError(f"no text from {start} to {stop}")
        return tuple(ffi.unpack(places, 1 + 3 * given))

    def open_envelope(self, line: Buffer, length: int) -> tuple[int, ...]:
        """Check the envelope of a line: 0 or what is wrong with it, and its parts in the order of enum ohm_envelope."""
        _holds(line, length, "line")
        parts = ffi.new("uint32_t[]", lib.OHM_ENVELOPE_COUNT)
        fault = lib.ohm_envelope_open(ffi.from_buffer(line), length, parts, len(parts))
        return (fault, *parts)

    def seal_envelope(self, line: Buffer, length: int) -> int:
        """Write the check sum behind the line; its new length, or OHM_E_ARGUMENT if there is no room."""
        return int(lib.ohm_envelope_seal(ffi.from_buffer(line, require_writable=True), length, len(line)))

    def _initialised(self, status: int, board: Sequence[int]) -> int:
        """Remember the geometry that the sizes of buffers follow from."""
        good = status == lib.OHM_OK
        self._rows = board[lib.OHM_BOARD_ROWS] if good else 0
        self._cols = board[lib.OHM_BOARD_COLS] if good else 0
        return self._status(status)

    def _begun(self, status: int, *buffers: Any) -> int:
        """A request that began uses its buffers until it ends: nobody may resize or free them."""
        if status == lib.OHM_OK:
            self._request = buffers
        return self._status(status)

    def _status(self, status: int) -> int:
        """Look at the end of every call into the engine; a subclass adds what it must do there."""
        return status


def _words(buffer: Buffer) -> Any:
    return ffi.from_buffer("int32_t[]", buffer)


def _room(buffer: Buffer) -> Any:
    return ffi.from_buffer("int32_t[]", buffer, require_writable=True)


def _holds(buffer: Buffer, needed: int, name: str) -> None:
    if len(buffer) < needed:
        raise ValueError(f"{name} holds {len(buffer)} bytes, the request needs {needed}")
