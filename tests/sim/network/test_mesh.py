"""The mesh against a dense nodal solution, and against closed forms where those exist."""

from __future__ import annotations

import numpy as np
import pytest
from tests.sim.network.cases import Bias, biases, cells
from tests.sim.network.dense import deviation, solve

from ohmsim.errors import FloatingError, NetworkError, ParameterError
from ohmsim.network.mesh import Mesh, Solution

RELATIVE = 1e-9
BOARD = {"r_row": 2.0, "r_col": 1.5}


def close(found: Solution, g, bias: Bias, relative: float = RELATIVE, **wires) -> None:
    wanted = solve(g, bias.v_rows, bias.v_cols, **wires)
    assert deviation(found.cell_v, wanted.cell_v) <= relative
    scale = np.abs(np.concatenate((wanted.row_a, wanted.col_a))).max()
    assert np.abs(found.row_a + found.row_far_a - wanted.row_a).max() <= relative * scale
    assert np.abs(found.col_a + found.col_far_a - wanted.col_a).max() <= relative * scale


@pytest.mark.parametrize("size", [(2, 2), (8, 8), (3, 17), (17, 3), (20, 20), (9, 12)], ids=str)
@pytest.mark.parametrize("scheme", range(6), ids=[each.name for each in biases(2, 2)])
def test_every_scheme_agrees_with_the_dense_solution(size: tuple[int, int], scheme: int) -> None:
    g, bias = cells(*size), biases(*size)[scheme]
    mesh = Mesh(*size, **BOARD, r_drive_rows=10.0, r_drive_cols=5.0)
    found = mesh.solve(g, bias.v_rows, bias.v_cols)
    assert found.method == "sweeps"
    close(found, g, bias, **BOARD, drive_rows=10.0, drive_cols=5.0)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", range(6))
def test_the_largest_size(scheme: int) -> None:
    g, bias = cells(64, 64), biases(64, 64)[scheme]
    close(Mesh(64, 64, **BOARD).solve(g, bias.v_rows, bias.v_cols), g, bias, **BOARD)


@pytest.mark.parametrize("size", [(1, 1), (1, 9), (9, 1)], ids=str)
@pytest.mark.parametrize("scheme", [0, 1, 5])
def test_one_row_one_column(size: tuple[int, int], scheme: int) -> None:
    g, bias = cells(*size), biases(*size)[scheme]
    close(Mesh(*size, **BOARD).solve(g, bias.v_rows, bias.v_cols), g, bias, **BOARD)


@pytest.mark.parametrize(
    ("r_row", "r_col", "drive_rows", "drive_cols"),
    [(0, 0, 0, 0), (0, 0, 20, 0), (0, 0, 20, 30), (0, 3, 0, 0), (3, 0, 0, 0), (0, 3, 5, 0), (3, 0, 4, 9), (1, 2, 0, 0)],
)
@pytest.mark.parametrize("scheme", range(6))
def test_lines_without_resistance(
    r_row: float, r_col: float, drive_rows: float, drive_cols: float, scheme: int
) -> None:
    g, bias = cells(6, 9), biases(6, 9)[scheme]
    found = Mesh(6, 9, r_row=r_row, r_col=r_col, r_drive_rows=drive_rows, r_drive_cols=drive_cols).solve(
        g, bias.v_rows, bias.v_cols
    )
    close(found, g, bias, r_row=r_row, r_col=r_col, drive_rows=drive_rows, drive_cols=drive_cols)


def test_no_resistance_anywhere_is_the_ideal_array() -> None:
    g, volts = cells(5, 4), np.array([0.2, -0.1, 0.0, 0.05, 0.1])
    found = Mesh(5, 4).solve(g, volts)
    np.testing.assert_allclose(found.col_a, volts @ g, rtol=1e-13)
    np.testing.assert_allclose(found.cell_v, np.repeat(volts[:, None], 4, axis=1), atol=1e-16)


@pytest.mark.parametrize("scheme", range(6))
def test_lines_driven_from_both_ends(scheme: int) -> None:
    g, bias = cells(7, 10), biases(7, 10)[scheme]
    far = {"r_row": 3.0, "r_col": 1.0, "far_rows": 12.0, "far_cols": [0.0, 4.0] * 5}
    found = Mesh(7, 10, r_row=3.0, r_col=1.0, r_far_rows=12.0, r_far_cols=[0.0, 4.0] * 5).solve(
        g, bias.v_rows, bias.v_cols
    )
    close(found, g, bias, **far)


