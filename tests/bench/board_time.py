"""Board time on the emulated RP2040: what a read, a vector, a pulse and a round of write-verify take, wire included.

python -m tests.bench.board_time          all cases, some two minutes
python -m tests.bench.board_time --fit    the same, and the fast emulator's model of the processor anew

Board time is simulated time of the very image: processor, interpreter, converters, settling, a USB port of 0.8 MB/s.
It is counted from the first byte of a request to the last byte of its reply; what a host does between is not in it.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import closing
from pathlib import Path
from statistics import median

from tests.bench.processor_times import fitted
from tests.bench.results import PHYSICS, Row, record
from tests.targets.exchanges import CELLS, COMMANDS, EXCHANGES, FITTED, PULSE_V, Exchange, board_time_us, pulses
from tests.targets.target import Session, Target

from ohmloop.crossbar import Geometry
from ohmloop.link.child import EmulatorProcess
from ohmsim.processor import FILE

COMMAND = "make bench-board-time"
FIRMWARE = PHYSICS.with_name("firmware.json")
MANIFESTS = Path(__file__).parents[2] / "build" / "firmware"
REPEATS = 15

VECTOR_US, ROUND_US = 100.0, 5000.0
"""The goals: a vector inside a batch without the wire, a round of an 8x8 array with it."""

OPENMENA = "OpenMENA v1, from the delays in its firmware"
OPENMENA_VECTOR_US, OPENMENA_ROUND_US = 1_045_000.0, 3_750_000.0

GOAL = "required"

BY_NAME = {exchange.name: exchange for exchange in EXCHANGES}
ROUND = BY_NAME["64 pulses, all read after"]
SHORT_ROUND = Exchange("64 pulses of 1 us, all read after", pulses(64, "AFT", 1e-6))
"""A round with pulses that add little to it."""


def measured(
    target: Target, session: Session, exchanges: tuple[Exchange, ...]
) -> tuple[dict[str, float], dict[str, float]]:
    """Median board time of each exchange, us; and from the last byte of its request to the first of its reply."""
    times, turns = {}, {}
    for exchange in exchanges:
        session.do(exchange.setup)
        whole_us, turn_us = [], []
        for _ in range(REPEATS):
            whole_us.append(board_time_us(target, session, exchange))
            turn_us.append(target.truth("last_turn_ns") / 1000)
        times[exchange.name], turns[exchange.name] = median(whole_us), median(turn_us)
    return times, turns


def line_bytes(target: Target, session: Session, exchange: Exchange) -> int:
    """Bytes of a request and its reply."""
    session.do(exchange.setup)
    wire = target.wire
    before = wire.sent + wire.received
    board_time_us(target, session, exchange)
    return wire.sent + wire.received - before


def text_bytes() -> int:
    """The same round in bare lines: a pulse and a query for each cell, and the answers."""
    lines = [f"PULS {row},{col},{PULSE_V},10us" for row, col in CELLS]
    lines += [f"MEAS:CELL? {row},{col}" for row, col in CELLS]
    return sum(len(line) + 1 for line in lines) + len(CELLS) * len("1234567E-11\n")


def time_rows(times: Mapping[str, float], turns: Mapping[str, float]) -> list[Row]:
    """Times beside the goals and beside what OpenMENA's delays add up to."""
    vector_us = (turns["64 vectors"] - turns["16 vectors"]) / 48
    with_wire_us = (times["64 vectors"] - times["16 vectors"]) / 48
    note = "range M, one conversion a reading"
    slope = f"{note}; slope from 16 to 64 vectors"
    whole_round = f"{note}; 64 pulses, all cells read after, wire included"
    required = {
        "a vector in a batch, without the wire": (vector_us, VECTOR_US, slope),
        "a write-verify round of 8x8, 10 us pulses": (times[ROUND.name], ROUND_US, whole_round),
        "a write-verify round of 8x8, 1 us pulses": (times[SHORT_ROUND.name], ROUND_US, whole_round),
    }
    beside = {
        "one vector alone": (times["1 vector"], OPENMENA_VECTOR_US, note),
        "a vector in a batch, wire included": (with_wire_us, OPENMENA_VECTOR_US, slope),
        "a write-verify round of 8x8": (times[ROUND.name], OPENMENA_ROUND_US, whole_round),
    }
    each = {
        "one read": (times["one read"], times["array read"] / len(CELLS), "a cell of an array read"),
        "one pulse with read-back": (
            times["1 pulse, read back"],
            times["64 pulses, read back"] / len(CELLS),
            "a pulse of a list of 64",
        ),
    }
    return [
        *(
            Row(f"board time: {n}", us, goal, GOAL, 1.0, "us", COMMAND, text)
            for n, (us, goal, text) in required.items()
        ),
        *(
            Row(f"board time: {name}, beside OpenMENA", us, peer, OPENMENA, None, "us", COMMAND, text)
            for name, (us, peer, text) in beside.items()
        ),
        *(Row(f"board time: {name}", us, peer, of, None, "us", COMMAND, note) for name, (us, peer, of) in each.items()),
    ]


def memory_rows() -> list[Row]:
    """Flash and memory of the image, from its manifest."""
    manifest = json.loads(sorted(MANIFESTS.glob("ohmboard-*.json"))[-1].read_text())["memory"]
    return [
        Row("image: flash", manifest["flash_used"], manifest["flash_available"], "available", 1.0, "bytes", COMMAND),
        Row(
            "image: memory outside the interpreter's heap",
            manifest["ram_static"],
            manifest["ram_available"],
            "available",
            1.0,
            "bytes",
            COMMAND,
        ),
    ]


def bare_us(target: Target) -> float:
    """A bare query, us."""
    return median(_timed(target, "SYST:VERS?\n") for _ in range(REPEATS))


def malformed_us(target: Target) -> float:
    """A line that is no envelope and gets no reply: what it adds to the query behind it, us."""
    return median(_timed(target, "@5 *IDN? *00000000\nSYST:VERS?\n") for _ in range(REPEATS)) - bare_us(target)


def _timed(target: Target, lines: str) -> float:
    target.wire.raw(lines.encode())
    target.wire.read()
    return float(target.truth("last_exchange_ns")) / 1000


def main() -> None:
    """Measure, write down, and say so."""
    with EmulatorProcess(Geometry(8, 8), {"seed": "7", "target": "rp2040"}) as process, process.control() as control:
        target = Target("rp2040", process.boards[0].url, control)
        with closing(target.wire):
            session = Session(target.wire)
            times, turns = measured(target, session, (*EXCHANGES, *COMMANDS, SHORT_ROUND))
            lines = bare_us(target), malformed_us(target)
            round_bytes = line_bytes(target, session, ROUND)
        target.check_signals()
    if sys.argv[1:] == ["--fit"]:
        FILE.write_text(fitted(times, (*FITTED, *COMMANDS, SHORT_ROUND), *lines))
    rows = [*time_rows(times, turns), *memory_rows()]
    rows.append(
        Row("wire: a write-verify round of 8x8", round_bytes, text_bytes(), "bare lines", None, "bytes", COMMAND)
    )
    record(rows, FIRMWARE)
    for name, time_us in times.items():
        sys.stdout.write(f"{name}: {time_us:.0f} us, {turns[name]:.0f} us of it without the wire\n")
    for row in rows:
        sys.stdout.write(f"{row.case}: {row.ours:.1f} against {row.peer:.1f} {row.unit}, {row.ratio:.2f}x\n")


if __name__ == "__main__":
    main()
