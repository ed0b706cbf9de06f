"""The emulated hardware: gate, flip-flop, trip, resets and time."""

import numpy as np
import pytest
from tests.sim.rig import ARMED, EACH, HALF, THIRD, finish, make_engine, make_hal, pulse, read_rows, records

from ohmsim.hal import Hal, Reset

WIDTH_NS = 10_000
VOLT = 6553.6  # codes


def put(hal: Hal, row_v: list[float], col_v: list[float], rows_on: list[int], span: int = 2) -> None:
    """Voltages on drivers and rows in the latch."""
    for side, volts in enumerate((row_v, col_v)):
        hal.dac_load(side, np.rint(32768 + np.array(volts) * VOLT).astype(np.uint16))
    hal.dac_update()
    on = np.zeros(hal.cells.rows, np.uint8)
    on[rows_on] = 1
    hal.latch(on, np.full(hal.cells.cols, span, np.uint8))


def select(hal: Hal, row: int, col: int, volts: float) -> None:
    """One cell at `volts`, half-selected neighbours."""
    rows, cols = [0.0] * hal.cells.rows, [0.0] * hal.cells.cols
    rows[row], cols[col] = volts / 2, -volts / 2
    put(hal, rows, cols, [row])
    hal.energise(1)


@pytest.fixture
def hal() -> Hal:
    return make_hal(4, 5, "vteam-ideal")


def test_a_gate_applies_its_width_and_closes_by_itself(hal: Hal) -> None:
    before = hal.cells.conductance_s.copy()
    select(hal, 1, 2, 1.6)
    hal.gate_open(1, WIDTH_NS)
    assert hal.gate_wait(4_000) == 1
    assert hal.gate_wait(6_000) == 0
    hal.delay_ns(1_000_000)
    p = hal.cells.device.parameters
    w0 = (before - p.g_min) / (p.g_max - p.g_min)
    w1 = 1 - (1 - w0[1, 2]) * np.exp(-p.rate_set * (1.6 / p.v_set - 1) ** 3 * WIDTH_NS * 1e-9)
    assert hal.cells.conductance_s[1, 2] == pytest.approx(p.g_min + (p.g_max - p.g_min) * w1, rel=1e-3)
    others = np.ones((4, 5), bool)
    others[1, 2] = False
    assert (hal.cells.conductance_s[others] == before[others]).all()


def test_half_select_is_seen_and_recorded(hal: Hal) -> None:
    select(hal, 1, 2, 1.6)
    hal.gate_open(1, WIDTH_NS)
    hal.delay_ns(WIDTH_NS)
    record = hal.cells.record
    expected = np.zeros((4, 5))
    expected[1, :] = expected[:, 2] = 0.8
    expected[1, 2] = 1.6
    assert np.abs(record.v_max - expected).max() < 2e-4
    assert (record.v_min == 0).all()
    assert record.full_pulses.sum() == record.full_pulses[1, 2] == 1


def test_nothing_leaves_zero_while_not_energised(hal: Hal) -> None:
    select(hal, 1, 2, 1.6)
    hal.energise(0)
    hal.gate_open(1, WIDTH_NS)
    assert hal.gate_wait(1) == 0
    assert hal.cells.record.v_max.max() == 0
    assert hal.gates == 0


def test_a_row_that_is_off_and_a_reference_that_is_not_released_are_at_zero(hal: Hal) -> None:
    put(hal, [0.2, 0.2, 0.2, 0.2], [1.0] * 5, [3])
    hal.energise(1)
    hal.gate_open(0, WIDTH_NS)
    hal.delay_ns(WIDTH_NS)
    assert np.abs(hal.cells.record.v_max[3] - 0.2).max() < 1e-4
    assert (hal.cells.record.v_max[:3] == 0).all()
    assert (hal.cells.record.full_pulses == 0).all()


def test_voltages_that_change_under_an_open_gate_are_recorded(hal: Hal) -> None:
    select(hal, 0, 0, 0.5)
    hal.gate_open(1, 1_000_000)
    put(hal, [2.0, 0, 0, 0], [-1.0, 0, 0, 0, 0], [0])
    hal.gate_close()
    assert hal.cells.record.v_max[0, 0] == pytest.approx(3.0, abs=1e-3)
    assert hal.cells.record.full_pulses[0, 0] == 1


