"""Pulses: patterns, order, read-back, time, and every way in which a list ends early."""

import numpy as np
import pytest
from ohmsim._engine import lib
from tests.engine.calls import BUSY, LIMITS, OK, finish, info, pulse, pulse_words, read, start_pulses
from tests.engine.recorder import COLS, Recorder, board

from ohmboard._board import ENGINE
from ohmsim.engine import BenchEngine, Engine

CODE_UV = 10_000_000 / 65536
GND, HALF, THIRD = 0, 1, 2


def armed(hal: Recorder, bias: int = HALF, averages: int = 1, read_range: int = 3, limits=LIMITS) -> Engine:
    engine = Engine(hal)
    assert engine.init(hal.board) == OK
    assert engine.arm(limits) == OK
    assert engine.setup((100_000, averages, read_range, bias, 2)) == OK
    return engine


def pattern(bias: int, volts: float, row: int, col: int, rows: int, cols: int):
    """Row minus column, as the bias schemes are defined."""
    row_v, col_v = np.zeros(rows), np.zeros(cols)
    if bias == THIRD:
        row_v[:], col_v[:] = -volts / 6, volts / 6
    row_v[row] = volts if bias == GND else volts / 2
    col_v[col] = 0 if bias == GND else -volts / 2
    return row_v[:, None] - col_v[None, :]


@pytest.mark.parametrize("uv", [1_300_000, -1_100_001, 7])
@pytest.mark.parametrize("bias", [GND, HALF, THIRD])
def test_every_pair_sees_exactly_what_the_bias_says(bias, uv):
    hal = Recorder(board(ROWS=5, COLS=7))
    assert pulse(armed(hal, bias), [(3, 2, uv, 10_000)])[0] == OK
    (gate,) = hal.pulses
    assert np.abs(gate.pairs_uv - pattern(bias, uv, 3, 2, 5, 7)).max() <= CODE_UV + 1
    assert gate.width_ns == 10_000
    assert gate.closed_ns - gate.opened_ns == 10_000


@pytest.mark.parametrize("bias", [GND, HALF])
def test_unselected_rows_are_off_unless_third_needs_them(bias):
    hal = Recorder(offset_uv={0: np.full(8, 5000.0)})
    assert pulse(armed(hal, bias), [(3, 2, 1_000_000, 10_000)])[0] == OK
    (gate,) = hal.pulses
    others = np.delete(gate.pairs_uv, 3, axis=0)[:, 5]
    assert (others == 0).all()


def test_pulses_come_in_the_order_of_the_list():
    hal = Recorder()
    pulses = [(i % 8, (3 * i) % 8, (-1) ** i * (500_000 + 10_000 * i), 1_000 * (i + 1)) for i in range(20)]
    engine = armed(hal)
    assert pulse(engine, pulses)[0] == OK
    assert [gate.width_ns for gate in hal.pulses] == [ns for _, _, _, ns in pulses]
    for gate, (row, col, uv, _) in zip(hal.pulses, pulses, strict=True):
        assert abs(gate.pairs_uv[row, col] - uv) <= CODE_UV
    assert engine.applied() == 20


def test_each_reads_every_cell_right_after_its_pulse():
    hal = Recorder(conductances_ns=np.arange(64.0).reshape(8, 8) * 1_000)
    status, currents = pulse(
        armed(hal), [(1, 2, 900_000, 5_000), (1, 3, 900_000, 5_000), (6, 0, -900_000, 5_000)], "EACH"
    )
    assert status == OK
    order = ["P" if gate.columns else "R" for gate in hal.gates]
    assert "".join(order).replace("RRR", "R") == "PRPRPR"  # H, M and L are tried in turn
    assert np.abs(np.array(currents) - [10 * 10_000, 11 * 10_000, 48 * 10_000]).max() <= 39 + 48 * 8


def test_after_reads_every_cell_after_the_last_pulse():
    hal = Recorder(conductances_ns=np.arange(64.0).reshape(8, 8) * 1_000)
    engine = armed(hal, read_range=0)
    status, currents = pulse(engine, [(1, 2, 900_000, 5_000), (1, 3, 900_000, 5_000), (6, 0, -900_000, 5_000)], "AFTER")
    assert status == OK
    assert [gate.columns for gate in hal.gates] == [True] * 3 + [False] * 2  # row 1 is read once
    assert np.abs(np.array(currents) - [10 * 10_000, 11 * 10_000, 48 * 10_000]).max() <= 39 + 48 * 8


