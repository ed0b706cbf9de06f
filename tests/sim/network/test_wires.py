"""Resistance in the lines of an emulated board: every pulse and every reading sees the solved voltages."""

from __future__ import annotations

import numpy as np
import pytest
from tests.sim.network.cases import cells as cells_of
from tests.sim.network.dense import deviation, solve
from tests.sim.rig import make_hal

from ohmsim.cells import CellArray
from ohmsim.errors import ConvergenceError, ParameterError
from ohmsim.network.wires import WireParameters, Wires

OHM = {"r_row": 2.0, "r_col": 2.0, "drive_rows": 30.0, "drive_cols": 5.0}
LINES = {"network__wire_ohm": 2.0, "network__row_ohm": 30.0, "network__col_ohm": 5.0}
QUIET = {"read_noise__white": 0, "read_noise__slow": 0, "read_noise__telegraph": 0}


def half_bias(row: int, col: int, volts: float) -> tuple[np.ndarray, np.ndarray]:
    row_v, col_v = np.zeros(8), np.zeros(8)
    row_v[row], col_v[col] = volts / 2, -volts / 2
    return row_v, col_v


def pulse(cells: CellArray, row: int, col: int, volts: float, seconds: float = 10e-6) -> np.ndarray:
    """One pulse at half bias; what every cell's conductance became."""
    row_v, col_v = half_bias(row, col, volts)
    cells.hold(cells.open(np.array([row]), row_v, col_v), seconds)
    return cells.conductance_s


def test_lines_have_no_resistance_by_default() -> None:
    assert make_hal().cells.wires is None


def test_a_pulse_puts_the_solved_voltage_on_every_cell() -> None:
    cells = make_hal(**LINES).cells
    row_v, col_v = half_bias(2, 5, 1.4)
    opening = cells.open(np.array([2]), row_v, col_v)
    wanted = solve(cells.conductance_s, row_v, col_v, **OHM)
    assert opening.volts is not None
    assert deviation(opening.volts, wanted.cell_v) <= 1e-9
    assert deviation(cells.currents(opening), wanted.col_a) <= 1e-9
    np.testing.assert_allclose(cells.record.v_max, np.maximum(wanted.cell_v, 0), atol=1e-9)


def test_a_reading_senses_what_the_columns_carry() -> None:
    cells = make_hal(**LINES, **QUIET).cells
    row_v = np.zeros(8)
    row_v[3] = 0.2
    opening = cells.open(np.array([3]), row_v, None)
    wanted = solve(cells.conductance_s, row_v, 0.0, **OHM)
    assert deviation(cells.convert(opening, 1), wanted.col_a) <= 1e-9
    assert wanted.col_a.max() < (row_v @ cells.conductance_s).max()


def test_a_cell_behind_resistance_moves_less() -> None:
    plain, behind = make_hal().cells, make_hal(**LINES).cells
    before = plain.conductance_s.copy()
    np.testing.assert_array_equal(before, behind.conductance_s)
    free, damped = (pulse(cells, 0, 7, 1.6) - before for cells in (plain, behind))
    assert 0 < damped[0, 7] < free[0, 7]


def test_cells_that_bend_settle_with_the_network() -> None:
    """The voltage agrees with the chord at that voltage."""
    cells = make_hal(preset="synaptogen", **LINES).cells
    row_v, col_v = half_bias(1, 1, 0.8)
    volts = cells.open(np.array([1]), row_v, col_v).volts
    assert volts is not None
    assert deviation(volts, solve(cells.chord_s(volts), row_v, col_v, **OHM).cell_v) <= 1e-7


@pytest.mark.parametrize("ohm", [0.0, 1e2, 1e4, 1e6])
@pytest.mark.parametrize("limited", [False, True], ids=["sinh", "current limit"])
def test_cells_and_lines_agree_however_they_bend(ohm: float, limited: bool) -> None:
    g, (row_v, col_v) = cells_of(8, 8), half_bias(1, 6, 1.8)

    def chord_s(volts: np.ndarray) -> np.ndarray:
        bent = np.where(volts == 0, 1e-9, volts / 0.15)
        return np.minimum(g, 1e-5 / (0.15 * np.abs(bent))) if limited else g * np.sinh(bent) / bent

    wires = Wires(WireParameters(wire_ohm=2.0, row_ohm=ohm, col_ohm=5.0), 8, 8)
    found = wires.solve(chord_s, row_v, col_v)
    current = chord_s(found.cell_v) * found.cell_v
    np.testing.assert_allclose(current.sum(0), found.col_a, atol=1e-7 * np.abs(current).max())
    wanted = solve(chord_s(found.cell_v), row_v, col_v, **OHM | {"drive_rows": ohm})
    assert deviation(found.cell_v, wanted.cell_v) <= 1e-6


def test_cells_that_bend_beyond_all_measure_are_an_error() -> None:
    row_v, col_v = half_bias(1, 6, 1.8)
    wires = Wires(WireParameters(wire_ohm=2.0, row_ohm=100.0), 8, 8)
    with pytest.raises(ConvergenceError, match="still disagree by"):
        wires.solve(lambda volts: 1e-6 * np.exp(np.minimum(20 * np.abs(volts), 25)), row_v, col_v)


def test_one_seed_gives_one_history() -> None:
    histories = []
    for _ in range(2):
        cells = make_hal(**LINES).cells
        histories.append([pulse(cells, k % 8, 3 * k % 8, 1.3 if k % 3 else -1.4).copy() for k in range(20)])
    np.testing.assert_array_equal(*histories)


@pytest.mark.parametrize("name", ["network.wire_ohm", "network.row_ohm", "network.col_ohm"])
@pytest.mark.parametrize("value", [-1.0, 2e6, float("nan")])
def test_impossible_resistances_are_refused(name: str, value: float) -> None:
    with pytest.raises(ParameterError, match=f"^{name} must be"):
        make_hal(**{name.replace(".", "__"): value})