def test_currents_of_both_ends_follow_the_terminals() -> None:
    """One cell: near and far drivers share its current as two parallel paths do."""
    found = Mesh(1, 1, r_row=1.0, r_drive_rows=9.0, r_far_rows=39.0).solve([[1e-3]], 1.0, 0.0)
    path = 1 / (1 / 10 + 1 / 40)
    current = 1 / (path + 1000)
    assert found.row_a[0] == pytest.approx(current * 40 / 50, rel=1e-12)
    assert found.row_far_a[0] == pytest.approx(current * 10 / 50, rel=1e-12)
    assert found.col_a[0] == pytest.approx(current, rel=1e-12)


def test_open_driver() -> None:
    """A row that nothing drives is a floating row."""
    g, bias = cells(6, 5), biases(6, 5)[5]
    drive = np.array([1.0, np.inf, 2.0, 3.0, np.inf, 0.0])
    found = Mesh(6, 5, **BOARD, r_drive_rows=drive).solve(g, bias.v_rows, bias.v_cols)
    close(found, g, bias, **BOARD, drive_rows=drive)
    assert np.abs(found.row_a[[1, 4]]).max() < 1e-15


@pytest.mark.parametrize("scheme", [0, 1, 5])
def test_broken_wire(scheme: int) -> None:
    g, bias = cells(6, 8), biases(6, 8)[scheme]
    r_row = np.full((6, 9), 2.0)
    r_row[2, 4] = r_row[3, 0] = np.inf
    r_col = np.full((8, 7), 1.0)
    r_col[5, 3] = np.inf
    found = Mesh(6, 8, r_row=r_row, r_col=r_col).solve(g, bias.v_rows, bias.v_cols)
    assert found.method == "elimination"
    close(found, g, bias, r_row=r_row, r_col=r_col)


def test_wires_that_differ_along_a_line() -> None:
    g, bias = cells(9, 4), biases(9, 4)[5]
    rng = np.random.default_rng(3)
    r_row, r_col = rng.uniform(0.5, 4, (9, 5)), rng.uniform(0.5, 4, (4, 10))
    found = Mesh(9, 4, r_row=r_row, r_col=r_col).solve(g, bias.v_rows, bias.v_cols)
    assert found.method == "elimination"
    close(found, g, bias, r_row=r_row, r_col=r_col)


@pytest.mark.parametrize("scheme", range(5))
def test_short_and_zero_conductance(scheme: int) -> None:
    g, bias = cells(8, 8), biases(8, 8)[scheme]
    g[1, 2] = 10.0
    g[5] = 0.0
    g[5, 7] = 1e-6
    g[:, 3] = 0.0
    g[0, 3] = 1e-9
    close(Mesh(8, 8, **BOARD).solve(g, bias.v_rows, bias.v_cols), g, bias, **BOARD)


@pytest.mark.parametrize(("wire_ohm", "cell_s"), [(1e6, 1e-3), (1e3, 1e-3), (1e-6, 1e-3), (1e-3, 1e-9), (1e5, 1.0)])
@pytest.mark.parametrize("scheme", [0, 1, 5])
def test_extreme_ratios(wire_ohm: float, cell_s: float, scheme: int) -> None:
    g, bias = cells(12, 12, low_s=cell_s / 100, high_s=cell_s), biases(12, 12)[scheme]
    found = Mesh(12, 12, r_row=wire_ohm, r_col=wire_ohm).solve(g, bias.v_rows, bias.v_cols)
    close(found, g, bias, r_row=wire_ohm, r_col=wire_ohm)


def test_sweeps_that_do_not_converge_say_what_was_done_instead() -> None:
    g = cells(48, 48, low_s=1e-2, high_s=1.0)
    found = Mesh(48, 48, r_row=1e6, r_col=1e6).solve(g, 1.0)
    assert found.method == "elimination"


def test_going_on_from_a_solution_nearby_gives_the_same_sooner() -> None:
    g = cells(32, 32)
    mesh = Mesh(32, 32, r_row=5.0, r_col=5.0)
    first = mesh.solve(g, 0.2)
    g[3, 4] *= 1.01
    cold, warm = mesh.solve(g, 0.2), mesh.solve(g, 0.2, start=first)
    assert warm.iterations < cold.iterations
    assert deviation(warm.cell_v, cold.cell_v) <= 1e-11


