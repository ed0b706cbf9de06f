"""Reading: values, ranges, averages, offsets and what is flagged."""

from fractions import Fraction

import numpy as np
import pytest
from ohmsim._engine import lib
from tests.engine.calls import LIMITS, OK, info, multiply, read, read_rows
from tests.engine.recorder import Recorder, board

from ohmboard._board import ENGINE
from ohmsim.engine import BenchEngine, Engine

SPAN_UV = 2_500_000
RF_MOHM = {0: 100_000_000, 1: 4_755_600, 2: 202_600}
AUTO = 3


def bench(conductances_ns: list[int], v_read_uv: int = 200_000, averages: int = 16, read_range: int = AUTO):
    rows = len(conductances_ns) // 8
    engine = BenchEngine(conductances_ns)
    assert engine.init(board(ROWS=rows)) == OK
    assert engine.arm(LIMITS) == OK
    assert engine.setup((v_read_uv, averages, read_range, 1, 2)) == OK
    return engine


def rounded(value: Fraction) -> int:
    """To the nearest integer, half away from zero."""
    return int(value + Fraction(1, 2)) if value >= 0 else -int(-value + Fraction(1, 2))


def line_uv(asked_uv: int) -> int:
    """What an ideal line gives: whole codes, and the bench keeps whole µV."""
    return int(Fraction(rounded(Fraction(asked_uv * 65536, 10_000_000)) * 10_000_000, 65536))


def expected(femtoamperes: int, read_range: int) -> int:
    """What a perfect converter makes of a current, in units of 10 pA."""
    full_scale_fa = Fraction(SPAN_UV * 10**12, RF_MOHM[read_range])
    code = rounded(Fraction(-femtoamperes * 32768) / full_scale_fa)
    return rounded(-code * full_scale_fa / 32768 / 10_000)


def finest(femtoamperes: int) -> int:
    """The range that AUTO should choose: what fits in 80 % of the finer one."""
    for read_range in (0, 1):
        if abs(femtoamperes) <= Fraction(8, 10) * Fraction(SPAN_UV * 10**12, RF_MOHM[read_range]):
            return read_range
    return 2


@pytest.mark.parametrize("read_range", [0, 1, 2, AUTO])
def test_cells_read_right_to_a_unit(read_range):
    conductances = [500 + 1711 * i for i in range(64)]  # 0.5 to 108 µS: up to 21.6 µA at 0.2 V
    engine = bench(conductances, read_range=read_range)
    status, currents = read_rows(engine, 0, 8, 8)
    assert status == OK
    femtoamperes = [g * line_uv(200_000) for g in conductances]
    want = [expected(fa, finest(fa) if read_range == AUTO else read_range) for fa in femtoamperes]
    assert np.abs(currents.ravel() - want).max() <= 1


def test_auto_gives_every_column_its_own_range():
    hal = Recorder(board(ROWS=1), np.array([[1_000.0, 90_000, 105_000, 400_000, 2_000_000, 2_200_000, 9e6, 5e7]]))
    engine = Engine(hal)
    assert engine.init(hal.board) == OK
    assert engine.arm(LIMITS) == OK
    assert engine.setup((200_000, 1, AUTO, 1, 2)) == OK
    status, currents = read(engine, [(0, col) for col in range(8)])
    assert status == OK
    # 20 µA is 80 % of L, 420 µA of M; the last column has 10 mA, which only H holds
    assert hal.latched[-2][1] == [0, 0, 1, 1, 1, 2, 2, 2]
    lsb = np.array([76.3, 76.3, 1605, 1605, 1605, 37700, 37700, 37700])
    want = line_uv(200_000) * hal.conductances_ns[0] / 10_000
    assert (np.abs(currents - want) <= lsb / 2 + 1).all()


def test_auto_never_goes_above_the_range_limit():
    hal = Recorder(board(ROWS=1), np.full((1, 8), 50_000_000.0))
    engine = Engine(hal)
    engine.init(hal.board)
    assert engine.arm((300_000, 3_000_000, 3_000_000, 1_000_000, 1, 10)) == OK
    hal.latched.clear()
    status, currents = read(engine, [(0, 0)])
    assert status == OK
    assert currents == [lib.OHM_OVER_POS]
    used = {read_range for rows, ranges in hal.latched[:-1] if any(rows) for read_range in ranges}
    assert used == {1}


def test_the_zero_vector_takes_amplifier_offsets_out():
    offsets = np.array([120, -300, 45, 0, 7, -1, 999, -999], np.int16)
    conductances = np.full((8, 8), 40_000.0)
    currents = []
    for codes in (None, offsets):
        hal = Recorder(conductances_ns=conductances, amplifier_codes=codes)
        engine = Engine(hal)
        engine.init(ENGINE)
        status, values = read_rows(engine, 0, 8, 8)
        assert status == OK
        currents.append(values)
    assert np.array_equal(*currents)


@pytest.mark.parametrize(
    ("averages", "oversampling", "conversions"), [(1, 0, 1), (16, 4, 1), (256, 8, 1), (4096, 8, 16)]
)
def test_averages(averages, oversampling, conversions):
    hal = Recorder(conductances_ns=np.full((8, 8), 40_000.0))
    engine = Engine(hal)
    engine.init(ENGINE)
    assert engine.setup((40_000, averages, 1, 1, 2)) == OK
    status, currents = read_rows(engine, 0, 2, 8)
    assert status == OK
    assert np.abs(currents - 40_000 * 40_000 / 10_000).max() <= 1605 / 2 + 88  # half a code, and the line's
    # one zero vector for the request, then one average for each of the two rows
    assert hal.oversampling == [oversampling] * (3 * conversions)


