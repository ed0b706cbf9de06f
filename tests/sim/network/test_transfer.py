"""The matrix of an array: against solutions vector by vector, and after cells changed against a new one."""

from __future__ import annotations

import numpy as np
import pytest
from tests.sim.network.cases import biases, cells
from tests.sim.network.dense import deviation

from ohmsim.errors import FloatingError, ParameterError
from ohmsim.network.mesh import Mesh

PRECISE = {"r_row": 2.0, "r_col": 1.5, "r_drive_rows": 10.0, "r_drive_cols": 5.0, "tolerance": 1e-13}


@pytest.mark.parametrize("size", [(1, 1), (1, 30), (30, 1), (2, 2), (8, 8), (9, 7), (33, 70), (64, 64)], ids=str)
def test_every_scheme_agrees_with_a_solution(size: tuple[int, int]) -> None:
    g, mesh = cells(*size), Mesh(*size, **PRECISE)
    transfer = mesh.transfer(g)
    assert transfer.method == "dissection"
    for bias in biases(*size):
        solution = mesh.solve(g, bias.v_rows, bias.v_cols)
        row_a, col_a = transfer.currents(bias.v_rows, bias.v_cols)
        largest = max(np.abs(solution.row_a).max(), np.abs(solution.col_a).max())
        assert np.abs(row_a - solution.row_a).max() <= 1e-11 * largest, bias.name
        assert np.abs(col_a - solution.col_a).max() <= 1e-11 * largest, bias.name


def test_a_batch_is_one_product() -> None:
    g, mesh = cells(20, 12), Mesh(20, 12, **PRECISE)
    vectors = np.random.default_rng(4).uniform(-0.2, 0.2, (50, 20))
    transfer = mesh.transfer(g)
    wanted = np.array([mesh.solve(g, vector).col_a for vector in vectors])
    assert deviation(transfer.multiply(vectors), wanted) <= 1e-12
    assert not transfer.matrix.flags.writeable


@pytest.mark.parametrize(("r_row", "r_col"), [(0.0, 2.0), (2.0, 0.0), (0.0, 0.0)])
def test_wires_without_resistance(r_row: float, r_col: float) -> None:
    g, mesh = cells(6, 9), Mesh(6, 9, r_row=r_row, r_col=r_col, r_drive_rows=7.0, tolerance=1e-13)
    transfer, volts = mesh.transfer(g), np.linspace(-0.2, 0.2, 6)
    assert transfer.method == "sweeps"
    assert deviation(transfer.multiply(volts[None])[0], mesh.solve(g, volts).col_a) <= 1e-11


def test_far_drivers() -> None:
    g, volts = cells(10, 7), np.linspace(-0.2, 0.2, 10)
    for far in (
        {"r_far_rows": 5.0},
        {"r_far_cols": [1.0, np.inf, 0, 2, 3, np.inf, 9]},
        {"r_far_rows": 1, "r_far_cols": 0},
    ):
        mesh = Mesh(10, 7, **PRECISE, **far)
        solution, (row_a, col_a) = mesh.solve(g, volts, 0.05), mesh.transfer(g).currents(volts, 0.05)
        assert deviation(row_a, solution.row_a + solution.row_far_a) <= 1e-11
        assert deviation(col_a, solution.col_a + solution.col_far_a) <= 1e-11


def test_broken_wires() -> None:
    r_row = np.full((8, 11), 2.0)
    r_row[3, 4] = r_row[5, 0] = np.inf
    g, volts = cells(8, 10), np.linspace(-0.2, 0.2, 8)
    mesh = Mesh(8, 10, r_row=r_row, r_col=1.0)
    assert deviation(mesh.transfer(g).multiply(volts[None])[0], mesh.solve(g, volts).col_a) <= 1e-11


@pytest.mark.parametrize("wires", [{"r_row": 2.0, "r_col": 1.5}, {"r_row": 0.0, "r_col": 3.0, "r_drive_rows": 20.0}])
@pytest.mark.parametrize("count", [1, 5])
def test_changed_cells(wires: dict[str, float], count: int) -> None:
    """Also cells that become open, and shorts."""
    g, mesh = cells(24, 32), Mesh(24, 32, **wires, tolerance=1e-13)
    transfer = mesh.transfer(g)
    rng = np.random.default_rng(5)
    places = rng.permutation(24 * 32)[:count]
    where = np.column_stack(np.divmod(places, 32))
    new = np.array([1.0, 0.0, 3e-5, 1e-6, 1e-4])[:count]
    transfer.update(where, new)
    g[where[:, 0], where[:, 1]] = new
    assert deviation(transfer.matrix, mesh.transfer(g).matrix) <= 1e-11


def test_a_short_that_goes_away() -> None:
    """Beside a short nothing is left of the cell's other digits: the matrix is made anew."""
    g, mesh = cells(12, 9), Mesh(12, 9, r_row=2.0, r_col=2.0)
    wanted, transfer = mesh.transfer(g).matrix, mesh.transfer(g)
    transfer.update([(4, 4)], [1e6])
    transfer.update([(4, 4)], [g[4, 4]])
    assert deviation(transfer.matrix, wanted) <= 1e-11


def test_many_changes_one_after_the_other() -> None:
    g, mesh = cells(16, 16), Mesh(16, 16, r_row=2.0, r_col=2.0)
    transfer, rng = mesh.transfer(g), np.random.default_rng(6)
    for _ in range(200):
        row, col = rng.integers(0, 16, 2)
        g[row, col] = rng.uniform(1e-6, 1e-4)
        transfer.update([(row, col)], [g[row, col]])
    assert deviation(transfer.matrix, mesh.transfer(g).matrix) <= 1e-11


def test_the_cells_given_stay_the_callers() -> None:
    g = cells(4, 4)
    kept = g.copy()
    Mesh(4, 4, r_row=1.0, r_col=1.0).transfer(g).update([(1, 2)], [1e-3])
    np.testing.assert_array_equal(g, kept)


def test_conductances_too_far_apart_for_dissection() -> None:
    """Rows that hang on next to nothing: every digit of a pivot would be rounding."""
    g, mesh = cells(24, 24, low_s=1e-18, high_s=1e-17), Mesh(24, 24, r_row=1e-3, r_col=1e-3, r_drive_rows=np.inf)
    transfer = mesh.transfer(g)
    assert np.isfinite(transfer.matrix).all()
    solution = mesh.solve(g, 0.0, np.linspace(0, 1, 24))
    assert deviation(transfer.currents(0.0, np.linspace(0, 1, 24))[1], solution.col_a) <= 1e-6


def test_refusals() -> None:
    mesh = Mesh(3, 3, r_row=1.0, r_col=1.0, r_far_rows=1.0)
    transfer = mesh.transfer(cells(3, 3))
    for where, g, parameter in (
        ([(0, 3)], [1e-6], "cells"),
        ([(-1, 0)], [1e-6], "cells"),
        ([(0, 0), (0, 0)], [1e-6, 1e-6], "cells"),
        ([(0.5, 0)], [1e-6], "cells"),
        ([0, 0], [1e-6], "cells"),
        ([(0, 0)], [-1e-6], r"g\[0\]"),
        ([(0, 0)], [np.inf], r"g\[0\]"),
    ):
        with pytest.raises(ParameterError, match=f"^{parameter} must be"):
            transfer.update(where, g)
    with pytest.raises(ParameterError, match="two drivers"):
        transfer.currents([np.nan, 0.1, 0.1])
    with pytest.raises(FloatingError):
        Mesh(3, 3, r_row=1.0, r_col=1.0).transfer(cells(3, 3)).currents(np.nan, np.nan)
