"""Whole arrays with resistive lines, through the port of a board and without one, beside a solution of their nodes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.emulated_device import DEVICE_HASH
from tests.sim.conftest import Boards
from tests.sim.network.dense import Dense, solve

from ohmloop.crossbar import Bias, CurrentRange, Geometry, Limits, PulseList, Readback, ReadConditions, Setup
from ohmloop.drivers.native import NativeCrossbar
from ohmloop.drivers.opening import open_native
from ohmsim.array import SimulatedArray
from ohmsim.board import EmulatedBoard
from ohmsim.devices.vteam import Vteam
from ohmsim.errors import ParameterError
from ohmsim.preset import Preset
from ohmsim.pulse_list import line_volts

Floats = NDArray[np.float64]
Wired = tuple[EmulatedBoard, NativeCrossbar]

N = 8
OHM = {"r_row": 20.0, "r_col": 20.0, "drive_rows": 30.0, "drive_cols": 5.0}
SETTINGS = {"network.wire_ohm": 20.0, "network.row_ohm": 30.0, "network.col_ohm": 5.0}
EXACT = {"front_end.adc_noise": 0.0}
LIMITS = Limits(v_read=0.25, v_set=2.1, v_reset=2.1, width_max_s=1e-3)
READ = ReadConditions(0.2, 1, CurrentRange.M)
WIDTH_S = 10e-6
CODE_A = 2.5 / 32768 / 4755.6
"""One step of the converter in range M."""
LINE_V = 10 / 65536
"""One step of a line driver."""


def wired(preset: str, **settings: float) -> Preset:
    return Preset.load(preset).changed({**SETTINGS, **EXACT, **settings})


@pytest.fixture
def board(start_board: Boards) -> Callable[[Preset], Wired]:
    """A board with resistive lines, and a host at its port."""

    def start(preset: Preset) -> Wired:
        emulated = start_board(rows=N, cols=N, preset=preset)
        crossbar = open_native(str(emulated.ports[0].address))
        crossbar.arm(LIMITS, DEVICE_HASH)
        crossbar.configure(Setup(READ, Bias.HALF))
        return emulated, crossbar

    return start


def on_a_code(volts: Floats | float) -> Floats:
    """What the driver makes of it."""
    return np.rint(np.asarray(volts) / LINE_V) * LINE_V


def dense(conductance_s: Floats, row_v: Floats, col_v: Floats | float = 0.0) -> Dense:
    return solve(conductance_s, row_v, col_v, **OHM)


def one_pulse(row: int, col: int, volts: float) -> PulseList:
    return PulseList(np.array([row]), np.array([col]), np.array([volts]), np.array([WIDTH_S]))


def test_readings_carry_the_drop_along_the_lines(board: Callable[[Preset], Wired]) -> None:
    emulated, crossbar = board(wired("vteam-ideal"))
    conductance = emulated.cells.conductance_s
    found = crossbar.read_array().currents_a
    for row, unit in enumerate(np.eye(N)):
        wanted = dense(conductance, on_a_code(0.2) * unit).col_a
        assert np.abs(found[row] - wanted).max() <= 0.51 * CODE_A
    assert (found < 0.2 * conductance - 2 * CODE_A).sum() > N * N / 2


def test_products_carry_sneak_currents(board: Callable[[Preset], Wired]) -> None:
    emulated, crossbar = board(wired("vteam-ideal"))
    vectors = np.random.default_rng(3).uniform(-0.2, 0.2, (20, N))
    found = crossbar.multiply(vectors).currents_a
    for vector, currents in zip(vectors, found, strict=True):
        assert np.abs(currents - dense(emulated.cells.conductance_s, on_a_code(vector)).col_a).max() <= 0.51 * CODE_A


@pytest.mark.parametrize("bias", list(Bias))
@pytest.mark.parametrize("volts", [2.0, -2.0])
def test_every_pulse_acts_on_every_cell_with_the_solved_voltage(
    board: Callable[[Preset], Wired], bias: Bias, volts: float
) -> None:
    """The model's closed form, applied to what the nodes give: selected, half-selected and other cells alike."""
    emulated, crossbar = board(wired("vteam-ideal", **{"device.v_set": 0.6, "device.v_reset": 0.6}))
    crossbar.configure(Setup(READ, bias))
    device, before = emulated.cells.device, emulated.cells.conductance_s.copy()
    assert isinstance(device, Vteam)
    crossbar.pulse(one_pulse(2, 6, volts), Readback.NONE)
    _, row_v, col_v = line_volts(emulated.cells, bias, 2, 6, volts)
    seen = dense(before, on_a_code(row_v), on_a_code(col_v)).cell_v
    p = device.parameters
    rate = p.rate_set * np.maximum(np.abs(seen) / p.v_set - 1, 0) ** p.alpha_set
    w = (before - p.g_min) / (p.g_max - p.g_min)
    kept = np.exp(-rate * WIDTH_S)
    wanted = p.g_min + (p.g_max - p.g_min) * np.where(seen > 0, 1 - (1 - w) * kept, w * kept)
    np.testing.assert_allclose(emulated.cells.conductance_s, wanted, rtol=1e-9)
    moved = np.abs(wanted - before) > 1e-9
    assert moved.sum() == {Bias.GND: N, Bias.HALF: 2 * N - 1, Bias.THIRD: N * N}[bias] or bias is Bias.THIRD
    np.testing.assert_allclose(emulated.cells.record.v_max, np.maximum(seen, 0), rtol=1e-9, atol=1e-12)


