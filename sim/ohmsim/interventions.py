"""What the control port can ask of a board: one function a request, run in the board's thread between two steps."""

from __future__ import annotations

from base64 import b64decode, b64encode
from binascii import Error as BinasciiError
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmsim.board import EmulatedBoard
from ohmsim.errors import ParameterError
from ohmsim.hal import BadReply, Reset

SIDES = {"rows": 1, "columns": 2}

RAIL_MOST_V = 12.0
"""Beyond it the board would be destroyed."""

Fields = Mapping[str, Any]
Reply = dict[str, Any]


def matrix(values: NDArray[Any]) -> dict[str, object]:
    """An array for JSON: dtype (little-endian), shape, and base64 of its bytes in row order."""
    plain = np.ascontiguousarray(values, dtype=values.dtype.newbyteorder("<"))
    return {"dtype": plain.dtype.str, "shape": list(plain.shape), "data": b64encode(plain.tobytes()).decode()}


def truth(board: EmulatedBoard, fields: Fields) -> Reply:
    """What only a simulation can know."""
    _only(fields)
    cells, record = board.cells, board.cells.record
    return {
        "conductance_s": matrix(cells.conductance_s),
        "full_pulses": matrix(record.full_pulses),
        "v_max": matrix(record.v_max),
        "v_min": matrix(record.v_min),
        "stuck": matrix(cells.stuck.mask.reshape(cells.rows, cells.cols)),
        "conversions": matrix(cells.noise.conversions),
        "gates": board.hal.gates,
        "last_gate_ns": board.hal.last_gate_ns,
        "driven": board.hal.driven,
        "last_exchange_ns": board.stream.last_exchange_ns,
        "last_turn_ns": board.stream.last_turn_ns,
        "signal_faults": board.hal.faults,
        "virtual_time_us": board.hal.time.now_ns // 1000,
        "idle_us": board.hal.time.idle_ns // 1000,
        "resets": board.resets,
        "crashes": board.crashes,
        "wire": board.stream.faults.counts(),
    }


