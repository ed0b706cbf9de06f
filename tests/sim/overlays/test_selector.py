"""Transistors in series with cells: their law, a SET that they end, and rows that they keep out of everything."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from tests.emulated_device import DEVICE_HASH
from tests.sim.conftest import Boards
from tests.sim.devices.population import make

from ohmloop.crossbar import Bias, Geometry, Limits, PulseList, Readback, ReadConditions, Setup
from ohmloop.drivers.opening import open_native
from ohmsim import interventions
from ohmsim.array import SimulatedArray
from ohmsim.devices.vteam import VteamParameters
from ohmsim.errors import ParameterError
from ohmsim.overlays.selector import Selector, SelectorParameters
from ohmsim.preset import Preset, names

IDEAL = Preset.load("vteam-ideal").parameters["device"]
LIMITS = Limits(v_read=0.25, v_set=2.1, v_reset=2.1, width_max_s=1e-3)
K, THRESHOLD_V = 1e-3, 0.5
WIDTH_S = 10e-6


def behind(gate_v: float, cells: int = 1, conductance_s: float = 5e-6) -> Selector:
    device = make("vteam", cells, **IDEAL)
    device.put(np.full(cells, conductance_s))
    return Selector(device, SelectorParameters(gate_v, THRESHOLD_V, K))


def pulse(selector: Selector, volts: float, number: int = 1) -> float:
    cells = np.arange(selector.conductance_s.size)
    selector.apply(cells, np.full(cells.size, volts), WIDTH_S, np.full(cells.size, number, np.uint64))
    return float(selector.inner.conductance_s[0])


def law(volts: np.ndarray, conductance_s: float, gate_v: float) -> np.ndarray:
    over = gate_v - THRESHOLD_V
    return np.sign(volts) * np.minimum(np.abs(volts) / (1 / conductance_s + 1 / (K * over)), K * over**2 / 2)


@pytest.mark.parametrize("gate_v", [0.6, 0.9, 3.0])
def test_current_is_that_of_both_in_series_up_to_saturation(gate_v: float) -> None:
    volts = np.linspace(-2, 2, 81)
    selector = behind(gate_v, volts.size, 120e-6)
    np.testing.assert_allclose(volts * selector.chord_s(volts), law(volts, 120e-6, gate_v), rtol=1e-9, atol=1e-18)
    assert np.isfinite(selector.chord_s(np.zeros(volts.size))).all()
    step = 1e-6
    up, down = ((volts + s) * selector.chord_s(volts + s) for s in (step, -step))
    smooth = np.abs(np.abs(volts) - np.abs(volts)[np.argmin(np.abs(np.diff(np.abs(up - down))))]) > 0
    found = selector.slope_s(volts)
    differs = np.abs((up - down) / (2 * step) - found) > 1e-6 * K
    assert (differs & smooth).sum() <= 2  # the two corners of the law


@pytest.mark.parametrize("gate_v", [0.75, 0.85, 1.0])
@pytest.mark.parametrize("volts", [1.4, 2.0])
def test_a_limited_set_follows_the_differential_equation(gate_v: float, volts: float) -> None:
    p = VteamParameters(**IDEAL)
    span = p.g_max - p.g_min

    def motion(_: float, w: np.ndarray) -> np.ndarray:
        g = p.g_min + span * w
        across = law(np.array([volts]), g, gate_v) / g
        return p.rate_set * np.maximum(across / p.v_set - 1, 0) ** p.alpha_set * (1 - w)

    start = (5e-6 - p.g_min) / span
    wanted = solve_ivp(motion, (0, WIDTH_S), [start], method="LSODA", rtol=1e-10, atol=1e-12).y[0, -1]
    found = (pulse(behind(gate_v), volts) - p.g_min) / span
    assert found == pytest.approx(wanted, abs=0.01)


def test_the_gate_sets_how_far_a_set_goes() -> None:
    """A compliance: the cell stops where the limit leaves it its threshold, whatever the voltage is."""
    ends = np.array([[pulse(behind(gate_v), volts) for gate_v in (0.7, 0.8, 0.9)] for volts in (1.6, 2.0)])
    assert (np.diff(ends, axis=1) > 5e-6).all()
    most = K * (np.array([0.7, 0.8, 0.9]) - THRESHOLD_V) ** 2 / 2 / IDEAL.get("v_set", 0.9)
    assert (ends <= most * 1.05).all()
    assert np.abs(ends[0] / ends[1] - 1).max() < 0.25


def test_a_wide_transistor_changes_nothing() -> None:
    wide = behind(10.0)
    wide.parameters = SelectorParameters(10.0, THRESHOLD_V, 1.0)
    wide.gate_v = 10.0
    plain = make("vteam", 1, **IDEAL)
    plain.put(np.full(1, 5e-6))
    plain.apply(np.arange(1), np.full(1, 1.4), WIDTH_S, np.ones(1, np.uint64))
    assert pulse(wide, 1.4) == pytest.approx(plain.conductance_s[0], rel=1e-3)


def test_states_are_put_through_the_transistor() -> None:
    selector = behind(1.5, 3)
    selector.put(np.array([10e-6, np.nan, 100e-6]))
    np.testing.assert_allclose(selector.conductance_s[[0, 2]], [10e-6, 100e-6], rtol=1e-12)
    with pytest.raises(ParameterError, match="cell 1 must be below that of its transistor"):
        selector.put(np.array([10e-6, 2e-3, 10e-6]))


SETTINGS = {"selector.gate_v": 1.5, "device.v_set": 0.5, "device.v_reset": 0.5, "front_end.adc_noise": 0}


@pytest.mark.parametrize("wire_ohm", [0, 10])
def test_rows_that_are_off_see_nothing(start_board: Boards, wire_ohm: float) -> None:
    preset = Preset.load("vteam-ideal").changed({**SETTINGS, "network.wire_ohm": wire_ohm})
    board = start_board(rows=8, cols=8, preset=preset)
    alone = SimulatedArray(Geometry(8, 8), preset, 7)
    before = board.cells.conductance_s.copy()
    step_v = 10 * 512 / 65536
    pulses = PulseList(np.array([3, 3]), np.array([4, 1]), np.full(2, 20 * step_v), np.full(2, WIDTH_S))
    with open_native(str(board.ports[0].address)) as crossbar:
        for array in (crossbar, alone):
            array.arm(LIMITS, DEVICE_HASH)
            array.configure(Setup(ReadConditions(2 * step_v, 4), Bias.HALF))
            array.pulse(pulses, Readback.NONE)
        crossbar.read_cells(np.array([3]), np.array([0]))  # what was pulsed is settled by then
        moved = board.cells.conductance_s != before
        assert moved[3].all()  # half-selected cells of the row: its gate is on
        assert not moved[[0, 1, 2, 4, 5, 6, 7]].any()
        assert (board.cells.record.v_max[[0, 7]] == 0).all()
        np.testing.assert_allclose(alone.cells.conductance_s, board.cells.conductance_s, rtol=1e-9)
        found = crossbar.read_array().conductances_s
        np.testing.assert_allclose(alone.read_array().conductances_s, found, rtol=1e-2, atol=1e-7)
        if not wire_ohm:
            np.testing.assert_allclose(found, board.cells.conductance_s, rtol=2e-3, atol=5e-8)


def test_the_gate_is_a_knob_of_the_control_port(start_board: Boards) -> None:
    preset = Preset.load("vteam-ideal").changed(SETTINGS)
    board = start_board(preset=preset)
    before = board.cells.conductance_s.copy()
    interventions.gate(board, {"volts": 0.8})
    assert (board.cells.conductance_s < before).all()
    for wrong in (0.4, 11, float("nan"), True, "high", None):
        with pytest.raises(ParameterError):
            interventions.gate(board, {"volts": wrong})
    with pytest.raises(ParameterError, match="no transistors"):
        interventions.gate(start_board("b1"), {"volts": 1.0})


def test_a_gate_below_its_threshold_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"selector.gate_v must be above its threshold of 0\.5 V"):
        SimulatedArray(Geometry(2, 2), Preset.load("vteam").changed({"selector.gate_v": 0.4}), 1)


@pytest.mark.parametrize("name", names())
def test_every_model_works_behind_transistors_and_keeps_its_draws(name: str) -> None:
    """Cells together or one by one: the same bits."""
    preset = Preset.load(name)
    together, alone = (make(preset.model, 12, **preset.parameters["device"]) for _ in range(2))
    first, second = (Selector(device, SelectorParameters(3.0, 0.5, 0.1)) for device in (together, alone))
    high_v = preset.programming["largest_set_v"]
    for number, volts in enumerate((high_v, -high_v, high_v / 2), start=1):
        cells = np.arange(12)
        first.apply(cells, np.full(12, volts), WIDTH_S, np.full(12, number, np.uint64))
        for cell in cells:
            second.apply(np.array([cell]), np.array([volts]), WIDTH_S, np.array([number], np.uint64))
    np.testing.assert_array_equal(first.conductance_s, second.conductance_s)
