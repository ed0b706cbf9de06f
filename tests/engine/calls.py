"""Requests to an engine in the tests' own words: lists in, lists and statuses out."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from ohmsim._engine import lib

from ohmsim.engine import BenchEngine, Engine

BUDGET_NS = 5_000_000
OK, BUSY = lib.OHM_OK, lib.OHM_BUSY
READBACKS = {"NONE": 0, "EACH": 1, "AFTER": 2}
LIMITS = (300_000, 3_000_000, 3_000_000, 1_000_000_000, 2, 1_000_000)
Pulse = tuple[int, int, int, int]
"""Row, column, µV, ns."""


@dataclass(frozen=True)
class Info:
    """`ohm_info` by name."""

    status: int
    item: int
    row: int
    col: int
    asked: int
    worst: int
    limit: int


def words(values: Sequence[int]) -> bytes:
    return np.array(values, np.int64).astype(np.int32).tobytes()


def cell(row: int, col: int) -> int:
    return row << 16 | col


def info(engine: Engine | BenchEngine) -> Info:
    out = bytearray(28)
    assert engine.info(out) == OK
    return Info(*np.frombuffer(out, np.int32).tolist())


def limits(engine: Engine | BenchEngine) -> tuple[int, ...]:
    out = bytearray(24)
    assert engine.limits(out) == OK
    return tuple(np.frombuffer(out, np.int32).tolist())


def finish(engine: Engine | BenchEngine, budget_ns: int = BUDGET_NS, steps: int = 1_000_000) -> int:
    """Drive the request to its end; at most so many steps."""
    for _ in range(steps):
        status = engine.step(budget_ns)
        if status != BUSY:
            return status
    raise AssertionError(f"still busy after {steps} steps")


def pulse_words(pulses: Sequence[Pulse]) -> bytes:
    return words([word for row, col, uv, ns in pulses for word in (cell(row, col), uv, ns)])


def start_pulses(
    engine: Engine | BenchEngine, pulses: Sequence[Pulse], readback: str = "NONE"
) -> tuple[int, bytearray]:
    out = bytearray(4 * len(pulses))
    return engine.start_pulses(pulse_words(pulses), len(pulses), READBACKS[readback], out), out


def pulse(engine: Engine | BenchEngine, pulses: Sequence[Pulse], readback: str = "NONE") -> tuple[int, list[int]]:
    """Status of the start, or of the end once it began; and the readings."""
    status, out = start_pulses(engine, pulses, readback)
    if status == OK:
        status = finish(engine)
    return status, np.frombuffer(out, np.int32).tolist()


def read(engine: Engine | BenchEngine, cells: Sequence[tuple[int, int]]) -> tuple[int, list[int]]:
    out = bytearray(4 * len(cells))
    status = engine.start_reads(words([cell(*each) for each in cells]), len(cells), out)
    if status == OK:
        status = finish(engine)
    return status, np.frombuffer(out, np.int32).tolist()


def read_rows(engine: Engine | BenchEngine, first: int, count: int, cols: int) -> tuple[int, np.ndarray]:
    out = bytearray(4 * count * cols)
    status = engine.start_rows(first, count, out)
    if status == OK:
        status = finish(engine)
    return status, np.frombuffer(out, np.int32).reshape(count, cols)


def multiply(engine: Engine | BenchEngine, inputs_uv: Sequence[Sequence[int]], cols: int) -> tuple[int, np.ndarray]:
    out = bytearray(4 * len(inputs_uv) * cols)
    status = engine.start_multiply(words([uv for row in inputs_uv for uv in row]), len(inputs_uv), out)
    if status == OK:
        status = finish(engine)
    return status, np.frombuffer(out, np.int32).reshape(len(inputs_uv), cols)