def time(board: EmulatedBoard, fields: Fields) -> Reply:
    """Virtual time since the emulator began, and since the board's last boot."""
    _only(fields)
    return {"virtual_time_us": board.hal.time.now_ns // 1000, "since_boot_us": board.hal.clock_ns() // 1000}


def fault(board: EmulatedBoard, fields: Fields) -> Reply:
    """Break something: the wire, cells, the flash, the converter, the supplies. `none` repairs everything."""
    _only(fields, "wire", "stuck", "files", "converter", "line_converters", "rails", "none")
    if fields.get("none"):
        board.stream.faults.clear()
        board.cells.stuck.heal()
        board.files.cut_after = None
        board.files.full = False
        board.hal.bad_conversions = 0
        board.hal.silence_line_converters(0)
        board.hal.rails_v = list(board.hal.front.board.rails_v)
    if "wire" in fields:
        board.stream.faults.set(_object(fields, "wire"))
    if "stuck" in fields:
        preset = board.spec.preset
        board.cells.stuck.strike(
            _object(fields, "stuck"), board.cells.conductance_s.ravel().copy(), preset.low_s, preset.high_s
        )
    if "files" in fields:
        files = _object(fields, "files")
        _only(files, "cut_after", "full")
        if "cut_after" in files:
            board.files.cut_after = _count(files, "cut_after", 0)
        if "full" in files:
            board.files.full = _flag(files, "full")
    if "converter" in fields:
        converter = _object(fields, "converter")
        _only(converter, "bad", "as")
        kind = converter.get("as", BadReply.CHECK_SUM.value)
        if kind not in list(BadReply):
            raise ParameterError("as", kind, f"one of {', '.join(BadReply)}")
        board.hal.bad_conversions = _count(converter, "bad", 1)
        board.hal.bad_reply = BadReply(kind)
    if "line_converters" in fields:
        side = fields["line_converters"]
        if side not in SIDES:
            raise ParameterError("line_converters", side, f"one of {', '.join(SIDES)}")
        board.hal.silence_line_converters(SIDES[side])
    if "rails" in fields:
        _set_rails(board, _object(fields, "rails"))
    return {}


def _set_rails(board: EmulatedBoard, rails: Fields) -> None:
    _only(rails, "positive", "negative")
    wanted = list(board.hal.rails_v)
    for place, (name, sign) in enumerate((("positive", 1.0), ("negative", -1.0))):
        volts = rails.get(name, wanted[place])
        if isinstance(volts, bool) or not isinstance(volts, int | float) or not 0 <= sign * volts <= RAIL_MOST_V:
            raise ParameterError(f"rails.{name}", volts, f"from 0 to {sign * RAIL_MOST_V:g} V")
        wanted[place] = float(volts)
    board.hal.rails_v = wanted


def reset(board: EmulatedBoard, fields: Fields) -> Reply:
    """Reset the processor: at once, or in the middle of the n-th programming gate from now, or into its boot loader."""
    _only(fields, "reason", "when", "bootsel")
    if "bootsel" in fields and _flag(fields, "bootsel"):
        _only(fields, "bootsel")
        board.press_bootsel()
        return {}
    when = fields.get("when", "now")
    if isinstance(when, dict):
        _only(when, "gates")
        if "reason" in fields:
            raise ParameterError("reason", fields["reason"], "left out with a planned reset, whose reason is 'reset'")
        board.hal.reset_at_gate(_count(when, "gates", 1))
        return {}
    if when != "now":
        raise ParameterError("when", when, "'now' or an object with gates")
    reason = fields.get("reason", Reset.PROCESSOR.value)
    if reason not in list(Reset):
        raise ParameterError("reason", reason, f"one of {', '.join(Reset)}")
    board.hal.reset(Reset(reason))
    return {}


def trip(board: EmulatedBoard, fields: Fields) -> Reply:
    """Trip the hardware: at once, or in the middle of the n-th programming gate from now."""
    _only(fields, "when")
    _now_or_at_gate(fields, board.hal.trip, board.hal.trip_at_gate)
    return {}


def hang(board: EmulatedBoard, fields: Fields) -> Reply:
    """The application stops running, now or in the n-th programming gate from now, until the watchdog resets."""
    _only(fields, "when")
    _now_or_at_gate(fields, board.hal.hang, board.hal.hang_at_gate)
    return {}


def unplug(board: EmulatedBoard, fields: Fields) -> Reply:
    """Pull the cable. The board loses its supply too, unless `power` is false."""
    _only(fields, "power")
    board.stream.unplug(power=_flag(fields, "power") if "power" in fields else True)
    return {}


def replug(board: EmulatedBoard, fields: Fields) -> Reply:
    """Put the cable back."""
    _only(fields)
    board.stream.replug()
    return {}


def seed_state(board: EmulatedBoard, fields: Fields) -> Reply:
    """Give the cells these conductances."""
    _only(fields, "conductance_s")
    given = _object(fields, "conductance_s")
    _only(given, "dtype", "shape", "data")
    cells = board.cells
    shape = [cells.rows, cells.cols]
    if given.get("dtype") != "<f8" or given.get("shape") != shape:
        found = [given.get("dtype"), given.get("shape")]
        raise ParameterError("conductance_s", found, f"of dtype <f8 and shape {shape}")
    try:
        data = b64decode(given.get("data", ""), validate=True)
    except (BinasciiError, TypeError, ValueError):
        data = b""
    if len(data) != 8 * cells.rows * cells.cols:
        raise ParameterError("conductance_s.data", len(data), f"base64 of {8 * cells.rows * cells.cols} bytes")
    cells.device.put(np.frombuffer(data, dtype="<f8").astype(np.float64))
    return {}


def rest(board: EmulatedBoard, fields: Fields) -> Reply:
    """Let the cells rest at 0 V for `seconds` without moving the clock: retention of days within a test."""
    _only(fields, "seconds")
    seconds = fields.get("seconds")
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds <= 1e12:
        raise ParameterError("seconds", seconds, "a number from 0 to 1e12")
    board.cells.settle()
    board.cells.device.rest(float(seconds))
    return {}


def gate(board: EmulatedBoard, fields: Fields) -> Reply:
    """Set the gate voltage of the transistors in series with the cells."""
    _only(fields, "volts")
    volts, selector = fields.get("volts"), board.cells.selector
    if selector is None:
        raise ParameterError("gate", volts, "left out: this array has no transistors (selector.gate_v)")
    if isinstance(volts, bool) or not isinstance(volts, int | float):
        raise ParameterError("volts", volts, "a number")
    board.cells.settle()
    selector.gate_v = float(volts)
    return {}


REQUESTS: Mapping[str, Callable[[EmulatedBoard, Fields], Reply]] = {
    handler.__name__: handler
    for handler in (truth, time, fault, reset, trip, hang, unplug, replug, seed_state, rest, gate)
}


def _only(fields: Fields, *known: str) -> None:
    for name in fields:
        if name not in known:
            raise ParameterError(name, fields[name], f"left out: fields are {', '.join(known) or 'none'}")


def _object(fields: Fields, name: str) -> Fields:
    value = fields[name]
    if not isinstance(value, dict):
        raise ParameterError(name, value, "an object")
    return value


def _flag(fields: Fields, name: str) -> bool:
    value = fields[name]
    if not isinstance(value, bool):
        raise ParameterError(name, value, "true or false")
    return value


def _now_or_at_gate(fields: Fields, now: Callable[[], None], at_gate: Callable[[int], None]) -> None:
    when = fields.get("when", "now")
    if isinstance(when, dict):
        _only(when, "gates")
        at_gate(_count(when, "gates", 1))
    elif when == "now":
        now()
    else:
        raise ParameterError("when", when, "'now' or an object with gates")


def _count(fields: Fields, name: str, least: int) -> int:
    value = fields.get(name)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 1_000_000_000:
        raise ParameterError(name, value, f"an integer from {least} to 1000000000")
    return value
