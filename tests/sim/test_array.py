"""`sim://`: the array without a board keeps the interface, the limits and the histories of the cells."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sim.rig import make_hal

from ohmloop.crossbar import (
    AddressError,
    Bias,
    Crossbar,
    CurrentRange,
    EffectToken,
    ExchangeStatus,
    LimitExceeded,
    Limits,
    PulseList,
    PulseResult,
    Readback,
    ReadConditions,
    Setup,
    Unarmed,
)
from ohmsim.array import SimulatedArray, open_array
from ohmsim.pulse_list import apply_pulses, line_volts

LIMITS = Limits(v_read=0.25, v_set=2.1, v_reset=2.1, width_max_s=100e-6, pulses_max=100)
WIDTH_S = 10e-6


@pytest.fixture
def array() -> SimulatedArray:
    crossbar = open_array("sim://4x6?device=vteam&seed=7")
    crossbar.arm(LIMITS, "ab")
    crossbar.configure(Setup(ReadConditions(0.2, 16), Bias.THIRD))
    return crossbar


def pulses(cells: list[tuple[int, int]], volts: float = 1.5) -> PulseList:
    rows, cols = np.array(cells, np.int32).T
    return PulseList(rows, cols, np.full(len(cells), volts), np.full(len(cells), WIDTH_S))


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([Bias.HALF, Bias.THIRD]),
    st.lists(
        st.tuples(
            st.integers(0, 3), st.integers(0, 3), st.floats(0.7, 1.2) | st.floats(-1.2, -0.7), st.sampled_from([1, 3])
        ),
        min_size=1,
        max_size=24,
    ),
)
def test_a_list_at_once_is_the_list_one_by_one(bias: Bias, asked: list[tuple[int, int, float, int]]) -> None:
    together, alone = make_hal(4, 4).cells, make_hal(4, 4).cells
    rows, cols, volts, widths = (np.array(column) for column in zip(*asked, strict=True))
    assert np.abs(volts).max() / 2 < together.quiet_v
    apply_pulses(together, bias, rows, cols, volts, widths * WIDTH_S)
    for row, col, v, width in asked:
        opening = alone.open(*line_volts(alone, bias, row, col, v))
        alone.hold(opening, width * WIDTH_S)
    assert np.allclose(together.conductance_s, alone.conductance_s, rtol=1e-12)
    assert (together._pulses == alone._pulses).all()
    assert (together.record.full_pulses == alone.record.full_pulses).all()


def test_half_selected_cells_that_can_move_do_move() -> None:
    cells = make_hal(4, 4).cells
    before = cells.conductance_s.copy()
    apply_pulses(cells, Bias.HALF, np.array([1]), np.array([2]), np.array([2.4]), np.array([1e-3]))
    moved = cells.conductance_s != before
    assert moved[1].sum() + moved[:, 2].sum() > 2
    assert not moved[np.ix_([0, 2, 3], [0, 1, 3])].any()


def test_it_is_a_crossbar_and_reads_what_is_there(array: SimulatedArray) -> None:
    assert isinstance(array, Crossbar)
    seen = array.read_array().conductances_s
    assert seen.shape == (4, 6)
    assert np.abs(seen / array.cells.conductance_s - 1).max() < 0.1
    listed = array.read_cells(np.array([3, 0, 3]), np.array([5, 0, 1]))
    assert np.allclose(listed.conductances_s, seen[[3, 0, 3], [5, 0, 1]], rtol=0.1)


def test_pulses_move_their_cells_and_are_read_back(array: SimulatedArray) -> None:
    before = array.cells.conductance_s.copy()
    result = array.pulse(pulses([(0, 0), (3, 5)], 1.6), Readback.EACH)
    assert result.applied == 2
    assert result.readings is not None
    moved = array.cells.conductance_s > before
    assert moved.sum() == 2
    assert moved[0, 0]
    assert moved[3, 5]
    assert np.allclose(result.readings.conductances_s, array.cells.conductance_s[[0, 3], [0, 5]], rtol=0.1)
    assert array.pulse(pulses([(1, 1)]), Readback.NONE).readings is None


def test_negative_amplitudes_reset(array: SimulatedArray) -> None:
    before = array.cells.conductance_s.copy()
    array.pulse(pulses([(2, 2)], -1.8))
    assert array.cells.conductance_s[2, 2] < before[2, 2]


def test_multiplication_is_the_product(array: SimulatedArray) -> None:
    volts = np.random.default_rng(1).uniform(0, 0.2, (7, 4))
    currents = array.multiply(volts).currents_a
    assert np.allclose(currents, volts @ array.cells.conductance_s, rtol=0.05)


def test_a_current_beyond_its_range_is_flagged(array: SimulatedArray) -> None:
    array.cells.device.put(np.full(24, 120e-6))
    array.configure(Setup(ReadConditions(0.24, 1, CurrentRange.L), Bias.THIRD))
    assert np.isposinf(array.read_array().currents_a).all()


@pytest.mark.parametrize(
    ("volts", "width_s", "said"),
    [(2.2, WIDTH_S, "Voltage"), (-2.2, WIDTH_S, "Voltage"), (1.0, 1e-3, "Width"), (1.0, 1e-9, "Width")],
)
def test_nothing_above_a_limit_is_applied(array: SimulatedArray, volts: float, width_s: float, said: str) -> None:
    before = array.cells.conductance_s.copy()
    two = PulseList(np.array([0, 1]), np.array([0, 1]), np.array([1.5, volts]), np.array([WIDTH_S, width_s]))
    with pytest.raises(LimitExceeded, match=f"{said}.*cell 1,1"):
        array.pulse(two)
    assert (array.cells.conductance_s == before).all()


def test_pulses_of_a_cell_are_limited(array: SimulatedArray) -> None:
    for _ in range(10):
        array.pulse(pulses([(0, 0)] * 10, 0.5))
    with pytest.raises(LimitExceeded, match="cell 0,0"):
        array.pulse(pulses([(0, 0)], 0.5))


def test_unarmed_it_refuses_pulses_and_strong_reads(array: SimulatedArray) -> None:
    array.disarm()
    with pytest.raises(Unarmed):
        array.pulse(pulses([(0, 0)]))
    with pytest.raises(LimitExceeded):
        array.read_array()
    array.configure(Setup())
    array.read_array()


@pytest.mark.parametrize(
    "url",
    [
        "sim://0x4",
        "sim://4",
        "sim://4x4?device=mystery",
        "sim://4x4?seed=x",
        "sim://4x4?device.v_set=-1",
        "sim://4x4?front_end.line_error=1",
    ],
)
def test_an_address_that_makes_no_sense_is_refused(url: str) -> None:
    with pytest.raises(AddressError):
        open_array(url)


def test_seeds_and_settings_reach_the_cells() -> None:
    one, same, other = (open_array(f"sim://4x4?seed={seed}") for seed in (1, 1, 2))
    assert (one.cells.conductance_s == same.cells.conductance_s).all()
    assert not (one.cells.conductance_s == other.cells.conductance_s).any()
    changed = open_array("sim://4x4?seed=1&device.g_min=2e-5&device.d2d_g_min=0")
    assert changed.cells.conductance_s.min() >= 2e-5


def test_exchanges_are_journalled_before_and_after(array: SimulatedArray) -> None:
    heard: list[tuple[object, ...]] = []

    class Journal:
        def intend(self, token: EffectToken, pulses: PulseList, readback: Readback, setup: Setup) -> int:
            heard.append(("intend", token.number, len(pulses), readback, setup, array.cells.record.full_pulses.sum()))
            return 7

        def settle(self, exchange: int, status: ExchangeStatus, result: PulseResult | None, note: str = "") -> None:
            assert result is not None
            heard.append(("settle", exchange, status, result.applied))

    array.log = Journal()
    array.pulse(pulses([(0, 0), (1, 1)]))
    assert heard == [
        ("intend", 1, 2, Readback.AFTER, array.setup, 0),
        ("settle", 7, ExchangeStatus.DONE, 2),
    ]
