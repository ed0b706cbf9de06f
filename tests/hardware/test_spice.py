"""The simulated channels do what board.toml promises; decks come from the schematic's netlist."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from ohm8.netlist import Netlist
from ohm8.spice import studies

CELL = {"L": 1e-4, "M": 1e-3, "H": 2e-3}


@pytest.fixture(autouse=True)
def _ngspice(netlist: Netlist) -> None:
    """ngspice comes with KiCad: the netlist's fixture has skipped where it cannot be had."""


@pytest.mark.parametrize("which", "LMH")
def test_transfer_and_settling(netlist: Netlist, facts: dict[str, Any], which: str) -> None:
    """0.1 % of the transresistance; 0.01 % of the step within the settling time less the converter's filter."""
    expected = next(entry for entry in facts["range"] if entry["name"] == which)
    step = studies.step(netlist, which, CELL[which])
    assert step.ohms == pytest.approx(expected["rf_ohm"], rel=1e-3)
    assert step.settled_s() < expected["settle_us"] * 1e-6


@pytest.mark.parametrize("which", "LMH")
@pytest.mark.parametrize("farads", [10e-12, 200e-12, 1e-9])
@pytest.mark.parametrize("siemens", [1e-6, 16e-3])
def test_columns_are_stable(netlist: Netlist, which: str, farads: float, siemens: float) -> None:
    assert studies.column_margin(netlist, which, farads, siemens) > 30


@pytest.mark.parametrize("farads", studies.LOADS_F)
def test_rows_are_stable(netlist: Netlist, farads: float) -> None:
    assert studies.row_margin(netlist, farads) > 60


def test_a_pulse_overshoots_little_and_ends_at_zero(netlist: Netlist) -> None:
    curves = studies.pulse(netlist, 10e-6, 4.0, 1e-4, 50e-12)
    cell = curves.values["v(row_0)"] - curves.values["v(col_0)"]
    assert cell.max() < 4.0 * 1.03
    assert np.interp(10e-6, curves.axis, cell) == pytest.approx(4.0, rel=2e-3)
    assert abs(cell[-1]) < 1e-3


def test_a_short_is_bounded(netlist: Netlist, facts: dict[str, Any]) -> None:
    """2 V on a cell that becomes 1 ohm: after the lines' own charge, no more than the amplifiers can give."""
    curves = studies.short(netlist, 2.0)
    settled = curves.values["i(vcell)"][curves.axis > 15e-6]
    assert 0.02 < settled.max() < 0.065


def test_the_whole_array(netlist: Netlist, facts: dict[str, Any]) -> None:
    """64 random cells: every column's current within 0.3 %, of which row switches take 0.13 %."""
    siemens = np.random.default_rng(1).uniform(1e-6, 1e-4, (8, 8))
    volts = np.full(8, 0.2)
    ohms = next(entry["rf_ohm"] for entry in facts["range"] if entry["name"] == "M")
    currents = -studies.array(netlist, siemens, volts, "M") / ohms
    np.testing.assert_allclose(currents, volts @ siemens, rtol=3e-3)


@pytest.mark.parametrize(("which", "most_v"), [("L", 250e-6), ("M", 60e-6), ("H", 60e-6)])
def test_amplifier_noise(netlist: Netlist, which: str, most_v: float) -> None:
    assert studies.noise(netlist, which, 8e-4) < most_v
