"""The simulated channels do what board.toml promises; decks come from the schematic's netlist."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from ohm8.spice import models, studies
from ohm8.spice.bench import Bench
from tests.hardware.ranges import entry

SOFT_OHM = 60.0  # an output resistance far below the catalogue's: the loops must not depend on it


def others(facts: dict[str, Any], which: str) -> float:
    """What the lines carry beside the cell that is read, S."""
    return float(entry(facts, which)["load_s"]) - studies.CELLS_S[which]


@pytest.mark.parametrize("which", "LMH")
def test_transresistance(bench: Bench, facts: dict[str, Any], which: str) -> None:
    """Within 0.1 %, without a load beside the cell."""
    step = studies.switch_step(bench, which, studies.CELLS_S[which], 10e-12)
    assert step.ohms == pytest.approx(entry(facts, which)["rf_ohm"], rel=1e-3)


@pytest.mark.parametrize("which", "LMH")
def test_settling_after_a_switch(bench: Bench, facts: dict[str, Any], which: str) -> None:
    """0.01 % of the step on lines as loaded as board.toml allows; a wait that is much too long fails too."""
    step = studies.switch_step(bench, which, studies.CELLS_S[which], 200e-12, load_s=others(facts, which))
    assert 0.85 < step.settled_s() / (entry(facts, which)["settle_switch_us"] * 1e-6) < 1


@pytest.mark.parametrize("which", "LMH")
def test_settling_after_a_converter(bench: Bench, facts: dict[str, Any], which: str) -> None:
    settle_s = facts["dac"]["settle_us"] * 1e-6
    step = studies.converter_step(bench, which, studies.CELLS_S[which], settle_s, load_s=others(facts, which))
    assert 0.85 < step.settled_s() / (entry(facts, which)["settle_us"] * 1e-6) < 1


@pytest.mark.parametrize("output_ohm", [SOFT_OHM, models.OPA4197.output_ohm])
@pytest.mark.parametrize("which", "LMH")
@pytest.mark.parametrize("farads", studies.LOADS_F)
@pytest.mark.parametrize("siemens", [1e-6, 16e-3])
def test_columns_are_stable(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, output_ohm: float, which: str, farads: float, siemens: float
) -> None:
    monkeypatch.setitem(models.AMPLIFIERS, "OPA4197", replace(models.OPA4197, output_ohm=output_ohm))
    assert studies.column_margin(bench, which, farads, siemens) > 35


@pytest.mark.parametrize("output_ohm", [SOFT_OHM, models.TLV9154.output_ohm])
@pytest.mark.parametrize("farads", studies.LOADS_F)
def test_rows_are_stable(bench: Bench, monkeypatch: pytest.MonkeyPatch, output_ohm: float, farads: float) -> None:
    monkeypatch.setitem(models.AMPLIFIERS, "TLV9154", replace(models.TLV9154, output_ohm=output_ohm))
    assert studies.row_margin(bench, farads) > 55


@pytest.mark.parametrize("which", "MH")
@pytest.mark.parametrize(("farads", "over"), [(50e-12, 0.002), (200e-12, 0.02)])
def test_a_pulse_overshoots_little_and_ends_at_zero(bench: Bench, which: str, farads: float, over: float) -> None:
    """Also what a cell is given in all: V s of a 10 us pulse within 1 %."""
    curves = studies.pulse(bench, 10e-6, 4.0, 1e-4, farads, which)
    time = curves.axis - 2e-6
    cell = curves.values["v(row_0)"] - curves.values["v(col_0)"]
    assert cell.max() < 4.0 * (1 + over)
    assert np.interp(9e-6, time, cell) == pytest.approx(4.0, rel=2e-3)
    assert np.trapezoid(cell, time) == pytest.approx(4.0 * 10e-6, rel=0.01)
    assert np.abs(cell[time > 10e-6 + 3e-6]).max() < 0.01


@pytest.mark.parametrize("which", "LMH")
def test_transfer_up_to_the_trip(bench: Bench, facts: dict[str, Any], which: str) -> None:
    """Linear within 0.1 % of range beyond the converter's span; the line stays at 0 V until far beyond the trip."""
    most = 1.1 * entry(facts, which)["trip_a"]
    current, seen, line = studies.transfer(bench, which, most)
    ohms = entry(facts, which)["rf_ohm"]
    assert np.abs(seen + current * ohms).max() < 1e-3 * most * ohms
    assert np.abs(line).max() < 1e-3


def test_the_whole_array(bench: Bench, facts: dict[str, Any]) -> None:
    """64 random cells: every column's current within 0.3 %, of which row switches take 0.13 %."""
    siemens = np.random.default_rng(1).uniform(1e-6, 1e-4, (8, 8))
    volts = np.full(8, 0.2)
    currents = -studies.array(bench, siemens, volts, "M") / entry(facts, "M")["rf_ohm"]
    np.testing.assert_allclose(currents, volts @ siemens, rtol=3e-3)


def test_crosstalk(bench: Bench, facts: dict[str, Any]) -> None:
    """Seven columns of 2 mS take nothing from an eighth of 10 uS but what the row's switch drops for all of them."""
    siemens = np.full((8, 8), 2e-3)
    siemens[:, 0] = 1e-5
    volts = np.eye(8)[0] * 0.1
    current = -studies.array(bench, siemens, volts, "M")[0] / entry(facts, "M")["rf_ohm"]
    dropped = 1 / (1 + siemens[0].sum() * (facts["line"]["switch_ron_ohm"] + 0.05))
    assert current == pytest.approx(0.1 * 1e-5 * dropped, rel=5e-3)


@pytest.mark.parametrize(("which", "most_v"), [("L", 170e-6), ("M", 20e-6), ("H", 10e-6)])
def test_amplifier_noise(bench: Bench, which: str, most_v: float) -> None:
    assert studies.noise(bench, which, 8e-4) < most_v
