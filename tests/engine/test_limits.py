"""What is refused, and what the refusal says."""

import numpy as np
import pytest
from ohmsim._engine import lib
from tests.engine.calls import (
    LIMITS,
    OK,
    Info,
    cell,
    info,
    limits,
    multiply,
    pulse,
    read,
    read_rows,
    start_pulses,
    words,
)
from tests.engine.recorder import COLS, ROWS, Recorder, board

from ohmboard._board import ENGINE
from ohmsim.engine import Engine

GND, HALF, THIRD = 0, 1, 2
GOOD = (0, 0, 500_000, 1_000)


def started(hal: Recorder, armed=LIMITS, setup=(40_000, 1, 3, HALF, 2)) -> Engine:
    engine = Engine(hal)
    assert engine.init(hal.board) == OK
    if armed is not None:
        assert engine.arm(armed) == OK
    assert engine.setup(setup) == OK
    return engine


def test_unarmed_refuses_pulses():
    hal = Recorder()
    engine = started(hal, armed=None)
    assert pulse(engine, [GOOD])[0] == lib.OHM_E_UNARMED
    assert engine.arm(LIMITS) == OK
    assert engine.disarm() == OK
    assert pulse(engine, [GOOD])[0] == lib.OHM_E_UNARMED
    assert info(engine).status == lib.OHM_E_UNARMED
    assert hal.gates == []
    assert not hal.armed


def test_unarmed_reads_with_little():
    hal = Recorder()
    engine = started(hal, armed=None)
    assert read(engine, [(0, 0)])[0] == OK
    assert engine.setup((50_000, 1, 3, HALF, 2)) == OK
    gates = len(hal.gates)
    for status in (read(engine, [(0, 0)])[0], read_rows(engine, 0, 8, 8)[0], multiply(engine, [[-50_000] * 8], 8)[0]):
        assert status == lib.OHM_E_READ_VOLTAGE
    assert len(hal.gates) == gates


def test_limits_in_force_are_the_lower_ones():
    engine = started(Recorder(), armed=None)
    assert limits(engine) == (50_000, 0, 0, 0, 2, 0)
    assert engine.arm((10_000_000, 10_000_000, 1_000_000, 2_000_000_000, 1, 7)) == OK
    assert limits(engine) == (300_000, 6_000_000, 1_000_000, 1_000_000_000, 1, 7)
    assert engine.disarm() == OK
    assert limits(engine) == (50_000, 0, 0, 0, 2, 0)


def test_a_refusal_names_cell_and_numbers():
    engine = started(Recorder(), (300_000, 1_000_000, 2_000_000, 1_000_000, 2, 100))
    assert start_pulses(engine, [GOOD, (3, 4, 1_000_000, 1_000)])[0] == lib.OHM_E_VOLTAGE
    # two driven lines of half the voltage each: 1 V x 1.0025 + 2 x 5 mV, rounded to codes
    assert info(engine) == Info(lib.OHM_E_VOLTAGE, 1, 3, 4, 1_000_000, info(engine).worst, 1_000_000)
    assert abs(info(engine).worst - 1_012_500) <= 153
    assert start_pulses(engine, [(3, 4, 1_200_000, 1_000)])[0] == lib.OHM_E_VOLTAGE
    assert info(engine) == Info(lib.OHM_E_VOLTAGE, 0, 3, 4, 1_200_000, 1_200_000, 1_000_000)
    assert start_pulses(engine, [(3, 4, 987_000, 1_000), (3, 4, -1_980_000, 1_000)])[0] == OK


@pytest.mark.parametrize(
    ("pulses", "status", "asked", "limit"),
    [
        ([(0, 0, 500_000, 499)], lib.OHM_E_WIDTH, 499, 500),
        ([(0, 0, 500_000, 1_000_001)], lib.OHM_E_WIDTH, 1_000_001, 1_000_000),
        ([(0, 0, 500_000, 0)], lib.OHM_E_WIDTH, 0, 500),
        ([(0, 0, 500_000, -1)], lib.OHM_E_WIDTH, -1, 500),
        ([(0, 0, -(2**31), 1_000)], lib.OHM_E_VOLTAGE, -(2**31), 3_000_000),
        ([(0, 0, 2**31 - 1, 1_000)], lib.OHM_E_VOLTAGE, 2**31 - 1, 3_000_000),
    ],
)
def test_numbers_outside_the_limits(pulses, status, asked, limit):
    hal = Recorder()
    engine = started(hal, (300_000, 3_000_000, 3_000_000, 1_000_000, 2, 100))
    assert pulse(engine, pulses)[0] == status
    assert (info(engine).status, info(engine).asked, info(engine).limit) == (status, asked, limit)
    assert hal.gates == []


