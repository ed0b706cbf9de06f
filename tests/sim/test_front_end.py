"""The analogue front end away from its nominal self: each deviation beside what it should do, and all together."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from tests.sim.rig import finish, make_hal, read_rows

from ohmboard import _board
from ohmsim.description import Description
from ohmsim.engine import Engine
from ohmsim.errors import ParameterError
from ohmsim.frontend import BOARD, FrontEndParameters
from ohmsim.hal import Hal
from ohmsim.parameters import validities
from ohmsim.preset import Preset
from ohmsim.settling import Recovery, Settling

DESCRIPTION = Description.load()
N = 8
L, M, H, AUTO = range(4)
AMPERE = 1e-11
READ_V = 0.2
CODE_V = 2.5 / 32768
SETTLE_WORDS = slice(13, 19)
"""Waits in the board's description: after a converter step, then after a switch step, for each range, ns."""


def exact(**settings: float | str) -> Hal:
    """Noiseless cells of 50 uS behind a converter without noise."""
    hal = make_hal(N, N, "vteam-ideal", **{"front_end__adc_noise": 0, **settings})
    hal.cells.device.put(np.full(N * N, 50e-6))
    return hal


def engine_on(hal: Hal, read_range: int, averages: int = 1, settle_ns: int | None = None) -> Engine:
    """The engine in a fixed range, reading at 0.2 V; with other waits if given."""
    engine, description = Engine(hal), list(_board.ENGINE)
    if settle_ns is not None:
        description[SETTLE_WORDS] = [settle_ns] * 6
    assert engine.init(tuple(description)) == 0
    assert engine.arm((250_000, 2_000_000, 2_000_000, 1_000_000, H, 1000)) == 0
    assert engine.setup((round(READ_V * 1e6), averages, read_range, 1, H)) == 0
    return engine


def conductances(hal: Hal, read_range: int, **options: int) -> np.ndarray:
    return read_rows(engine_on(hal, read_range, **options), 0, N, N) * AMPERE / READ_V


def test_everything_is_nominal_by_default_and_can_be_switched_on_at_once() -> None:
    assert np.abs(conductances(exact(), M) / 50e-6 - 1).max() < 1e-3
    board = Preset.load("vteam").changed({"front_end": "board", "front_end.crosstalk": 3})
    for name, _ in validities(FrontEndParameters):
        assert board.parameters["front_end"][name] == (3 if name == "crosstalk" else getattr(BOARD, name)) > 0
    assert board.parameters["network"]["row_ohm"] == DESCRIPTION.switch_ohm
    nominal = board.changed({"front_end": "nominal"})
    assert nominal.parameters["front_end"]["line_error"] == nominal.parameters["network"]["row_ohm"] == 0


def test_the_zero_vector_takes_amplifier_offsets_out() -> None:
    hal = exact(front_end__amplifier_offset=1)
    offset_v = hal.front.amplifier_v
    assert offset_v is not None
    assert 20e-6 < np.abs(offset_v).max() <= 100e-6
    codes = np.zeros(N, np.int16)
    hal.latch(np.zeros(N, np.uint8), np.zeros(N, np.uint8))
    hal.adc_sample(0, codes)
    wanted = offset_v * (1 + DESCRIPTION.rf_ohm[L] * N * 50e-6)
    assert np.abs(codes * CODE_V - wanted).max() <= 0.51 * CODE_V
    found, nominal = conductances(hal, L), conductances(exact(), L)
    step = CODE_V / DESCRIPTION.rf_ohm[L] / READ_V
    assert np.abs(found - nominal).max() < 2 * step


@pytest.mark.parametrize("settings", [{}, {"network__row_ohm": 30, "network__wire_ohm": 5}], ids=["ideal", "wires"])
def test_offsets_stand_at_every_cell_of_a_column(settings: dict[str, float]) -> None:
    """With lines that have resistance the zero vector is a solution of the same network."""
    with_offset, without = (exact(front_end__amplifier_offset=on, **settings) for on in (1, 0))
    difference = conductances(with_offset, M) - conductances(without, M)
    step = CODE_V / DESCRIPTION.rf_ohm[M] / READ_V
    assert np.abs(difference).max() < 50e-6 * 100e-6 / READ_V + 2 * step


@pytest.mark.parametrize("read_range", [L, M, H])
def test_columns_are_off_by_a_gain_of_their_own_in_each_range(read_range: int) -> None:
    """Many averages do not help: it is a gain. Every row shows the same."""
    nominal, found = (conductances(exact(front_end__range_error=on), read_range, averages=64) for on in (0, 1))
    ratio = found / nominal - 1
    tolerance = DESCRIPTION.rf_tol[read_range] + DESCRIPTION.adc_tol
    step = CODE_V / (50e-6 * READ_V * DESCRIPTION.rf_ohm[read_range])
    assert tolerance / 4 < np.abs(ratio).max() < tolerance * 1.001 + step
    assert np.ptp(ratio, axis=0).max() < 2 * step
    assert np.ptp(ratio, axis=1).min() > tolerance / 4


