"""Cells with a law of their own, in resistive wires."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import brentq
from tests.sim.network.cases import biases, cells
from tests.sim.network.dense import deviation

from ohmsim.errors import ParameterError
from ohmsim.network.mesh import Mesh
from ohmsim.network.nonlinear import CellLaw, Sinh, solve_nonlinear


def test_one_cell_in_series_with_its_wires() -> None:
    law = Sinh(np.array([[1e-3]]), scale_v=0.1)
    found, _ = solve_nonlinear(Mesh(1, 1, r_row=100.0, r_col=50.0), law, 1.0, tolerance=1e-12)
    wanted = brentq(lambda v: 1e-3 * 0.1 * np.sinh(v / 0.1) - (1.0 - v) / 150, 0, 1, xtol=1e-15, rtol=1e-14)
    assert found.cell_v[0, 0] == pytest.approx(wanted, rel=1e-11)
    assert found.col_a[0] == pytest.approx((1 - wanted) / 150, rel=1e-11)


def test_without_bending_it_is_the_linear_array() -> None:
    g, mesh = cells(8, 6), Mesh(8, 6, r_row=2.0, r_col=2.0)
    found, _ = solve_nonlinear(mesh, Sinh(g, scale_v=1e6), 0.2)
    assert deviation(found.cell_v, mesh.solve(g, 0.2).cell_v) <= 1e-11


@pytest.mark.parametrize("scheme", range(6))
@pytest.mark.parametrize("scale_v", [0.03, 0.25])
def test_currents_obey_the_law_and_kirchhoff(scheme: int, scale_v: float) -> None:
    g, mesh, bias = cells(12, 9), Mesh(12, 9, r_row=2.0, r_col=2.0, r_drive_rows=50.0), biases(12, 9)[scheme]
    law = Sinh(g, scale_v=scale_v)
    found, _ = solve_nonlinear(mesh, law, bias.v_rows, bias.v_cols)
    current = law.g * scale_v * np.sinh(found.cell_v / scale_v)
    scale = np.abs(current.sum(1)).max()
    np.testing.assert_allclose(current.sum(1), found.row_a, atol=1e-9 * scale)
    np.testing.assert_allclose(current.sum(0), found.col_a, atol=1e-9 * scale)


@pytest.mark.parametrize("scale_v", [0.05, 0.25])
def test_going_on_from_the_last_solution(scale_v: float) -> None:
    g, mesh = cells(16, 16), Mesh(16, 16, r_row=2.0, r_col=2.0)
    first, _ = solve_nonlinear(mesh, Sinh(g, scale_v=scale_v), 1.0)
    g[3, 5] *= 1.1
    law = Sinh(g, scale_v=scale_v)
    (found, warm), (wanted, cold) = solve_nonlinear(mesh, law, 1.0, start=first), solve_nonlinear(mesh, law, 1.0)
    assert warm == 1 <= cold
    assert deviation(found.cell_v, wanted.cell_v) <= 1e-9


class Cubic(CellLaw):
    """A law that the kernels do not know: I = G (V + V^3)."""

    scale_v = 0.5

    def __init__(self, g: np.ndarray) -> None:
        self.g = g

    def tangent(self, volts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        return self.g * (1 + 3 * volts**2), -2 * self.g * volts**3


@pytest.mark.parametrize("scheme", range(6))
@pytest.mark.parametrize("uniform", [True, False])
def test_any_law(scheme: int, uniform: bool) -> None:
    g, bias = cells(9, 7), biases(9, 7)[scheme]
    wire = 3.0 if uniform else np.linspace(2.0, 4.0, 72).reshape(9, 8)
    mesh = Mesh(9, 7, r_row=wire, r_col=1.0)
    cold, _ = solve_nonlinear(mesh, Cubic(g), bias.v_rows, bias.v_cols)
    again, steps = solve_nonlinear(mesh, Cubic(g), bias.v_rows, bias.v_cols, start=cold)
    current = g * (cold.cell_v + cold.cell_v**3)
    scale = np.abs(current).max()
    np.testing.assert_allclose(current.sum(1), cold.row_a, atol=1e-9 * scale)
    np.testing.assert_allclose(current.sum(0), cold.col_a, atol=1e-9 * scale)
    assert deviation(again.cell_v, cold.cell_v) <= 1e-9
    assert steps <= 2


def test_wires_that_are_not_uniform_find_the_same() -> None:
    """Sweeps cannot be used, nor relaxation with them: one wire differs by nothing that counts."""
    g, wire = cells(8, 8), np.full((8, 9), 2.0)
    wire[0, 4] *= 1 + 1e-13
    law = Sinh(g, scale_v=0.25)
    found, _ = solve_nonlinear(Mesh(8, 8, r_row=wire, r_col=2.0), law, 1.0)
    assert found.method == "elimination"
    assert deviation(found.cell_v, solve_nonlinear(Mesh(8, 8, r_row=2.0, r_col=2.0), law, 1.0)[0].cell_v) <= 1e-9


@pytest.mark.parametrize("scale_v", [0.0, -1.0, np.inf, np.nan])
def test_a_law_without_a_scale_is_refused(scale_v: float) -> None:
    with pytest.raises(ParameterError, match=r"^scale_v must be"):
        Sinh(cells(2, 2), scale_v=scale_v)


def test_a_law_of_another_array_is_refused() -> None:
    with pytest.raises(ParameterError, match=r"^g must be of the shape of the array, \(4, 4\)"):
        solve_nonlinear(Mesh(4, 4, r_row=1.0, r_col=1.0), Sinh(cells(2, 2), scale_v=0.25), 1.0)