def test_the_neighbours_count_too():
    """THIRD drives V/3 the other way over unselected cells: a device that may not be reset refuses it."""
    engine = started(Recorder(), (100_000, 2_000_000, 300_000, 1_000_000, 2, 100), (40_000, 1, 3, THIRD, 2))
    assert start_pulses(engine, [(1, 1, 1_200_000, 1_000)])[0] == lib.OHM_E_VOLTAGE
    refused = info(engine)
    assert refused.row != 1
    assert refused.col != 1
    assert abs(refused.asked + 400_000) < 153
    assert refused.limit == 300_000
    assert engine.setup((40_000, 1, 3, HALF, 2)) == OK
    assert start_pulses(engine, [(1, 1, 1_200_000, 1_000)])[0] == OK


def test_a_line_that_cannot_be_reached():
    hal = Recorder()
    engine = started(hal, (300_000, 6_000_000, 6_000_000, 1_000_000, 2, 100), (40_000, 1, 3, GND, 2))
    assert pulse(engine, [(2, 5, 5_000_000, 1_000)])[0] == lib.OHM_E_LINE
    assert (info(engine).row, info(engine).asked, info(engine).limit) == (2, 5_000_000, 4_999_850)
    assert engine.setup((40_000, 1, 3, HALF, 2)) == OK
    assert pulse(engine, [(2, 5, 5_000_000, 1_000)])[0] == OK


def test_pulses_of_a_cell_are_counted_since_arming():
    hal = Recorder()
    limited = (300_000, 3_000_000, 3_000_000, 1_000_000, 2, 3)
    engine = started(hal, limited)
    assert pulse(engine, [GOOD, (0, 1, 500_000, 1_000), GOOD])[0] == OK
    assert pulse(engine, [GOOD, GOOD])[0] == lib.OHM_E_COUNT
    assert (info(engine).item, info(engine).asked, info(engine).limit) == (1, 4, 3)
    assert pulse(engine, [(0, 1, 500_000, 1_000)] * 2)[0] == OK  # the refused list has not been counted
    assert pulse(engine, [GOOD])[0] == OK
    assert pulse(engine, [GOOD])[0] == lib.OHM_E_COUNT
    assert len(hal.pulses) == 6
    assert engine.arm(limited) == OK
    assert pulse(engine, [GOOD] * 3)[0] == OK


def test_pulses_that_did_not_happen_are_not_counted():
    hal = Recorder()
    engine = started(hal, (300_000, 3_000_000, 3_000_000, 1_000_000_000, 2, 3))
    start_pulses(engine, [(0, 0, 500_000, 50_000_000)] * 3)
    engine.step(1_000_000)
    engine.abort()
    assert engine.step(0) == lib.OHM_E_ABORTED
    assert engine.applied() == 1
    assert pulse(engine, [GOOD] * 3)[0] == lib.OHM_E_COUNT
    assert pulse(engine, [GOOD] * 2)[0] == OK


def test_current_range_limits():
    engine = started(Recorder(), (300_000, 3_000_000, 3_000_000, 1_000_000, 1, 100))
    assert pulse(engine, [GOOD])[0] == lib.OHM_E_RANGE
    assert (info(engine).asked, info(engine).limit) == (2, 1)
    assert engine.setup((40_000, 1, 2, HALF, 1)) == OK
    assert pulse(engine, [GOOD])[0] == OK
    assert pulse(engine, [GOOD], "EACH")[0] == lib.OHM_E_RANGE
    assert read(engine, [(0, 0)])[0] == lib.OHM_E_RANGE
    assert multiply(engine, [[0] * 8], 8)[0] == lib.OHM_E_RANGE


@pytest.mark.parametrize(("range_", "most"), list(enumerate(ENGINE[lib.OHM_BOARD_COL_L_UV :][:3])))
@pytest.mark.parametrize("sign", [1, -1])
def test_a_column_takes_no_more_than_its_range_bears(range_, most, sign):
    """Its line is charged through the range's resistor: beyond, the board would trip. A row alone is free of it."""
    hal = Recorder()
    engine = started(hal, (300_000, 6_000_000, 6_000_000, 1_000_000, 2, 100), (40_000, 1, 2, HALF, range_))
    largest = min(2 * most, 5_900_000)
    assert pulse(engine, [(2, 5, sign * largest, 1_000)])[0] == OK
    if largest == 2 * most:
        gates = len(hal.gates)
        beyond = (3, 4, sign * (largest + 2), 1_000)
        assert pulse(engine, [GOOD, beyond])[0] == lib.OHM_E_COLUMN
        assert info(engine) == Info(lib.OHM_E_COLUMN, 1, 3, 4, -sign * (most + 1), range_, most)
        assert len(hal.gates) == gates
    assert engine.setup((40_000, 1, 2, GND, range_)) == OK
    assert pulse(engine, [(2, 5, sign * 4_900_000, 1_000)])[0] == OK