def test_columns_return_to_zero_and_the_board_stays_energised():
    hal = Recorder()
    assert pulse(armed(hal), [(1, 2, 900_000, 5_000)])[0] == OK
    assert (hal.codes[COLS] == 32768).all()
    assert not hal.row_on.any()
    assert hal.armed
    assert hal.open is None


@pytest.mark.parametrize("budget_ns", [0, 1_000, 5_000_000])
def test_a_step_ends_within_its_budget(budget_ns):
    hal = Recorder()
    engine = armed(hal)
    assert start_pulses(engine, [(0, 0, 500_000, 40_000_000 if budget_ns else 100_000)])[0] == OK
    longest, steps, status = 0, 0, BUSY
    while status == BUSY:
        before = hal.now_ns
        status = engine.step(budget_ns)
        longest, steps = max(longest, hal.now_ns - before), steps + 1
    assert status == OK
    assert longest <= budget_ns + 60_000  # the smallest part: load, update, settle
    assert steps >= (40_000_000 // budget_ns if budget_ns else 100)


def test_long_averages_are_split_over_steps():
    hal = Recorder()
    engine = armed(hal, averages=4096, read_range=0)
    out = bytearray(4)
    assert engine.start_reads(bytes(4), 1, out) == OK
    status, steps = BUSY, 0
    while status == BUSY:
        before = hal.now_ns
        status = engine.step(1_000_000)
        assert hal.now_ns - before < 1_500_000
        steps += 1
    assert status == OK
    assert steps > 5


def test_info_counts_items_while_a_request_runs():
    hal = Recorder()
    engine = armed(hal)
    start_pulses(engine, [(0, 0, 500_000, 1_000_000)] * 5)
    seen = set()
    while engine.step(500_000) == BUSY:
        assert info(engine).status == BUSY
        seen.add(info(engine).item)
    assert seen == {0, 1, 2, 3, 4}
    assert info(engine).item == 5


def test_abort_ends_a_pulse_at_once():
    hal = Recorder()
    engine = armed(hal)
    _, out = start_pulses(engine, [(0, 0, 500_000, 2_000_000)] * 3, "AFTER")
    while len(hal.pulses) < 2:
        assert engine.step(1_000_000) == BUSY
    assert hal.open is not None
    assert engine.abort() == OK
    assert hal.safe
    assert hal.pulses[1].closed_ns - hal.pulses[1].opened_ns < 2_000_000
    assert engine.step(1_000_000) == lib.OHM_E_ABORTED
    assert info(engine).status == lib.OHM_E_ABORTED
    assert engine.applied() == 2
    assert np.frombuffer(out, np.int32).tolist() == [lib.OHM_NO_READING] * 3
    assert engine.step(1_000_000) == lib.OHM_E_ARGUMENT  # nothing runs any more
    assert pulse(engine, [(0, 0, 500_000, 1_000)])[0] == OK


def test_safe_ends_the_request_too():
    hal = Recorder()
    engine = armed(hal)
    start_pulses(engine, [(0, 0, 500_000, 10_000_000)])
    engine.step(1_000_000)
    assert engine.safe() == OK
    assert hal.safe
    assert engine.step(1_000_000) == lib.OHM_E_ABORTED


def test_a_second_request_is_refused_while_one_runs():
    hal = Recorder()
    engine = armed(hal)
    start_pulses(engine, [(0, 0, 500_000, 10_000_000)])
    engine.step(1_000_000)
    assert start_pulses(engine, [(0, 0, 500_000, 1_000)])[0] == lib.OHM_E_BUSY
    assert read(engine, [(0, 0)])[0] == lib.OHM_E_BUSY
    assert engine.arm(LIMITS) == lib.OHM_E_BUSY
    assert engine.disarm() == lib.OHM_E_BUSY
    assert engine.setup((40_000, 1, 3, 1, 2)) == lib.OHM_E_BUSY
    assert engine.calibrate(0, bytes(32)) == lib.OHM_E_BUSY
    assert finish(engine) == OK
    assert len(hal.pulses) == 1


def test_a_trip_in_a_pulse_ends_the_list():
    engine = BenchEngine([10_000] * 64)
    engine.init(ENGINE)
    engine.arm(LIMITS)
    engine.setup((100_000, 1, 3, 1, 2))
    engine.trip_at(3)
    status, currents = pulse(engine, [(0, i, 500_000, 1_000) for i in range(5)], "EACH")
    assert status == lib.OHM_E_TRIP
    assert (info(engine).item, info(engine).row, info(engine).col) == (2, 0, 2)
    assert engine.applied() == 3
    assert [current == lib.OHM_NO_READING for current in currents] == [False, False, True, True, True]
    _, _, gates, is_open, energised = engine.record()
    assert (gates, is_open, energised) == (3, 0, 0)


def test_a_trip_while_idle_is_reported_before_anything_moves():
    hal = Recorder()
    engine = armed(hal)
    assert pulse(engine, [(0, 0, 500_000, 1_000)])[0] == OK
    hal.trip()
    assert start_pulses(engine, [(0, 0, 500_000, 1_000)])[0] == lib.OHM_E_TRIP
    assert info(engine).status == lib.OHM_E_TRIP
    assert len(hal.pulses) == 1
    assert engine.applied() == 0
    assert hal.safe
    assert pulse(engine, [(0, 0, 500_000, 1_000)])[0] == OK  # the application latches, the engine does not


def test_a_gate_that_does_not_close_is_closed_and_reported():
    hal = Recorder(stuck_gate=True)
    engine = armed(hal)
    status, _ = pulse(engine, [(2, 1, 500_000, 1_000_000)])
    assert status == lib.OHM_E_WIDTH
    assert info(engine).worst > 2_000_000
    assert hal.pulses[0].closed_ns - hal.pulses[0].opened_ns < 2_100_000 + 5_000_000
    assert hal.safe


def test_records_that_change_while_they_run_meet_the_limits_again():
    hal = Recorder()
    engine = armed(hal)
    records = bytearray(pulse_words([(0, 0, 500_000, 1_000), (0, 1, 500_000, 1_000)]))
    out = bytearray(8)
    assert engine.start_pulses(records, 2, 0, out) == OK
    records[12:24] = pulse_words([(0, 1, 3_500_000, 1_000)])
    assert finish(engine) == lib.OHM_E_VOLTAGE
    assert engine.applied() == 1
    assert len(hal.pulses) == 1
    assert hal.safe
    assert engine.start_pulses(records, 1, 0, out) == OK
    records[0:4] = b"\xff\xff\xff\x7f"
    assert finish(engine) == lib.OHM_E_ARGUMENT
    assert len(hal.pulses) == 1


def begun(hal, engine, count=3):
    """A list whose first gate is open: its second pulse has passed its checks and waits at the converters' inputs."""
    records, out = bytearray(pulse_words([(0, i, 500_000, 50_000) for i in range(count)])), bytearray(4 * count)
    assert engine.start_pulses(records, count, 0, out) == OK
    while not hal.pulses:
        assert engine.step(0) == BUSY
    assert hal.open is not None
    return records, out


def test_a_pulse_that_is_ready_is_checked_anew_if_its_record_changes():
    hal = Recorder()
    engine = armed(hal)
    records, _out = begun(hal, engine)
    records[12:24] = pulse_words([(0, 1, 3_500_000, 1_000)])
    assert finish(engine) == lib.OHM_E_VOLTAGE
    assert len(hal.pulses) == engine.applied() == 1
    assert hal.safe


def test_a_pulse_that_is_ready_follows_its_record():
    hal = Recorder()
    engine = armed(hal)
    records, _out = begun(hal, engine)
    records[12:24] = pulse_words([(4, 6, -900_000, 2_000)])
    assert finish(engine) == OK
    _, second, third = hal.pulses
    assert np.abs(second.pairs_uv - pattern(HALF, -900_000, 4, 6, 8, 8)).max() <= CODE_UV + 1
    assert second.width_ns == 2_000
    assert np.abs(third.pairs_uv - pattern(HALF, 500_000, 0, 2, 8, 8)).max() <= CODE_UV + 1


def test_the_largest_array():
    hal = Recorder(board(ROWS=128, COLS=128), np.full((128, 128), 10_000.0))
    engine = armed(hal, THIRD, read_range=0)
    status, currents = pulse(engine, [(127, 127, 900_000, 1_000), (0, 127, -900_000, 1_000)], "AFTER")
    assert status == OK
    assert max(abs(current - 100_000) for current in currents) <= 39 + 80