def test_a_run_of_cells_in_one_row_shares_its_conversions():
    hal = Recorder(conductances_ns=np.arange(64.0).reshape(8, 8) * 1000)
    engine = Engine(hal)
    engine.init(ENGINE)
    engine.setup((40_000, 16, 0, 1, 2))
    status, currents = read(engine, [(3, 0), (3, 7), (3, 2), (4, 1), (3, 0)])
    assert status == OK
    assert len(hal.gates) == 3  # rows 3, 4 and 3 again
    want = [
        line_uv(40_000) * hal.conductances_ns[row, col] / 10_000
        for row, col in ((3, 0), (3, 7), (3, 2), (4, 1), (3, 0))
    ]
    assert np.abs(np.array(currents) - want).max() <= 39
    assert [np.flatnonzero(gate.pairs_uv.any(1)).tolist() for gate in hal.gates] == [[3], [4], [3]]


def test_reads_leave_columns_at_hard_ground_and_other_rows_off():
    hal = Recorder(offset_uv={1: np.full(8, 4000.0)})
    engine = Engine(hal)
    engine.init(ENGINE)
    assert read(engine, [(5, 5)])[0] == OK
    for gate in hal.gates:
        assert not gate.columns
        assert np.flatnonzero(gate.pairs_uv.any(1)).tolist() == [5]
        assert gate.closed_ns - gate.opened_ns < gate.width_ns < 1_000_000


@pytest.mark.parametrize(("sign", "flag"), [(1, lib.OHM_OVER_POS), (-1, lib.OHM_OVER_NEG)])
def test_a_reading_outside_the_range_is_flagged(sign, flag):
    engine = bench([1_000_000 if i % 8 == 3 else 1_000 for i in range(64)], read_range=0)
    status, currents = multiply(engine, [[sign * 100_000] + [0] * 7], 8)
    assert status == OK
    assert currents[0, 3] == flag
    assert (np.abs(np.delete(currents[0], 3) - sign * 10_000) < 80).all()


def test_one_clipped_conversion_flags_the_whole_average():
    hal = Recorder(conductances_ns=np.full((8, 8), 40_000.0))
    calls = 0

    def surge(name: str) -> None:
        nonlocal calls
        calls += name == "adc_sample"
        hal.amplifier_codes = np.full(8, 40_000 if name == "adc_sample" and calls == 20 else 0, np.int32)

    hal.before = surge
    engine = Engine(hal)
    engine.init(ENGINE)
    assert engine.setup((40_000, 4096, 1, 1, 2)) == OK
    assert read(engine, [(0, 0), (1, 0)])[1][0] == lib.OHM_OVER_NEG


def test_multiplication_is_the_product():
    rng = np.random.default_rng(20)
    conductances = rng.integers(1_000, 100_000, (8, 8))
    inputs = rng.integers(-200_000, 200_001, (5, 8))
    inputs[2] = 0
    engine = bench(conductances.ravel().tolist(), read_range=1)
    status, currents = multiply(engine, inputs.tolist(), 8)
    assert status == OK
    lines = np.vectorize(line_uv)(inputs)
    assert np.abs(currents - lines @ conductances / 10_000).max() <= 1605 / 2 + 1
    assert (currents[2] == 0).all()


def test_a_zero_input_is_hard_ground():
    hal = Recorder(offset_uv={0: np.full(8, 5000.0)})
    engine = Engine(hal)
    engine.init(ENGINE)
    assert multiply(engine, [[0, 20_000, 0, -20_000, 0, 0, 0, 0]], 8)[0] == OK
    assert np.flatnonzero(hal.gates[-1].pairs_uv.any(1)).tolist() == [1, 3]


@pytest.mark.parametrize("fault", ["converter", "trip"])
def test_a_failure_in_the_middle_is_reported_and_safe(fault):
    hal = Recorder(conductances_ns=np.full((8, 8), 40_000.0))
    engine = Engine(hal)
    engine.init(ENGINE)
    engine.setup((40_000, 1, 1, 1, 2))
    if fault == "converter":
        hal.bad_after = 5
    else:
        hal.before = lambda name: hal.trip() if name == "adc_sample" and len(hal.gates) == 4 else None
    status, currents = read(engine, [(row, 0) for row in range(8)])
    assert status == (lib.OHM_E_CONVERTER if fault == "converter" else lib.OHM_E_TRIP)
    assert info(engine).status == status
    assert info(engine).item == 3
    assert currents[3:] == [lib.OHM_NO_READING] * 5
    assert lib.OHM_NO_READING not in currents[:3]
    assert hal.safe


def test_a_gate_that_closed_too_early_is_no_reading():
    hal = Recorder()
    hal.before = lambda name: hal.pass_ns(10_000_000) if name == "adc_sample" else None
    engine = Engine(hal)
    engine.init(ENGINE)
    assert read(engine, [(0, 0)])[0] == lib.OHM_E_CONVERTER
    assert hal.safe
