"""Safe in metal: where each line is at reset, without arming, in a trip, whatever the firmware does."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ohm8 import trip
from ohm8.netlist import Netlist, ohms
from ohm8.spice.models import OPA4197
from ohm8.trip import Level
from tests.hardware.ranges import entry

NC = {"A": (2, 1, 3), "B": (6, 8, 7), "C": (10, 9, 11), "D": (15, 16, 14)}  # side, control, side of a quad switch
WEAK_OHM = 60.0  # what a weak amplifier leaves to its rail, more than the 0.5 V at 9 mA of its catalogue
STRONG = 10_000  # ohm; the controller's own pulls are 50 kilohm and more


@pytest.mark.parametrize("net", ["DAC_RESET_N", "ROW_EN", "COL_EN", "ARM"])
def test_low_at_reset(netlist: Netlist, net: str) -> None:
    assert [ohms(netlist.value(ref)) for ref in netlist.across(net, "GND", "R")] == [STRONG]
    assert not netlist.across(net, "+3V3", "R")


@pytest.mark.parametrize("net", ["ROWDAC_SYNC_N", "COLDAC_SYNC_N", "ADC_CS_N", "LDAC_N", "ADC_RESET"])
def test_high_at_reset(netlist: Netlist, net: str) -> None:
    assert [ohms(netlist.value(ref)) for ref in netlist.across(net, "+3V3", "R")] == [STRONG]
    assert not netlist.across(net, "GND", "R")


@pytest.mark.parametrize("index", range(8))
def test_a_row_that_is_not_driven_is_grounded(netlist: Netlist, index: int) -> None:
    """Switches 1 and 4 of a TMUX6213 close on a high control, 2 and 3 on a low one; a row has one of each."""
    chip = f"U{111 + index // 2}"
    assert netlist.value(chip) == "TMUX6213"
    drive, ground = (("A", "D"), ("B", "C"))[index % 2]
    nets = [[netlist.net(chip, pin) for pin in NC[unit]] for unit in (drive, ground)]
    assert (nets[0][0], nets[0][2]) == (f"N_{index}", f"SW_{index}")
    assert (nets[1][0], nets[1][2]) == ("GND", f"SW_{index}")
    assert nets[0][1] == nets[1][1], "one control moves both"


@pytest.mark.parametrize("index", range(8))
def test_a_row_needs_its_bit_and_the_gate(netlist: Netlist, index: int) -> None:
    chip, pins = f"U{121 + index // 4}", ((1, 2, 3), (4, 5, 6), (9, 10, 8), (12, 13, 11))[index % 4]
    assert netlist.value(chip) == "74HC08"
    first, second, control = (netlist.net(chip, pin) for pin in pins)
    assert {first, second} == {f"ROWBIT_{index}", "ROW_GATE"}
    assert control == netlist.net(f"U{111 + index // 2}", 1 if index % 2 == 0 else 8)
    assert len(netlist.pins(control)) == 3, "nothing else drives a row's control"


@pytest.mark.parametrize("index", range(8))
def test_a_column_is_grounded_unless_the_gate_is_high(netlist: Netlist, index: int) -> None:
    chip = f"U{211 + index // 4}"
    assert netlist.value(chip) == "TMUX6211", "closed by a low level"
    side, control, other = (netlist.net(chip, pin) for pin in NC["ABCD"[index % 4]])
    amplifier = netlist.net(f"U{203 + index // 4}", (3, 5, 10, 12)[index % 4])
    assert (side, other) == (amplifier, "GND")
    assert control == "COL_GATE"


@pytest.mark.parametrize(
    ("gate", "request_net", "pins"), [("ROW_GATE", "ROW_EN", (1, 2, 7)), ("COL_GATE", "COL_EN", (5, 6, 3))]
)
def test_gates_need_armed(netlist: Netlist, gate: str, request_net: str, pins: tuple[int, int, int]) -> None:
    assert netlist.value("U502") == "74LVC2G08"
    assert {netlist.net("U502", pins[0]), netlist.net("U502", pins[1])} == {request_net, "ARMED"}
    assert netlist.net("U502", pins[2]) == gate
    drivers = [ref for ref, _ in netlist.pins(gate) if ref == "U502"]
    assert len(drivers) == 1


def test_armed_is_a_flip_flop_that_a_trip_clears(netlist: Netlist) -> None:
    assert netlist.value("U501") == "74HC74"
    assert [netlist.net("U501", pin) for pin in (1, 2, 3, 4, 5)] == ["TRIP_N", "+3V3", "ARM", "+3V3", "ARMED"]
    assert netlist.net("U501", 10) == "TRIP_N", "the lamp remembers a trip"


def test_what_clears_the_flip_flop(netlist: Netlist) -> None:
    """Both comparators, the supervisor, the stack, and the controller's reset through a diode; only a weak pull-up."""
    assert {netlist.net("U503", 1), netlist.net("U503", 7), netlist.net("U504", 1)} == {"TRIP_N"}
    assert netlist.pins("TRIP_N", "J")
    assert (netlist.net("D531", 1), netlist.net("D531", 2)) == ("DAC_RESET_N", "TRIP_N"), "cathode at DAC_RESET_N"
    pulls = [ohms(netlist.value(ref)) for ref, _ in netlist.pins("TRIP_N", "R")]
    assert min(pulls) >= 100_000
    held = 3.3 * STRONG * sum(1 / pull for pull in pulls) + 0.3
    assert held < 0.3 * 3.3, "a floating controller clears the flip-flop"


@pytest.mark.parametrize(("level", "name"), [(trip.positive, "v_pos"), (trip.negative, "v_neg")])
def test_trip_levels(netlist: Netlist, facts: dict[str, Any], level: Callable[[Netlist], Level], name: str) -> None:
    """Of the netlist's resistors: what board.toml says, above every reading, within the weakest amplifier's reach."""
    found = level(netlist)
    assert found.nominal_v == pytest.approx(facts["trip"][name], abs=0.01)
    assert found.spread_v <= facts["trip"]["tol_v"]
    least, most = (abs(found.nominal_v) + sign * found.spread_v for sign in (-1, 1))
    assert least > 5.0, "the converter's range of +-5 V, and twice the +-2.5 V of readings"
    assert facts["adc"]["read_span_v"] <= 5.0
    assert most < trip.reach_v(OPA4197, WEAK_OHM, entry(facts, "H")["rf_ohm"])


@pytest.mark.parametrize("index", range(8))
def test_every_amplifier_feeds_the_peak_detector(netlist: Netlist, index: int) -> None:
    diode = f"D2{index}2"
    assert [netlist.net(diode, pin) for pin in (1, 2, 3)] == ["PEAK_N", "PEAK_P", f"TIAOUT_{index}"]


@pytest.mark.parametrize("line", [f"{kind}_{k}" for kind in ("ROW", "COL") for k in range(8)])
def test_every_line_is_clamped_and_bled(netlist: Netlist, line: str) -> None:
    (clamp,) = {ref for ref, _ in netlist.pins(line, "D")}
    assert netlist.value(clamp) == "BAV199"
    assert [netlist.net(clamp, pin) for pin in (1, 2, 3)] == ["-7V5", "+7V5", line]


def test_the_supervisor_watches_both_supplies(netlist: Netlist) -> None:
    top, bottom = (netlist.across(net, netlist.net("U504", 5), "R")[0] for net in ("+5VA", "GND"))
    threshold = 0.405 * (1 + ohms(netlist.value(top)) / ohms(netlist.value(bottom)))
    assert 4.4 < threshold < 4.7
    assert netlist.net("U504", 6) == "+3V3"
