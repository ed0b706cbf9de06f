"""The system's own commands: errors, help, capabilities, state, lease, shutdown, abort."""

import json
import struct

from ohmboard.arguments import Argument, Hex, Whole
from ohmboard.capabilities import capabilities
from ohmboard.command import ANYTIME, SETUP, Command
from ohmboard.engine_codes import LIMIT_COUNT
from ohmboard.errors import MISSING, OUT_OF_RANGE, SETTINGS_CONFLICT, Refusal
from ohmboard.sizes import WORD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ohmboard.board import Board
    from ohmboard.request import Request

SCPI_VERSION = "1999.0"
LIMIT_NAMES = ("v_read_uv", "v_pos_uv", "v_neg_uv", "width_max_ns", "range_max", "pulses_max")


def next_error(board: "Board", request: "Request", values: "list[Any]") -> str:
    """SYSTem:ERRor?."""
    return board.errors.pop()


def error_count(board: "Board", request: "Request", values: "list[Any]") -> str:
    """SYSTem:ERRor:COUNt?."""
    return str(board.errors.count)


def version(board: "Board", request: "Request", values: "list[Any]") -> str:
    """SYSTem:VERSion?."""
    return SCPI_VERSION


def describe(board: "Board", request: "Request", values: "list[Any]") -> str:
    """SYSTem:HELP?."""
    return board.dispatcher.usage(values[0] if values else "")


def what_it_can(board: "Board", request: "Request", values: "list[Any]") -> str:
    """SYSTem:CAPabilities?."""
    identity = board.calibration.identity()
    return capabilities(board.serial, board.firmware, board.rows, board.cols, identity, board.boot_loader)


def state(board: "Board", request: "Request", values: "list[Any]") -> str:
    """SYSTem:STATe?."""
    limits = bytearray(WORD * LIMIT_COUNT)
    board.engine.limits(limits)
    in_force = struct.unpack("<6i", limits)
    board.engine.rails(board.work.rails)
    return json.dumps(
        {
            "epoch": board.session.epoch,
            "generation": board.session.generation,
            "effects": board.effects.counter,
            "armed": board.armed,
            "latched": board.latch.reason,
            "latch": board.latch.number,
            "rails_uv": list(struct.unpack("<2i", board.work.rails)),
            "energised": board.work.energised,
            "lease_s": board.lease.remaining_s(),
            "time_us": board.engine.time_us(),
            "boot_reason": board.session.reason,
            "running": board.work.running,
            "done": board.engine.applied(),
            "limits": {name: in_force[place] for place, name in enumerate(LIMIT_NAMES)},
        }
    )


def time(board: "Board", request: "Request", values: "list[Any]") -> str:
    """SYSTem:TIMe?."""
    return str(board.engine.time_us())


def take_lease(board: "Board", request: "Request", values: "list[Any]") -> str:
    """SYSTem:LEASe?."""
    if not request.enveloped:
        raise Refusal(SETTINGS_CONFLICT, "only an enveloped request can carry a lease")
    if board.lease.held_by(request.lease):
        return "%08x" % request.lease
    board.lease.refuse_others(request.lease)
    key = board.lease.take(request.lease)
    board.session.changed()
    return "%08x" % key


def release_lease(board: "Board", request: "Request", values: "list[Any]") -> None:
    """SYSTem:LEASe:RELease."""
    board.lease.refuse_others(request.lease)
    board.lease.demand(request.lease)
    board.lease.release()
    board.session.changed()


def last_effect(board: "Board", request: "Request", values: "list[Any]") -> memoryview:
    """SYSTem:EFFect?."""
    return board.effects.stored()


def clear(board: "Board", request: "Request", values: "list[Any]") -> None:
    """SYSTem:CLEar: a program names the shutdown that it clears, so that a late copy cannot clear another."""
    if not values and request.enveloped:
        raise Refusal(SETTINGS_CONFLICT, "a program names the epoch and the number of the shutdown")
    board.lease.refuse_others(request.lease)
    if len(values) == 1:
        raise Refusal(MISSING, "the number of the shutdown")
    if values and not _is_latched(board, values[0], values[1]):
        return
    board.work.make_safe()
    board.latch.clear()
    board.session.changed()


def _is_latched(board: "Board", epoch: str, number: int) -> bool:
    """Whether this shutdown holds; False once it was cleared. Raises Refusal if it is not the last one."""
    board.effects.check_epoch(epoch)
    last = board.latch.number
    if number > last:
        raise Refusal(OUT_OF_RANGE, "shutdown %d, the last one is %d" % (number, last))
    if number < last:
        raise Refusal(SETTINGS_CONFLICT, "shutdown %d is over, the last one is %d" % (number, last))
    return board.latch.reason is not None


def enter_boot_loader(board: "Board", request: "Request", values: "list[Any]") -> None:
    """SYSTem:BOOTloader."""
    if not board.boot_loader:
        raise Refusal(SETTINGS_CONFLICT, "this board has no boot loader that it could enter")
    if board.armed is not None:
        raise Refusal(SETTINGS_CONFLICT, "a device is armed: DISarm first")
    board.work.make_safe()
    board.leaving = True


def abort(board: "Board", request: "Request", values: "list[Any]") -> None:
    """ABORt."""
    board.counters.aborts += 1
    board.work.abort()


COMMANDS = (
    Command("ABORt", (), abort, ANYTIME, "ends the running request within 10 ms; lines into their safe state"),
    Command("SYSTem:ERRor[:NEXT]?", (), next_error, 0, "the oldest error, which reading removes"),
    Command("SYSTem:ERRor:COUNt?", (), error_count, 0, "errors in the queue"),
    Command("SYSTem:VERSion?", (), version, 0, "the SCPI version"),
    Command("SYSTem:HELP?", (Argument("header", optional=True),), describe, 0, "all headers, or the usage of one"),
    Command("SYSTem:CAPabilities?", (), what_it_can, 0, "geometry, ranges, limits, sizes and features, in JSON"),
    Command("SYSTem:STATe?", (), state, 0, "epoch, generation, effects, arming, latch, lease and limits, in JSON"),
    Command("SYSTem:TIMe?", (), time, 0, "microseconds since boot"),
    Command("SYSTem:LEASe?", (), take_lease, 0, "takes or renews the lease: eight hex digits, good for 10 s"),
    Command("SYSTem:LEASe:RELease", (), release_lease, ANYTIME, "gives the lease back"),
    Command("SYSTem:EFFect?", (), last_effect, 0, "the stored reply of the last effect, empty if none since boot"),
    Command(
        "SYSTem:CLEar",
        (Hex("epoch", 16, 16, optional=True), Whole("latch", optional=True)),
        clear,
        ANYTIME,
        "clears a latched shutdown, which a program names by epoch and number; needs the lease if somebody holds it",
    ),
    Command(
        "SYSTem:BOOTloader",
        (),
        enter_boot_loader,
        SETUP | ANYTIME,
        "leaves the application for the boot loader of the processor; refused while a device is armed",
    ),
)