def test_a_list_may_last_an_exchange_and_a_single_pulse_longer():
    hal = Recorder(board(EXCHANGE_MAX_NS=10_000_000))
    engine = started(hal)
    assert pulse(engine, [(0, 0, 500_000, 5_000_000)] * 2)[0] == OK
    assert pulse(engine, [(0, 0, 500_000, 5_000_000), (0, 0, 500_000, 5_000_001)])[0] == lib.OHM_E_DURATION
    assert info(engine).asked == 10_000_001
    assert pulse(engine, [(0, 0, 500_000, 50_000_000)])[0] == OK


def test_a_read_back_above_the_read_limit_refuses_the_pulses():
    hal = Recorder()
    engine = started(hal, (60_000, 3_000_000, 3_000_000, 1_000_000, 2, 100), (60_000, 1, 3, HALF, 2))
    assert pulse(engine, [GOOD], "AFTER")[0] == lib.OHM_E_READ_VOLTAGE
    assert hal.gates == []
    assert pulse(engine, [GOOD])[0] == OK


def test_reads_are_held_to_the_limit_of_their_direction():
    engine = started(Recorder(), (300_000, 200_000, 100_000, 1_000_000, 2, 100))
    assert multiply(engine, [[190_000] + [0] * 7], 8)[0] == OK
    assert multiply(engine, [[0] * 8, [0] * 7 + [200_000]], 8)[0] == lib.OHM_E_READ_VOLTAGE
    assert (info(engine).item, info(engine).row, info(engine).limit) == (1, 7, 200_000)
    assert multiply(engine, [[-94_000] + [0] * 7], 8)[0] == OK
    inputs = words([-96_000] + [0] * 7)
    assert engine.start_multiply(inputs, 1, bytearray(32)) == lib.OHM_E_READ_VOLTAGE
    assert (info(engine).asked, info(engine).limit) == (-96_000, 100_000)


@pytest.mark.parametrize("table", range(4))
def test_corrections_beyond_the_tolerance_are_refused_whole(table):
    hal = Recorder()
    engine = started(hal)
    tolerance = 5_000 if table in (lib.OHM_TABLE_ROW_OFFSET_UV, lib.OHM_TABLE_COL_OFFSET_UV) else 2_500
    assert engine.calibrate(table, words([tolerance, -tolerance] * 4)) == OK
    before = pulse(engine, [(0, 0, 2_000_000, 1_000)])[0], hal.pulses[-1].pairs_uv
    for bad in (tolerance + 1, -tolerance - 1, 2**31 - 1, -(2**31)):
        assert engine.calibrate(table, words([0] * 5 + [bad] + [0] * 2)) == lib.OHM_E_CALIBRATION
        assert (info(engine).item, info(engine).asked, info(engine).limit) == (5, bad, tolerance)
    assert pulse(engine, [(0, 0, 2_000_000, 1_000)])[0] == before[0]
    assert np.array_equal(hal.pulses[-1].pairs_uv, before[1])


def test_corrections_straighten_the_lines():
    rng = np.random.default_rng(5)
    gain = {side: rng.integers(-2500, 2501, 8) for side in (ROWS, COLS)}
    offset = {side: rng.integers(-5000, 5001, 8) for side in (ROWS, COLS)}
    hal = Recorder(
        gain={s: g * 1e-6 for s, g in gain.items()}, offset_uv={s: o.astype(float) for s, o in offset.items()}
    )
    engine = started(hal, setup=(40_000, 1, 3, THIRD, 2))
    for side, tables in ((ROWS, (0, 1)), (COLS, (2, 3))):
        assert engine.calibrate(tables[0], words(offset[side].tolist())) == OK
        assert engine.calibrate(tables[1], words(gain[side].tolist())) == OK
    assert pulse(engine, [(2, 6, 1_500_000, 1_000)])[0] == OK
    pairs = hal.pulses[-1].pairs_uv
    assert abs(pairs[2, 6] - 1_500_000) < 160 + 15  # half a code a line; corrections are of first order
    assert abs(pairs[0, 0] + 500_000) < 160 + 15


@pytest.mark.parametrize("bias", [GND, HALF, THIRD])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("corrected", [0, 5_000, -5_000])
def test_the_largest_accepted_pulse_just_meets_the_limit_in_the_worst_case(bias, sign, corrected):
    """The law is not kept by refusing everything: with the worst drivers, the limit is reached but for a code."""
    limit = 2_000_000
    hal = Recorder()
    engine = started(hal, (100_000, limit, limit, 1_000_000, 2, 1_000_000), (40_000, 1, 3, bias, 2))
    assert engine.calibrate(lib.OHM_TABLE_ROW_OFFSET_UV, words([corrected] * 8)) == OK
    low, high = 1_000, limit
    while high - low > 1:
        middle = (low + high) // 2
        status, _ = start_pulses(engine, [(3, 4, sign * middle, 1_000)])
        low, high = (middle, high) if status == OK else (low, middle)
        engine.abort()
        engine.step(0)
    hal.offset_uv = {ROWS: np.full(8, sign * 5000.0), COLS: np.full(8, sign * -5000.0)}
    hal.gain = {side: np.full(8, 0.0025) for side in (ROWS, COLS)}
    assert pulse(engine, [(3, 4, sign * low, 1_000)])[0] == OK
    worst = sign * hal.pulses[-1].pairs_uv[3, 4]
    assert limit - 2 * 153 < worst <= limit