def test_neighbouring_channels_leak() -> None:
    hal = exact(front_end__crosstalk=1000)
    g = np.full((N, N), 5e-6)
    g[:, 3] = 100e-6
    hal.cells.device.put(g.ravel())
    found = conductances(hal, L)
    leak = 1000 * DESCRIPTION.adc_crosstalk
    np.testing.assert_allclose(found[0, [2, 4]], 5e-6 + leak * 105e-6, rtol=1e-3)
    np.testing.assert_allclose(found[0, 1], 5e-6 + leak * 10e-6, rtol=1e-3)


def test_driver_noise_is_common_to_a_row_and_averages() -> None:
    hal = exact(front_end__driver_noise=10)
    engine = engine_on(hal, L, averages=1)
    found = np.array([read_rows(engine, 2, 1, N)[0] for _ in range(300)]) * AMPERE
    relative = found / found.mean(0) - 1
    wanted = 10 * DESCRIPTION.line_noise_v / READ_V
    assert relative.std() == pytest.approx(wanted, rel=0.15)
    assert np.corrcoef(relative.T).min() > 0.99
    averaged = engine_on(hal, L, averages=64)
    steady = np.array([read_rows(averaged, 2, 1, N)[0, 0] for _ in range(100)]) * AMPERE
    assert steady.std() / steady.mean() == pytest.approx(wanted / 8, rel=0.3)


def test_three_poles_follow_the_differential_equation() -> None:
    """Goals, time constants, recovering rows and samples in one run, against a numerical solution."""
    tau_s, filter_s = np.array([1.5e-6, 0.2e-6]), 0.72e-6
    settling = Settling(2, filter_s)
    rows = Recovery(np.array([[0.5, -1.0], [0.2, 0.1]]), np.array([1.1e-6, 3.0e-6]))
    at_once = Recovery(np.empty((0, 2)), np.empty(0))
    steps = [(0, np.array([1.0, -2.0]), rows), (900, np.array([0.3, 0.5]), at_once), (2500, np.array([-1.0, 0]), rows)]
    state = np.zeros(4)
    for (begin, goal, lacks), end in zip(steps, (900, 2500, 4100), strict=True):
        settling.step(begin, goal, tau_s, lacks)

        def motion(t: float, y: np.ndarray, goal: np.ndarray = goal, lacks: Recovery = lacks) -> np.ndarray:
            aim = goal + (lacks.volts * np.exp(-t / lacks.tau_s)[:, None]).sum(0)
            return np.concatenate(((aim - y[:2]) / tau_s, (y[:2] - y[2:]) / filter_s))

        path = solve_ivp(motion, (0, (end - begin) * 1e-9), state, rtol=1e-10, atol=1e-13, dense_output=True)
        state = path.y[:, -1]
        middle, samples, duration = (begin + end) // 2, 4, 400
        at = (middle - begin + np.arange(samples) * duration / samples) * 1e-9
        wanted = path.sol(at)[2:].mean(1) - goal
        np.testing.assert_allclose(settling.missing_v(middle, samples, duration), wanted, atol=1e-8)


def test_a_filter_as_fast_as_an_amplifier_is_no_special_case() -> None:
    settling = Settling(1, 1e-6)
    settling.step(0, np.ones(1), np.full(1, 1e-6), Recovery(np.array([[0.1]]), np.array([1e-6])))
    x = 2.0  # time constants
    wanted = -np.exp(-x) * (1 + x) + 0.1 * np.exp(-x) * x**2 / 2
    assert settling.missing_v(2000, 1, 1000)[0] == pytest.approx(wanted, abs=1e-4)


@pytest.mark.parametrize("read_range", [L, M, H])
def test_the_waits_of_the_board_are_long_enough_and_shorter_ones_show(read_range: int) -> None:
    settings: dict[str, float] = {"front_end__settling": 1}
    nominal = conductances(exact(), read_range)
    step = CODE_V / DESCRIPTION.rf_ohm[read_range] / READ_V
    waited = conductances(exact(**settings), read_range)
    assert np.abs(waited - nominal).max() < 2e-4 * 50e-6 + 1.01 * step
    hasty = conductances(exact(**settings), read_range, settle_ns=1000)
    missing = 1 - hasty[0] / nominal[0]  # rows read later also remember the one before
    tau = DESCRIPTION.rf_tau_s[read_range] + DESCRIPTION.rf_tau_s_per_s[read_range] * N * 50e-6
    filter_s = DESCRIPTION.adc_tau_s
    left = (tau * np.exp(-1e-6 / tau) - filter_s * np.exp(-1e-6 / filter_s)) / (tau - filter_s)
    assert left - 0.01 < missing.mean() < left + 0.05  # and the row's driver comes back from its load


def test_a_heavy_row_needs_longer_than_the_board_waits() -> None:
    """80 mS on a row: its driver comes back with 4 us. One that carries 0.4 mS does not show."""
    found = []
    for most_s in (10e-3, 50e-6):
        heavy = {"device__g_max": 20e-3, "front_end__settling": 1, "front_end__adc_noise": 0}
        hal = make_hal(N, N, "vteam-ideal", **heavy)
        hal.cells.device.put(np.full(N * N, most_s))
        found.append(conductances(hal, H if most_s > 1e-3 else L)[0] / most_s - 1)
    assert (found[0] < -0.02).all()
    assert np.abs(found[1]).max() < 1e-3