def test_a_cell_that_carries_a_current_of_its_own() -> None:
    """Reciprocity: an ampere through one cell raises another as that one's raises the first."""
    g, mesh = cells(9, 7), Mesh(9, 7, **BOARD)
    cell_a = np.zeros((2, 9, 7))
    cell_a[0, 2, 5] = cell_a[1, 7, 1] = 1.0
    first, second = (mesh.solve(g, 0.0, cell_a=each) for each in cell_a)
    assert first.cell_v[7, 1] == pytest.approx(second.cell_v[2, 5], rel=1e-9)


def test_floating_parts_are_refused() -> None:
    g = cells(4, 4)
    g[2] = 0
    v_rows = np.array([0.1, 0.1, np.nan, 0.1])
    with pytest.raises(FloatingError, match="row 2 floats"):
        Mesh(4, 4, **BOARD).solve(g, v_rows)
    with pytest.raises(FloatingError, match="row 0 floats"):
        Mesh(4, 4, **BOARD).solve(cells(4, 4), np.nan, np.nan)


@pytest.mark.parametrize(
    ("arguments", "parameter"),
    [
        ({"r_row": -1.0}, r"r_row\[0\]"),
        ({"r_col": np.nan}, r"r_col\[0\]"),
        ({"r_row": [1.0, 2.0]}, "r_row"),
        ({"r_drive_rows": -0.1}, r"r_drive_rows\[0\]"),
        ({"r_far_cols": [1, 2, 3, -4]}, r"r_far_cols\[3\]"),
        ({"tolerance": 0.0}, "tolerance"),
        ({"r_row": np.where(np.eye(4, 5), np.inf, 1)}, "r_row, r_col"),
        ({"r_far_rows": 0.0, "r_drive_rows": 0.0}, "r_row"),
    ],
)
def test_impossible_lines_are_refused(arguments: dict[str, object], parameter: str) -> None:
    with pytest.raises(ParameterError, match=f"^{parameter} must be"):
        Mesh(4, 4, **arguments)


@pytest.mark.parametrize("size", [(0, 4), (4, 5000), (4.5, 4), (True, 4)])
def test_impossible_geometries_are_refused(size: tuple[int, int]) -> None:
    with pytest.raises(ParameterError, match="must be a whole number from 1 to 4096"):
        Mesh(*size)


@pytest.mark.parametrize(
    ("g", "v_rows", "parameter"),
    [
        ([[1e-6, -1e-6], [0, 0]], 0.1, r"g\[0, 1\]"),
        ([[1e-6, np.nan], [0, 0]], 0.1, r"g\[0, 1\]"),
        ([[1e-6, 1e-6], [np.inf, 0]], 0.1, r"g\[1, 0\]"),
        ([[1e-6], [1e-6], [1e-6]], 0.1, "g"),
        (1e-6, np.inf, r"v_rows\[0\]"),
        (1e-6, "volt", "v_rows"),
        (1e-6, [0.1, 0.1, 0.1], "v_rows"),
    ],
)
def test_impossible_cells_and_voltages_are_refused(g: object, v_rows: object, parameter: str) -> None:
    with pytest.raises(ParameterError, match=f"^{parameter} must be"):
        Mesh(2, 2, **BOARD).solve(g, v_rows)


def test_a_start_of_another_array_and_a_tolerance_out_of_reach_are_refused() -> None:
    mesh = Mesh(3, 4, **BOARD)
    with pytest.raises(ParameterError, match=r"^start must be the solution of an array of 3x4"):
        mesh.solve(1e-6, 0.1, start=Mesh(2, 2).solve(1e-6, 0.1))
    with pytest.raises(ParameterError, match=r"^tolerance must be from 1e-14 to 0\.001"):
        mesh.solve(1e-6, 0.1, tolerance=0.1)


def test_an_array_that_elimination_has_no_room_for_is_refused() -> None:
    r_row = np.full((600, 601), 1.0)
    r_row[0, 5] = np.inf
    with pytest.raises(NetworkError, match="MiB"):
        Mesh(600, 600, r_row=r_row, r_col=1.0).solve(1e-6, 0.1)
