"""What a cell sees in a fault: the netlist's own comparators, flip-flop and gates end it in the simulation."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from ohm8.spice import faults, models, studies
from ohm8.spice.bench import Bench
from tests.hardware.ranges import entry

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


@pytest.mark.usefixtures("_swing")
def test_a_short_while_reading_trips_once_the_driver_has_come_back(bench: Bench) -> None:
    """0.2 V in range H: the driver takes back what its 100 ohm dropped, and 25 mA are passed within 60 us."""
    event = faults.abrupt(bench, "H", 0.2, 0.0, 1.0, lasting_s=80e-6)
    tripped = event.tripped_s()
    assert tripped is not None
    assert tripped < 60e-6


@pytest.mark.parametrize("row_v", [0.05, 0.1])
def test_a_short_below_100_mv_does_not_trip(bench: Bench, facts: dict[str, Any], row_v: float) -> None:
    """In range H: the switch's 3 ohm, a contact's 0.05 ohm and the cell's 1 ohm limit it below the trip."""
    event = faults.abrupt(bench, "H", row_v, 0.0, 1.0, lasting_s=50e-6)
    assert event.tripped_s() is None
    carried = float(np.abs(event.after(40e-6).current_a).max())
    assert 0.75 * row_v / 4.05 < carried < 1.01 * row_v / 4.05
    assert carried < entry(facts, "H")["trip_a"]


@pytest.mark.parametrize("row_v", [2.5, 5.0, -5.0])
@pytest.mark.parametrize("saturated_ohm", [30.0, 50.0, 90.0])
def test_a_short_under_a_row_alone_is_limited_by_the_amplifiers(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, saturated_ohm: float, row_v: float
) -> None:
    """Range H, column at 0 V: an amplifier too weak for the trip passes less than 40 mA, and a better one trips.

    When a trip grounds the row, the column's line discharges through the cell: 0.11 A, gone within 50 ns.
    """
    monkeypatch.setitem(models.AMPLIFIERS, "OPA4197", replace(models.OPA4197, saturated_ohm=saturated_ohm))
    event = faults.abrupt(bench, "H", row_v, 0.0, 1.0, lasting_s=8e-6)
    tripped = event.tripped_s()
    assert saturated_ohm > 50 or tripped is not None
    discharge = (event.time_s > (tripped or 0)) & (event.time_s < (tripped or 0) + 0.15e-6)
    late = event.time_s > 1e-6
    assert np.abs(event.current_a[late & ~discharge]).max() < 0.040
    assert np.abs(event.current_a[late]).max() < 0.12


@pytest.mark.parametrize(("which", "volts"), [("M", 2.0), ("H", 3.0)])
def test_a_column_that_steps_does_not_trip(bench: Bench, which: str, volts: float) -> None:
    """200 pF a line, half on the row and minus half on the column: its charge comes through the feedback resistor."""
    event = faults.gates(bench, which, volts, -volts, 200e-12)
    assert event.tripped_s() is None
    assert event.cell_v.max() < 2 * volts * 1.05


def test_range_l_is_not_for_pulses_on_columns(bench: Bench) -> None:
    """100 kilohm charge 50 pF so slowly that the amplifier goes to its rail: a column of -1 V trips within 1 us."""
    tripped = faults.gates(bench, "L", 1.0, -1.0, 50e-12).tripped_s()
    assert tripped is not None
    assert tripped < 1e-6
    assert faults.gates(bench, "L", 1.5, 0.0, 50e-12).tripped_s() is None, "a row alone does not"


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
def test_without_power(bench: Bench, volts: float) -> None:
    """Nothing drives a cell; 12 V through 10 kilohm on its row are clamped to the dead rails."""
    curves = faults.unpowered(bench, volts, 10e3)
    cell = np.abs(curves.values["v(row_0)"] - curves.values["v(col_0)"])
    assert cell[curves.axis < 10e-6].max() < 1e-6
    assert np.abs(curves.values["v(row_0)"]).max() < 1.2
    assert cell.max() < 1.2


@pytest.mark.parametrize(("farads", "most_v"), [(200e-12, 0.4), (1e-9, 0.8), (3e-9, 1.2)])
def test_the_tail_of_a_pulse(bench: Bench, farads: float, most_v: float) -> None:
    """Range H: the line's charge goes through the ground switch and the column's amplifier, little through the cell."""
    curves = studies.pulse(bench, 10e-6, 4.0, 1e-4, farads, "H")
    time = curves.axis - 12e-6
    cell = np.abs(curves.values["v(row_0)"] - curves.values["v(col_0)"])
    assert cell[time > 0.5e-6].max() < most_v
    assert cell[time > 5e-6].max() < 0.01
    assert np.trapezoid(cell[time > 0.2e-6], time[time > 0.2e-6]) < 0.05 * 4.0 * 10e-6, "of the pulse's V s"


@pytest.mark.parametrize("volts", [-12.0, 12.0])
def test_over_voltage_on_a_line(bench: Bench, volts: float) -> None:
    """12 V through 1 kilohm: a row goes to ground through its switch, a column is held by its amplifier."""
    row, column = faults.over_voltage(bench, volts, 1000.0)
    assert abs(row) < 0.1
    assert abs(column) < 7.5 + 1.0