def test_a_saturated_amplifier_lets_its_column_go() -> None:
    """The column hangs at the rail behind the feedback resistor; its cells see what Kirchhoff leaves them."""
    hal = exact()
    g = np.full((N, N), 50e-6)
    g[1, 3] = 149e-6
    hal.cells.device.put(g.ravel())
    v = 1.8
    hal.dac_load(0, np.rint(32768 + np.eye(N)[1] * v * 6553.6).astype(np.uint16))
    hal.dac_update()
    hal.latch(np.eye(N, dtype=np.uint8)[1], np.zeros(N, np.uint8))
    hal.energise(1)
    hal.gate_open(1, 10_000)
    rf, swing = DESCRIPTION.rf_ohm[L] + DESCRIPTION.amplifier_saturated_ohm, DESCRIPTION.swing_v
    # Current v G Rf = 27 V would be needed: the output stays at -7.4 V.
    node = (v * 149e-6 - swing / rf) / (7 * 50e-6 + 149e-6 + 1 / rf)
    seen = hal.cells.record.v_max
    assert node > 0
    assert seen[1, 3] == pytest.approx(v - node, rel=1e-3)
    assert hal.cells.record.v_min[0, 3] == pytest.approx(-node, rel=1e-3)
    assert hal.advance(DESCRIPTION.trip_delay_ns) is None
    assert hal.energised() == 0  # and the comparators have tripped


def test_a_row_driver_gives_no_more_than_its_resistor_lets_through() -> None:
    hal = make_hal(
        N,
        N,
        "vteam-ideal",
        device__g_max=20e-3,
        device__g_min=1e-4,
        device__v_set=5,
        device__v_reset=5,
        front_end__adc_noise=0,
    )
    g = np.full((N, N), 1e-4)
    g[2] = 10e-3
    hal.cells.device.put(g.ravel())
    v = 2.0
    hal.dac_load(0, np.rint(32768 + np.eye(N)[2] * v * 6553.6).astype(np.uint16))
    hal.dac_update()
    hal.latch(np.eye(N, dtype=np.uint8)[2], np.full(N, H, np.uint8))
    hal.energise(1)
    hal.gate_open(1, 10_000)
    # 2 V over 80 mS asks for 160 mA; 7.4 V behind 130 ohm give this:
    wanted = DESCRIPTION.swing_v / (1 + (DESCRIPTION.riso_ohm + DESCRIPTION.driver_saturated_ohm) * N * 10e-3)
    assert hal.cells.record.v_max[2] == pytest.approx(np.full(N, wanted), rel=1e-3)


def test_one_seed_is_one_board() -> None:
    one, same, other = (make_hal(N, N, seed=seed, front_end="board").front for seed in (3, 3, 4))
    codes, ranges = np.full(N, 40000.0), np.arange(N) % 3
    for read in (lambda front: front.line_volts(0, codes), lambda front: front.transimpedances(ranges)):
        np.testing.assert_array_equal(read(one), read(same))
        assert not (read(one) == read(other)).any()
    assert one.amplifier_v is not None
    assert same.amplifier_v is not None
    np.testing.assert_array_equal(one.amplifier_v, same.amplifier_v)


@pytest.mark.parametrize("name", [name for name, _ in validities(FrontEndParameters)])
@pytest.mark.parametrize("value", [-0.1, 1e6, float("nan"), float("inf")])
def test_impossible_deviations_are_refused(name: str, value: float) -> None:
    with pytest.raises(ParameterError, match=f"^front_end.{name} must be a? ?.*from 0 to"):
        make_hal(**{f"front_end__{name}": value})


def test_an_unknown_front_end_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ParameterError, match="front_end must be one of nominal, board"):
        Preset.load("vteam").changed({"front_end": "perfect"})
    with pytest.raises(ParameterError, match=r"front_end\.settling must be a number"):
        Preset.load("vteam").changed({"front_end.settling": "slow"})


def test_pulses_run_on_a_board_as_it_is_built() -> None:
    """Everything at once: the engine's own checks hold, and a cell moves as on a nominal board within the tolerance."""
    ends = []
    for front_end in ("nominal", "board"):
        hal = make_hal(N, N, "vteam-ideal", front_end=front_end)
        engine = engine_on(hal, AUTO, averages=16)
        record = np.array([2 << 16 | 5, 1_200_000, 10_000], "<i4").tobytes()
        out = bytearray(4)
        assert engine.start_pulses(bytearray(record), 1, 1, out) == 0
        assert finish(engine) == 0
        ends.append((hal.cells.conductance_s[2, 5], int(np.frombuffer(out, "<i4")[0]) * AMPERE / READ_V))
    (nominal, _), (found, said) = ends
    assert found == pytest.approx(nominal, rel=0.1)
    assert found != nominal
    assert said == pytest.approx(found, rel=0.03)
