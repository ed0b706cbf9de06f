"""Linear and bending cells against ngspice."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.sim.network import ngspice
from tests.sim.network.cases import biases, cells
from tests.sim.network.dense import deviation

from ohmsim.network.mesh import Mesh, Solution
from ohmsim.network.nonlinear import Sinh, solve_nonlinear

OHM = {"r_row": 2.0, "r_col": 1.5, "drive_rows": 10.0, "drive_cols": 5.0}
WIRES = {"r_row": 2.0, "r_col": 1.5, "r_drive_rows": 10.0, "r_drive_cols": 5.0}
SCHEMES = [each.name for each in biases(2, 2)]


@pytest.fixture(scope="session")
def program() -> str:
    try:
        return ngspice.launcher()
    except ngspice.NgspiceUnavailable as reason:
        pytest.skip(str(reason))


def check(found, wanted: ngspice.OperatingPoint) -> None:
    largest = max(np.abs(wanted.row_a).max(), np.abs(wanted.col_a).max())
    assert deviation(found.cell_v, wanted.cell_v) <= 1e-9
    assert np.abs(found.row_a - wanted.row_a).max() <= 1e-9 * largest
    assert np.abs(found.col_a - wanted.col_a).max() <= 1e-9 * largest


def check_resistors(
    program: str, g: np.ndarray, scheme: int, mesh: dict[str, Any] = WIRES, deck: dict[str, Any] = OHM
) -> Solution:
    bias = biases(*g.shape)[scheme]
    volts = bias.v_rows, bias.v_cols
    lines = ngspice.deck(ngspice.resistors(g), g.shape, volts, **deck)
    found = Mesh(*g.shape, **mesh).solve(g, *volts)
    check(found, ngspice.operating_point(program, lines, g.shape, volts))
    return found


@pytest.mark.parametrize("size", [(2, 2), (1, 6), (6, 1), (8, 8), (5, 16), (24, 24)], ids=str)
@pytest.mark.parametrize("scheme", range(6), ids=SCHEMES)
def test_resistors(program: str, size: tuple[int, int], scheme: int) -> None:
    check_resistors(program, cells(*size), scheme)


@pytest.mark.parametrize("scheme", range(6), ids=SCHEMES)
def test_resistors_at_the_largest_size(program: str, scheme: int) -> None:
    check_resistors(program, cells(64, 64), scheme)


@pytest.mark.parametrize(
    ("r_row", "r_col"), [(0.0, 2.0), (2.0, 0.0), (0.0, 0.0), (1e-2, 1e-2), (1e5, 1e5), (1e5, 1.0)], ids=str
)
@pytest.mark.parametrize("scheme", range(6), ids=SCHEMES)
def test_wires_of_no_and_of_extreme_resistance(program: str, r_row: float, r_col: float, scheme: int) -> None:
    """Further apart, ngspice itself loses digits; the nodal solution in extended precision goes on."""
    wires = {"r_row": r_row, "r_col": r_col}
    check_resistors(program, cells(6, 8), scheme, wires, wires)


@pytest.mark.parametrize("scheme", range(6), ids=SCHEMES)
def test_broken_wires(program: str, scheme: int) -> None:
    r_row, r_col = np.full((6, 9), 2.0), np.full((8, 7), 1.0)
    r_row[2, 4] = r_row[3, 0] = r_col[5, 3] = np.inf
    wires = {"r_row": r_row, "r_col": r_col}
    assert check_resistors(program, cells(6, 8), scheme, wires, wires).method == "elimination"


@pytest.mark.parametrize("scheme", range(6), ids=SCHEMES)
def test_open_drivers(program: str, scheme: int) -> None:
    rows, cols = np.array([1.0, np.inf, 2.0, 3.0, np.inf, 0.0]), np.array([5.0, np.inf, 0.0, 4.0, 1.0, 2.0, 3.0, 9.0])
    mesh = {"r_row": 2.0, "r_col": 1.5, "r_drive_rows": rows, "r_drive_cols": cols}
    check_resistors(program, cells(6, 8), scheme, mesh, OHM | {"drive_rows": rows, "drive_cols": cols})


@pytest.mark.parametrize("scheme", range(6), ids=SCHEMES)
def test_shorts_and_cells_without_conductance(program: str, scheme: int) -> None:
    g = cells(6, 8)
    g[1, 2] = 10.0
    g[5, :7] = g[1:, 3] = 0.0
    check_resistors(program, g, scheme)


@pytest.mark.parametrize("size", [(2, 2), (8, 8), (16, 12)], ids=str)
@pytest.mark.parametrize("scheme", range(6), ids=SCHEMES)
def test_bending_cells(program: str, size: tuple[int, int], scheme: int) -> None:
    """Cells as behavioural current sources."""
    g, bias, scale_v = cells(*size), biases(*size)[scheme], 0.25
    volts = bias.v_rows, bias.v_cols

    def cell(i: int, j: int, a: str, b: str) -> str:
        return f"Bg{i}_{j} {a} {b} I={float(g[i, j] * scale_v)!r}*sinh((V({a})-V({b}))/{scale_v!r})"

    lines = ngspice.deck(cell, size, volts, **OHM)
    found, _ = solve_nonlinear(Mesh(*size, **WIRES), Sinh(g, scale_v=scale_v), *volts)
    check(found, ngspice.operating_point(program, lines, size, volts))