def test_malformed_requests():
    hal = Recorder()
    engine = started(hal)
    out = bytearray(4 * 256)
    one = words([cell(0, 0), 500_000, 1_000])
    for status in (
        engine.start_pulses(b"", 0, 0, out),
        engine.start_pulses(b"", -1, 0, out),
        engine.start_pulses(one, 1, 3, out),
        engine.start_pulses(one, 1, -1, out),
        engine.start_pulses(words([cell(8, 0), 500_000, 1_000]), 1, 0, out),
        engine.start_pulses(words([cell(0, 8), 500_000, 1_000]), 1, 0, out),
        engine.start_pulses(words([-1, 500_000, 1_000]), 1, 0, out),
        engine.start_pulses(words([cell(0, 0), 0, 1_000]), 1, 0, out),
        engine.start_reads(words([cell(0, 0), cell(7, 8)]), 2, out),
        engine.start_reads(b"", 0, out),
        engine.start_rows(0, 9, out),
        engine.start_rows(8, 1, out),
        engine.start_rows(-1, 1, out),
        engine.start_rows(4, 5, out),
        engine.start_rows(2**31 - 1, 1, out),
        engine.start_multiply(b"", 0, out),
        engine.arm((1, 2, 3)),
        engine.arm((-1, 0, 0, 0, 0, 0)),
        engine.arm((0, 0, 0, 0, 3, 0)),
        engine.setup((0, 1, 3, 1, 2)),
        engine.setup((40_000, 3, 3, 1, 2)),
        engine.setup((40_000, 8192, 3, 1, 2)),
        engine.setup((40_000, 1, 4, 1, 2)),
        engine.setup((40_000, 1, 3, 3, 2)),
        engine.setup((40_000, 1, 3, 1, 3)),
        engine.calibrate(4, bytes(32)),
        engine.calibrate(0, bytes(28)),
        engine.step(0),
        engine.limits(bytearray(20)),
    ):
        assert status == lib.OHM_E_ARGUMENT
    assert engine.setup((300_001, 1, 3, 1, 2)) == lib.OHM_E_READ_VOLTAGE
    assert hal.gates == []
    assert not hal.armed


@pytest.mark.parametrize(
    "fields",
    [
        {"ROWS": 0},
        {"ROWS": 129},
        {"COLS": -1},
        {"LINE_SPAN_UV": 0},
        {"LINE_ZERO_CODE": 65536},
        {"LINE_MIN_UV": 1},
        {"LINE_MAX_UV": 10_000_001},
        {"LINE_TOL_GAIN_PPM": 1_000_000},
        {"LINE_TOL_OFFSET_UV": -1},
        {"RF_L_MOHM": 0},
        {"RF_H_MOHM": 1},
        {"RF_L_MOHM": 100},
        {"SETTLE_M_NS": -1},
        {"V_CELL_UV": -1},
        {"V_READ_UNARMED_UV": 300_001},
        {"PULSE_MIN_NS": 0},
        {"PULSE_MAX_NS": 100},
        {"RANGE_MAX": 3},
        {"EXCHANGE_MAX_NS": 0},
    ],
)
def test_a_board_that_makes_no_sense_is_refused(fields):
    hal = Recorder()
    engine = Engine(hal)
    assert engine.init(board(**fields)) == lib.OHM_E_ARGUMENT
    (name, value), *_ = fields.items()
    assert info(engine).asked == value or name == "RF_L_MOHM"
    assert hal.log == []
    assert engine.arm(LIMITS) == lib.OHM_E_ARGUMENT
    assert engine.start_reads(bytes(4), 1, bytearray(4)) == lib.OHM_E_ARGUMENT
    assert engine.step(0) == lib.OHM_E_ARGUMENT
    assert engine.abort() == lib.OHM_E_ARGUMENT
    assert engine.time_us() == lib.OHM_E_ARGUMENT
    assert hal.log == []


def test_a_new_engine_only_makes_safe():
    hal = Recorder(ENGINE)
    assert Engine(hal).init(ENGINE) == OK
    assert hal.safe
    assert hal.gates == []
    assert "gate_open" not in hal.log
