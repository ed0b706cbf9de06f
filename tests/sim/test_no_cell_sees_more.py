"""Law 3 behind the engine: whatever is asked of it, no cell behind the real front end sees more than its limits.

Judged by the front end's own record, with every line anywhere inside the stated tolerance.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st
from tests.sim.rig import finish, make_engine, make_hal

from ohmsim.engine import Engine
from ohmsim.hal import Hal

V_CELL_UV, V_READ_UV, UNARMED_UV = 6_000_000, 300_000, 50_000
INT32 = st.integers(-(2**31), 2**31 - 1)
ROUNDING_V = 1e-9


def mostly(sensible: st.SearchStrategy[int], often: int = 40) -> st.SearchStrategy[int]:
    """A sensible number, but any number once in so often."""
    return st.integers(1, often).flatmap(lambda dice: INT32 if dice == often else sensible)


def near(limit_uv: int) -> st.SearchStrategy[int]:
    """Voltages of either sign, uV: anywhere up to a limit, or right at where the worst case begins to exceed it."""
    reach = max(0, min(limit_uv, 7_000_000))
    edge = st.integers(max(0, reach * 399 // 400 - 12_000), max(0, reach * 399 // 400 - 9_000)) | st.just(reach)
    return mostly(st.integers(-reach, reach) | edge | edge.map(lambda uv: -uv))


LIMITS = st.tuples(
    mostly(st.integers(20_000, 400_000)),
    mostly(st.integers(20_000, 7_000_000)),
    mostly(st.integers(20_000, 7_000_000)),
    mostly(st.integers(500, 1_000_000)),
    mostly(st.sampled_from([2, 2, 2, 1, 0])),
    mostly(st.integers(1, 50)),
)


def setups(v_read_uv: int) -> st.SearchStrategy[tuple[int, ...]]:
    """Set-ups for devices that are read with up to `v_read_uv`."""
    return st.tuples(
        near(v_read_uv),
        mostly(st.sampled_from([1, 2, 16, 512])),
        mostly(st.integers(0, 3)),
        mostly(st.integers(0, 2)),
        mostly(st.sampled_from([2, 2, 1, 0])),
    )


GEOMETRY = st.sampled_from([(1, 1), (2, 3), (4, 4), (8, 8), (3, 9)])


def corrections(data: st.DataObject, engine: Engine, hal: Hal) -> None:
    """Hostile calibration tables; the engine refuses what is beyond the tolerance."""
    for table in range(4):
        if data.draw(st.booleans()):
            lines = hal.cells.rows if table < 2 else hal.cells.cols
            reach = 5_000 if table in (0, 2) else 2_500
            values = data.draw(st.lists(mostly(st.integers(-reach, reach)), min_size=lines, max_size=lines))
            engine.calibrate(table, bytearray(np.array(values, "<i4").tobytes()))


def request(data: st.DataObject, engine: Engine, hal: Hal, limits: tuple[int, ...]) -> str:
    """Carry out one hostile request of any kind; which."""
    rows, cols = hal.cells.rows, hal.cells.cols
    cell = mostly(st.builds(lambda row, col: row << 16 | col, st.integers(0, rows - 1), st.integers(0, cols - 1)))
    kind = data.draw(st.sampled_from(["pulses", "cells", "rows", "multiply"]))
    start: Callable[[], int]
    if kind == "pulses":
        pulse = st.tuples(cell, near(limits[1]) | near(limits[2]), mostly(st.integers(500, max(501, limits[3]))))
        pulses = data.draw(st.lists(pulse, min_size=1, max_size=3))
        out, words = bytearray(4 * len(pulses)), bytearray(np.array(pulses, "<i4").tobytes())
        readback = data.draw(st.integers(0, 2))
        start = lambda: engine.start_pulses(words, len(pulses), readback, out)  # noqa: E731
    elif kind == "cells":
        cells = data.draw(st.lists(cell, min_size=1, max_size=6))
        out, words = bytearray(4 * len(cells)), bytearray(np.array(cells, "<i4").tobytes())
        start = lambda: engine.start_reads(words, len(cells), out)  # noqa: E731
    elif kind == "rows":
        first, count = data.draw(st.integers(-1, rows)), data.draw(st.integers(0, rows + 1))
        out = bytearray(4 * cols * (rows + 1))
        start = lambda: engine.start_rows(first, count, out)  # noqa: E731
    else:
        vectors = data.draw(st.integers(1, 3))
        volt = near(limits[0])
        inputs = data.draw(st.lists(volt, min_size=rows * vectors, max_size=rows * vectors))
        out, words = bytearray(4 * cols * vectors), bytearray(np.array(inputs, "<i4").tobytes())
        start = lambda: engine.start_multiply(words, vectors, out)  # noqa: E731
    status = start()
    if status >= 0:
        status = finish(engine)
    event(f"{kind}: {'done' if status == 0 else 'refused' if hal.gates == 0 else 'failed'}")
    return kind


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.data_too_large, HealthCheck.too_slow])
@given(GEOMETRY, LIMITS, st.integers(0, 2**32), st.data())
def test_armed_no_pair_sees_more_than_its_limits(
    geometry: tuple[int, int], limits: tuple[int, ...], seed: int, data: st.DataObject
) -> None:
    hal = make_hal(*geometry, seed=seed, front_end__line_error=1)
    engine = make_engine(hal)
    corrections(data, engine, hal)
    armed = engine.arm(limits) == 0
    engine.setup(data.draw(setups(limits[0])))
    kind = request(data, engine, hal, limits)
    v_read = min(limits[0], V_READ_UV) if armed else UNARMED_UV
    v_pos, v_neg = (min(limit, V_CELL_UV) for limit in limits[1:3]) if armed else (0, 0)
    positive, negative = (max(v_pos, v_read), max(v_neg, v_read)) if kind == "pulses" else (v_read, v_read)
    record = hal.cells.record
    assert record.v_max.max() <= positive * 1e-6 + ROUNDING_V
    assert -record.v_min.min() <= negative * 1e-6 + ROUNDING_V
    if not armed:
        assert hal.gates == 0


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 2**32), st.data())
def test_unarmed_no_pulse_at_all(seed: int, data: st.DataObject) -> None:
    hal = make_hal(4, 4, seed=seed, front_end__line_error=1)
    engine = make_engine(hal)
    before = hal.cells.conductance_s.copy()
    engine.setup(data.draw(setups(UNARMED_UV)))
    request(data, engine, hal, (UNARMED_UV, 1_000_000, 1_000_000, 100_000, 2, 10))
    assert hal.gates == 0
    assert (hal.cells.conductance_s == before).all()
    assert np.abs([hal.cells.record.v_max, hal.cells.record.v_min]).max() <= UNARMED_UV * 1e-6 + ROUNDING_V


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 6), st.integers(0, 2**32), st.data())
def test_a_cell_never_receives_more_pulses_than_allowed(allowed: int, seed: int, data: st.DataObject) -> None:
    hal = make_hal(2, 2, seed=seed)
    engine = make_engine(hal)
    engine.arm((200_000, 2_000_000, 2_000_000, 100_000, 2, allowed))
    engine.setup((100_000, 1, 2, data.draw(st.integers(1, 2)), 2))
    for _ in range(4):
        cells = data.draw(st.lists(st.tuples(st.integers(0, 1), st.integers(0, 1)), min_size=1, max_size=4))
        words = np.array([(row << 16 | col, 1_000_000, 1_000) for row, col in cells], "<i4")
        if engine.start_pulses(bytearray(words.tobytes()), len(cells), 0, bytearray(4 * len(cells))) >= 0:
            assert finish(engine) == 0
    assert hal.cells.record.full_pulses.max() <= allowed


@pytest.mark.parametrize("when", ["now", "gate"])
def test_a_reset_in_the_middle_leaves_the_record_within_limits(when: str) -> None:
    hal = make_hal(4, 4, front_end__line_error=1)
    engine = make_engine(hal)
    engine.arm((200_000, 1_500_000, 1_500_000, 100_000, 2, 100))
    engine.setup((150_000, 16, 3, 1, 2))
    words = np.array([(1 << 16 | 2, 1_400_000, 50_000)] * 4, "<i4")
    engine.start_pulses(bytearray(words.tobytes()), 4, 1, bytearray(16))
    if when == "gate":
        hal.reset_at_gate(2)
    else:
        hal.reset_after(60_000)
    assert finish(engine) < 0
    assert hal.failed is not None
    assert hal.cells.record.v_max.max() <= 1.5
    assert 1 <= hal.cells.record.full_pulses[1, 2] <= 4