def test_conversion_quantises_and_inverts() -> None:
    hal = make_hal(2, 2, "vteam-ideal", front_end__adc_noise=0)
    hal.cells.device.put(np.array([10e-6, 50e-6, 100e-6, 150e-6]))
    put(hal, [0.2, 0], [0, 0], [0], span=0)
    hal.energise(1)
    hal.gate_open(0, 1_000_000)
    codes = np.zeros(2, np.int16)
    assert hal.adc_sample(0, codes) == 0
    volts = round(0.2 * VOLT) / VOLT
    assert codes.tolist() == [round(-volts * g * 100e3 / 2.5 * 32768) for g in (10e-6, 50e-6)]


def test_conversion_stops_at_the_end_of_the_span() -> None:
    hal = make_hal(1, 2, "vteam-ideal")
    hal.cells.device.put(np.array([150e-6, 150e-6]))
    put(hal, [0.3], [0, 0], [0], span=0)
    hal.energise(1)
    hal.gate_open(0, 1_000_000)
    codes = np.zeros(2, np.int16)
    hal.adc_sample(4, codes)
    assert codes.tolist() == [-32768, -32768]


def test_a_conversion_that_outlives_its_gate_loses_current() -> None:
    hal = make_hal(1, 1, "vteam-ideal", front_end__adc_noise=0)
    hal.cells.device.put(np.array([100e-6]))
    put(hal, [0.2], [0], [0], span=0)
    hal.energise(1)
    codes = np.zeros(1, np.int16)
    hal.gate_open(0, 1_000_000)
    hal.adc_sample(4, codes)
    whole = int(codes[0])
    hal.gate_open(0, hal.front.board.conversion_ns[4] // 4)
    hal.adc_sample(4, codes)
    assert codes[0] == pytest.approx(whole / 4, rel=0.01)


def test_too_much_current_trips_within_the_comparators_delay() -> None:
    hal = make_hal(1, 1, "vteam-ideal")
    hal.cells.device.put(np.array([150e-6]))
    put(hal, [2.0], [0], [0], span=0)  # 300 uA in range L, which trips at 60 uA
    hal.energise(1)
    hal.gate_open(0, 1_000_000)
    assert hal.energised() == 1
    hal.delay_ns(hal.front.board.trip_delay_ns)
    assert hal.energised() == 0
    assert hal.gate_wait(1) == 0


@pytest.mark.parametrize(("span", "col_v", "line_pf", "trips"), [
    (0, 0.35, 200, False), (0, 0.8, 50, False), (0, 1.0, 50, True), (0, -1.0, 50, True),
    (1, 2.3, 200, False), (1, 3.0, 200, True), (2, 4.9, 200, False),
])  # fmt: skip
def test_a_column_whose_line_is_charged_too_fast_trips(span: int, col_v: float, line_pf: float, trips: bool) -> None:
    hal = make_hal(1, 1, "vteam-ideal", front_end__line_pf=line_pf)
    hal.cells.device.put(np.array([3e-6]))
    put(hal, [0.0], [col_v], [0], span=span)
    hal.energise(1)
    hal.gate_open(1, WIDTH_NS)
    hal.delay_ns(hal.front.board.trip_delay_ns)
    assert (hal.energised() == 0) is trips


def test_control_trip_in_the_middle_of_a_pulse_is_reported_and_halves_it() -> None:
    hal = make_hal(4, 4, "vteam-ideal")
    engine = make_engine(hal)
    engine.arm(ARMED)
    engine.setup((200_000, 1, 2, HALF, 2))
    hal.trip_at_gate(2)
    status, _ = pulse(engine, [(0, 0, 1_500_000, WIDTH_NS), (1, 1, 1_500_000, WIDTH_NS), (2, 2, 1_500_000, WIDTH_NS)])
    assert status == -10
    assert engine.applied() == 2
    full = hal.cells.record.full_pulses
    assert (full[0, 0], full[1, 1], full[2, 2]) == (1, 1, 0)


def test_reset_in_the_middle_of_a_pulse_cuts_it_there() -> None:
    whole, cut = make_hal(2, 2, "vteam-ideal"), make_hal(2, 2, "vteam-ideal")
    for hal in (whole, cut):
        hal.cells.device.put(np.full(4, 20e-6))
        select(hal, 0, 0, 1.6)
    cut.reset_at_gate(1)
    for hal in (whole, cut):
        hal.gate_open(1, WIDTH_NS)
        hal.gate_wait(WIDTH_NS)
    assert cut.failed is Reset.PROCESSOR
    assert whole.failed is None
    p = whole.cells.device.parameters
    left = [(p.g_max - hal.cells.conductance_s[0, 0]) / (p.g_max - 20e-6) for hal in (whole, cut)]
    assert left[1] == pytest.approx(left[0] ** 0.5, rel=1e-3)
    assert cut.cells.record.full_pulses[0, 0] == 1


def test_a_board_in_reset_cannot_move_its_lines(hal: Hal) -> None:
    select(hal, 0, 0, 1.6)
    hal.reset(Reset.PROCESSOR)
    select(hal, 0, 0, 1.6)
    hal.gate_open(1, WIDTH_NS)
    hal.delay_ns(WIDTH_NS)
    assert hal.energised() == 0
    assert hal.adc_sample(0, np.zeros(5, np.int16)) < 0
    assert hal.cells.record.v_max.max() == 0


def test_a_reset_clears_codes_and_latch(hal: Hal) -> None:
    select(hal, 0, 0, 1.6)
    hal.reset(Reset.PROCESSOR)
    hal.boot()
    hal.energise(1)
    hal.gate_open(1, WIDTH_NS)
    hal.delay_ns(WIDTH_NS)
    assert hal.cells.record.v_max.max() == 0


def test_watchdog_resets_and_the_gate_closes_with_it(hal: Hal) -> None:
    select(hal, 0, 0, 1.6)
    hal.watchdog()
    hal.gate_open(1, 1_000_000_000)
    hal.delay_ns(hal.front.board.watchdog_ns - 1)
    assert hal.failed is None
    hal.delay_ns(1)
    assert hal.failed is Reset.WATCHDOG
    assert hal.gate_wait(1) == 0


def test_a_fed_watchdog_lets_a_long_pulse_end(hal: Hal) -> None:
    select(hal, 0, 0, 0.5)
    hal.gate_open(1, 500_000_000)
    while hal.gate_wait(5_000_000):
        hal.watchdog()
    assert hal.failed is None
    assert hal.clock_ns() >= 500_000_000


def test_bad_conversions_are_counted_down(hal: Hal) -> None:
    hal.bad_conversions = 2
    codes = np.zeros(5, np.int16)
    assert [hal.adc_sample(0, codes) < 0 for _ in range(3)] == [True, True, False]


def test_time_is_what_the_board_takes(hal: Hal) -> None:
    board = hal.front.board
    for codes, words in (([40_000] * 4, 4), ([40_000, 0, 40_000, 1], 2), ([40_000, 0, 40_000, 1], 0)):
        start = hal.clock_ns()
        hal.dac_load(0, np.array(codes, np.uint16))
        assert hal.clock_ns() - start == words * board.dac_word_ns == words * 1050
    start = hal.clock_ns()
    hal.adc_sample(4, np.zeros(5, np.int16))
    assert hal.clock_ns() - start == 20_000 + board.adc_frame_ns


def test_clock_starts_anew_with_a_boot(hal: Hal) -> None:
    hal.delay_ns(50)
    hal.reset(Reset.POWER)
    hal.boot()
    assert hal.clock_ns() == 0
    assert hal.time.now_ns >= 50


@pytest.mark.parametrize("bias", [HALF, THIRD])
def test_engine_and_front_end_agree_on_currents(bias: int) -> None:
    hal = make_hal(8, 8, read_noise__white=0, read_noise__slow=0, read_noise__telegraph_cells=0)
    engine = make_engine(hal)
    engine.arm(ARMED)
    engine.setup((200_000, 256, 3, bias, 2))
    currents = read_rows(engine, 0, 8, 8) * 10e-12
    volts = round(0.2 * VOLT) / VOLT
    expected = hal.cells.conductance_s * volts
    step = np.where(expected > 20e-6, 16.05e-9, 0.763e-9)
    assert (np.abs(currents - expected) < 2 * step).all()


def test_pulses_are_counted_where_they_were_applied() -> None:
    hal = make_hal(8, 8)
    engine = make_engine(hal)
    engine.arm(ARMED)
    rng = np.random.default_rng(3)
    wanted = np.zeros((8, 8), int)
    for bias in (HALF, THIRD):
        engine.setup((200_000, 16, 3, bias, 2))
        cells = rng.integers(0, 8, (40, 2)).tolist()
        status, _ = pulse(engine, [(row, col, 1_200_000, WIDTH_NS) for row, col in cells], EACH)
        assert status == 0
        for row, col in cells:
            wanted[row, col] += 1
    assert (hal.cells.record.full_pulses == wanted).all()


def test_a_refused_list_moves_nothing() -> None:
    hal = make_hal(4, 4)
    engine = make_engine(hal)
    before = hal.cells.conductance_s.copy()
    status = engine.start_pulses(records([(0, 0, 1_000_000, WIDTH_NS)]), 1, 0, bytearray(4))
    assert status == -2
    assert finish(engine) <= 0
    assert (hal.cells.conductance_s == before).all()
    assert hal.gates == 0
