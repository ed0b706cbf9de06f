"""What a cell sees in a fault: the netlist's own comparators, flip-flop and gates end it in the simulation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from ohm8.spice import faults, models
from ohm8.spice.bench import Bench

RISING = {"+7V5": (1e-3, 1e-3), "-7V5": (1e-3, 1e-3), "+3V3": (1e-3, 1e-3), "VREF": (1e-3, 3e-3)}


@pytest.fixture(params=[30.0, 60.0], ids=lambda ohm: f"{ohm:.0f}ohm")
def _swing(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Output stages as remembered, and twice as weak: a trip must not live on the last volt of swing."""
    for name, model in models.AMPLIFIERS.items():
        monkeypatch.setitem(models.AMPLIFIERS, name, replace(model, saturated_ohm=request.param))


@pytest.mark.usefixtures("_swing")
@pytest.mark.parametrize(
    ("which", "row_v", "col_v"), [("H", 2.0, 0.0), ("H", 2.5, -2.5), ("H", -2.5, 2.5), ("M", 2.0, 0.0), ("L", 1.0, 0.0)]
)
def test_a_short_trips(bench: Bench, which: str, row_v: float, col_v: float) -> None:
    """A cell that becomes 1 ohm: over within 4 us, whatever the range; the amplifier then comes back to 0 V."""
    event = faults.abrupt(bench, which, row_v, col_v, 1.0)
    tripped = event.tripped_s()
    assert tripped is not None
    assert tripped < 4e-6
    assert np.abs(event.after(tripped + 1e-6).cell_v).max() < 0.05


def test_a_short_while_reading_stays_below_the_trip(bench: Bench, facts: dict[str, Any]) -> None:
    """0.2 V: the 100 ohm, the switch and range H's 203 ohm bound it; a read keeps measuring."""
    event = faults.abrupt(bench, "H", 0.2, 0.0, 1.0)
    assert event.tripped_s() is None
    assert np.abs(event.after(10e-6).current_a).max() < next(
        each["trip_a"] for each in facts["range"] if each["name"] == "H"
    )


def test_a_set_behind_a_series_resistor(bench: Bench) -> None:
    """From 100 to 1 kilohm at 2 V behind 1 kilohm in RN1: half the voltage after the line's own charge has gone."""
    event = faults.abrupt(bench, "M", 2.0, 0.0, 1000.0, series_ohm=1000.0)
    assert event.current_a.max() < 2.05 / 1000
    assert event.after(1e-6).current_a.max() == pytest.approx(2.0 / 2000, rel=0.03)


def test_a_reset_of_the_controller_ends_a_pulse(bench: Bench) -> None:
    """Gates asked for all the while: the pull-down, the diode and the flip-flop take the lines to 0 V."""
    event = faults.controller_reset(bench, 2.0)
    assert event.cell_v[event.time_s < 0][-1] == pytest.approx(2.0, rel=0.01)
    tripped = event.tripped_s()
    assert tripped is not None
    assert tripped < 2e-6
    assert np.abs(event.after(tripped + 5e-6).cell_v).max() < 0.02


@pytest.mark.parametrize("first", sorted(RISING))
@pytest.mark.parametrize("last", sorted(RISING))
def test_rails_one_by_one(bench: Bench, first: str, last: str) -> None:
    """In any order a cell of 10 kilohm sees less than a read, and a sixth of that once the switches have a supply."""
    order = RISING | {last: (6e-3, RISING[last][1])} | {first: (0.2e-3, RISING[first][1])}
    curves = faults.rails(bench, order)
    cell = np.abs(curves.values["v(row_0)"] - curves.values["v(col_0)"])
    supplied = curves.values["v(vp)"] - curves.values["v(vn)"] > models.SWITCH_SUPPLY_V + 0.5
    assert cell.max() < 0.2
    assert cell[supplied].max() < 0.05


@pytest.mark.parametrize("volts", [-12.0, 12.0])
def test_over_voltage_on_a_line(bench: Bench, volts: float) -> None:
    """12 V through 1 kilohm: a row goes to ground through its switch, a column is held by its amplifier."""
    row, column = faults.over_voltage(bench, volts, 1000.0)
    assert abs(row) < 0.1
    assert abs(column) < 7.5 + 1.0
