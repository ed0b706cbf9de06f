"""Linear and bending cells against ngspice."""

from __future__ import annotations

import numpy as np
import pytest
from tests.sim.network import ngspice
from tests.sim.network.cases import biases, cells
from tests.sim.network.dense import deviation

from ohmsim.network.mesh import Mesh
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


def check_resistors(program: str, size: tuple[int, int], scheme: int) -> None:
    g, bias = cells(*size), biases(*size)[scheme]
    volts = bias.v_rows, bias.v_cols
    lines = ngspice.deck(lambda i, j, a, b: f"Rg{i}_{j} {a} {b} {float(1 / g[i, j])!r}", size, volts, OHM)
    check(Mesh(*size, **WIRES).solve(g, *volts), ngspice.operating_point(program, lines, size, volts))


@pytest.mark.parametrize("size", [(2, 2), (1, 6), (6, 1), (8, 8), (5, 16), (24, 24)], ids=str)
@pytest.mark.parametrize("scheme", range(6), ids=SCHEMES)
def test_resistors(program: str, size: tuple[int, int], scheme: int) -> None:
    check_resistors(program, size, scheme)


@pytest.mark.slow
@pytest.mark.parametrize("scheme", [3, 5], ids=["floating", "multiply"])
def test_resistors_at_the_largest_size(program: str, scheme: int) -> None:
    check_resistors(program, (64, 64), scheme)


@pytest.mark.parametrize("size", [(2, 2), (8, 8), (16, 12)], ids=str)
@pytest.mark.parametrize("scheme", range(6), ids=SCHEMES)
def test_bending_cells(program: str, size: tuple[int, int], scheme: int) -> None:
    """Cells as behavioural current sources."""
    g, bias, scale_v = cells(*size), biases(*size)[scheme], 0.25
    volts = bias.v_rows, bias.v_cols

    def cell(i: int, j: int, a: str, b: str) -> str:
        return f"Bg{i}_{j} {a} {b} I={float(g[i, j] * scale_v)!r}*sinh((V({a})-V({b}))/{scale_v!r})"

    lines = ngspice.deck(cell, size, volts, OHM)
    found, _ = solve_nonlinear(Mesh(*size, **WIRES), Sinh(g, scale_v=scale_v), *volts)
    check(found, ngspice.operating_point(program, lines, size, volts))