def test_reading_disturbs_near_cells_more(board: Callable[[Preset], Wired]) -> None:
    soft = {"device.tail_rate": 1.0, "device.tail_v": 0.1, "device.v_set": 0.5}
    emulated, crossbar = board(wired("vteam-ideal", **soft))
    emulated.cells.device.put(np.full(N * N, 20e-6))
    for _ in range(20):
        crossbar.read_array()
    moved = emulated.cells.conductance_s - 20e-6
    assert (moved > 0).all()
    assert moved[0, 0] < moved[-1, 0]  # columns are sensed below the last row
    assert (np.diff(moved, axis=1) < 0).all()


def test_history_does_not_depend_on_what_was_read(board: Callable[[Preset], Wired]) -> None:
    pulses = [one_pulse(k % N, 3 * k % N, 1.4 if k % 3 else -1.5) for k in range(12)]
    ends = []
    for often in (False, True):
        emulated, crossbar = board(wired("vteam"))
        for pulse in pulses:
            crossbar.pulse(pulse, Readback.EACH if often else Readback.NONE)
            if often:
                crossbar.read_array()
        ends.append(emulated.cells.conductance_s.copy())
    np.testing.assert_array_equal(*ends)


@pytest.mark.parametrize("preset", ["vteam", "vteam-soft", "synaptogen"])
def test_without_a_board_the_same_cells_end_the_same(board: Callable[[Preset], Wired], preset: str) -> None:
    """Voltages that are whole codes of the drivers and whole microvolts: then both see the same."""
    quiet = {"read_noise.white": 0.0, "read_noise.slow": 0.0, "read_noise.telegraph_cells": 0.0}
    chosen = wired(preset, **quiet)
    emulated, crossbar = board(chosen)
    alone = SimulatedArray(Geometry(N, N), chosen, 7)
    alone.arm(LIMITS, DEVICE_HASH)
    step_v = 512 * LINE_V
    rng = np.random.default_rng(5)
    rows, cols = rng.integers(0, N, (2, 40))
    volts = 2 * step_v * rng.integers(5, 13, 40) * rng.choice([-1, 1], 40)
    pulses = PulseList(rows, cols, volts, np.full(40, WIDTH_S))
    for array in (crossbar, alone):
        array.configure(Setup(ReadConditions(2 * step_v, 1, CurrentRange.M), Bias.HALF))
        array.pulse(pulses, Readback.NONE)
    np.testing.assert_allclose(emulated.cells.conductance_s, alone.cells.conductance_s, rtol=1e-9)
    vectors = step_v * rng.integers(-2, 3, (6, N))
    for read in ("read_array", "multiply"):
        here, there = (getattr(array, read)(*([vectors] if read == "multiply" else [])) for array in (alone, crossbar))
        np.testing.assert_allclose(here.currents_a, there.currents_a, atol=1.01 * CODE_A, rtol=1e-4)


@pytest.mark.parametrize("settings", [{}, SETTINGS], ids=["ideal", "wires"])
def test_floating_rows_let_currents_sneak(start_board: Boards, settings: dict[str, float]) -> None:
    """Rows that are not driven take the voltage that their cells leave them, in pulses and in readings."""
    slow = {"device.v_set": 0.6, "device.v_reset": 0.6, "network.float_rows": 1.0}
    preset = Preset.load("vteam-ideal").changed({**EXACT, **settings, **slow})
    emulated, alone = start_board(rows=N, cols=N, preset=preset), SimulatedArray(Geometry(N, N), preset, 7)
    cells, ohm = emulated.cells, OHM if settings else {"r_row": 0.0, "r_col": 0.0}
    before = cells.conductance_s.copy()

    def nodes(row: int, volts: float, col_v: Floats | float) -> Dense:
        row_v = np.full(N, np.nan)
        row_v[row] = on_a_code(volts)
        return solve(before, row_v, col_v, **ohm)

    with open_native(str(emulated.ports[0].address)) as crossbar:
        for array in (crossbar, alone):
            array.arm(LIMITS, DEVICE_HASH)
            array.configure(Setup(READ, Bias.HALF))
        found, without = crossbar.read_array().currents_a, alone.read_array().currents_a
        reads = [nodes(row, 0.2, 0.0) for row in range(N)]
        for row, wanted in enumerate(read.col_a for read in reads):
            assert np.abs(found[row] - wanted).max() <= 0.51 * CODE_A
            assert np.abs(without[row] - wanted).max() <= 0.51 * CODE_A + 2e-4 * wanted.max()
        col_v = np.zeros(N)
        col_v[6] = -1.0
        seen = nodes(2, 1.0, on_a_code(col_v)).cell_v
        crossbar.pulse(one_pulse(2, 6, 2.0), Readback.NONE)
    stood = np.stack([np.zeros((N, N)), seen, *(read.cell_v for read in reads)])
    np.testing.assert_allclose(cells.record.v_max, stood.max(0), atol=1e-9)
    np.testing.assert_allclose(cells.record.v_min, stood.min(0), atol=1e-9)
    moved = np.abs(cells.conductance_s - before) > 1e-12
    assert (moved == (np.abs(seen) > 0.6)).all()
    # Cells of rows that float divide the voltage between the columns: part of it is on cells that ground would spare.
    assert (np.abs(seen[np.arange(N) != 2]).max(1) > 0.05).all()


def test_floating_is_on_or_off() -> None:
    preset = Preset.load("vteam").changed({"network.float_rows": 0.5})
    with pytest.raises(ParameterError, match=r"network\.float_rows must be 0 or 1"):
        SimulatedArray(Geometry(2, 2), preset, 1)
