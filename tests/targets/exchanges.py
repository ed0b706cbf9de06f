"""Exchanges whose board time is measured: what the emulators must agree on, and what the benchmark shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from tests.targets.target import Pulse, Session, Target, words64

ROWS = COLS = 8
CELLS = [(row, col) for row in range(ROWS) for col in range(COLS)]
PULSE_V = 1.2
INPUT_UV = 150_000
"""Largest input of a vector, µV."""

QUICK = "CONF 0.2,1,M,HALF,H"
"""One conversion a reading in a fixed range: nothing is averaged and no range is looked for."""

ARM = "ARM c0ffee,0.3,1.8,1.8,1e-3,H,100000"

CAREFUL = "CONF 0.2,16,AUTO,HALF,H"


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its reply: `body` makes it for a session under `setup`; `code` is its outcome."""

    name: str
    body: Callable[[Session], str]
    setup: str = QUICK
    code: int = 0


def pulses(count: int, readback: str, width_s: float = 10e-6) -> Callable[[Session], str]:
    """A list of pulses, along the rows."""
    listed: list[Pulse] = [(*CELLS[n % len(CELLS)], PULSE_V, width_s) for n in range(count)]
    return lambda session: session.body(listed, readback=readback)


def vectors(count: int, largest_uv: int = INPUT_UV) -> Callable[[Session], str]:
    """A batch of random input vectors."""
    uv = np.random.default_rng(count).integers(-largest_uv, largest_uv + 1, (count, ROWS))
    return lambda _: f"MULT? {words64(uv)}"


def text(body: str) -> Callable[[Session], str]:
    """Always the same request."""
    return lambda _: body


def stale(session: Session) -> str:
    """A list of pulses under a set-up of the past."""
    return pulses(8, "AFT")(session).replace(f",{session.state.generation},", ",0,")


EXCHANGES = (
    Exchange("one read", text("MEAS:CELL? 3,4")),
    Exchange("one read, careful", text("MEAS:CELL? 3,4"), CAREFUL),
    Exchange("array read", text("MEAS:ROWS? 0,8")),
    Exchange("array read, careful", text("MEAS:ROWS? 0,8"), CAREFUL),
    Exchange("1 pulse, read back", pulses(1, "EACH")),
    Exchange("8 pulses, read back", pulses(8, "EACH")),
    Exchange("64 pulses, read back", pulses(64, "EACH")),
    Exchange("1 pulse", pulses(1, "NONE")),
    Exchange("8 pulses", pulses(8, "NONE")),
    Exchange("64 pulses", pulses(64, "NONE")),
    Exchange("64 pulses, all read after", pulses(64, "AFT")),
    Exchange("64 pulses, all read after, careful", pulses(64, "AFT"), CAREFUL),
    Exchange("1 vector", vectors(1)),
    Exchange("16 vectors", vectors(16)),
    Exchange("64 vectors", vectors(64)),
    Exchange("refused: no such header", text("NOSUCH:THING 3"), code=-113),
    Exchange("refused: no such cell", text("MEAS:CELL? 8,0"), code=-222),
    Exchange("refused: input above the limit", vectors(16, 900_000), code=103),
    Exchange("refused: another generation", stale, code=131),
    Exchange("refused: pulse above the limit", lambda s: s.body([(1, 2, 5.0, 10e-6)]), code=102),
)

HELD_OUT = ("8 pulses, read back", "8 pulses", "16 vectors", "64 pulses, all read after, careful")
"""The fast emulator's model of the processor is not fitted to these: a test of it asks more than it was told."""

FITTED = tuple(exchange for exchange in EXCHANGES if exchange.name not in HELD_OUT)


COMMANDS = tuple(
    Exchange(body.split(" ", 1)[0], text(body))
    for body in (
        "*IDN?",
        "SYST:VERS?",
        "SYST:STAT?",
        "SYST:CAP?",
        "SYST:TIM?",
        "SYST:LEAS?",
        "SYST:EFF?",
        "DIAG:COUN?",
        QUICK,
        ARM,
        f"MEAS:LIST? {words64([row << 16 | col for row, col in CELLS[:8]])}",
    )
)
"""Requests that move nothing, or little: what a command costs by itself."""


def board_time_us(target: Target, session: Session, exchange: Exchange) -> float:
    """Carry it out; board time from its first byte to the last byte of its reply, µs."""
    body = exchange.body(session)
    reply = target.wire.request(body, session.lease)
    assert reply.code == exchange.code, (exchange.name, reply)
    session.number += body.startswith("PULS:LIST") and reply.code == 0
    return float(target.truth("last_exchange_ns")) / 1000
