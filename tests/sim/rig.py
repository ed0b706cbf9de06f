"""Parts of an emulated board, joined for a test without wire and firmware."""

from __future__ import annotations

import numpy as np

from ohmboard import _board
from ohmsim.board import Spec, build_cells
from ohmsim.clock import Clock
from ohmsim.description import Description
from ohmsim.engine import Engine
from ohmsim.frontend import FrontEnd, FrontEndParameters
from ohmsim.hal import Hal
from ohmsim.noise import NoiseSource
from ohmsim.parameters import checked
from ohmsim.preset import Preset
from ohmsim.state import State

BUDGET_NS = 5_000_000
BUSY = 1
HALF, THIRD = 1, 2
NONE, EACH, AFTER = 0, 1, 2
ARMED = (250_000, 2_100_000, 2_100_000, 100_000, 2, 1_000_000)


def make_hal(rows: int = 8, cols: int = 8, preset: str = "vteam", seed: int = 7, **settings: float | str) -> Hal:
    """A board's hardware; settings as `section__name=value`."""
    chosen = Preset.load(preset).changed({name.replace("__", "."): value for name, value in settings.items()})
    noise, state = NoiseSource(seed, "b0"), State()
    cells = build_cells(Spec("b0", rows, cols, seed, chosen), noise, state)
    parameters = checked(FrontEndParameters, chosen.parameters["front_end"], "front_end.")
    hal = Hal(cells, FrontEnd(Description.load(), rows, cols, parameters, noise, state), Clock())
    hal.boot()
    return hal


def make_engine(hal: Hal) -> Engine:
    """The C engine on that hardware, in its safe state."""
    engine = Engine(hal)
    description = list(_board.ENGINE)
    description[0], description[1] = hal.cells.rows, hal.cells.cols
    assert engine.init(tuple(description)) == 0
    return engine


def finish(engine: Engine) -> int:
    """Step until the request ends, feeding the watchdog as the application does; its status."""
    while (status := engine.step(BUDGET_NS)) == BUSY:
        engine.watchdog()
    engine.watchdog()
    return status


def records(pulses: list[tuple[int, int, int, int]]) -> bytearray:
    """Pulse records of (row, col, uV, ns)."""
    table = np.array([(row << 16 | col, uv, ns) for row, col, uv, ns in pulses], "<i4")
    return bytearray(table.tobytes())


def pulse(engine: Engine, pulses: list[tuple[int, int, int, int]], readback: int = NONE) -> tuple[int, np.ndarray]:
    """Run one list of pulses: status and readings in units of 10 pA."""
    out = bytearray(4 * len(pulses))
    status = engine.start_pulses(records(pulses), len(pulses), readback, out)
    if status >= 0:
        status = finish(engine)
    return status, np.frombuffer(out, "<i4")


def read_rows(engine: Engine, first: int, count: int, cols: int) -> np.ndarray:
    """Currents of whole rows, units of 10 pA, shape (count, cols)."""
    out = bytearray(4 * count * cols)
    assert engine.start_rows(first, count, out) >= 0
    assert finish(engine) == 0
    return np.frombuffer(out, "<i4").reshape(count, cols)
