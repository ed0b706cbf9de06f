"""board.toml entered a second time: what chips are, from where it was read, and what follows from other values.

Each figure stands here beside its source. "Notes" are figures that were recalled when the board was designed and that
no data sheet was opened for (docs/explanation/board.md): both entries are the same memory, so only slips are found.
"""

from __future__ import annotations

import re
from math import hypot, sqrt
from typing import Any

import pytest
from ohm8.circuit.board import board as design
from ohm8.netlist import Netlist, ohms
from ohm8.spice.models import OPA4197, TLV9154

Facts = dict[str, Any]

AD5676 = {
    "bits": 16,  # Analog Devices' page of the AD5676
    "frame_bits": 24,  # Linux drivers/iio/dac/ad5686-spi.c
    "spi_mode": 1,  # data on falling SCLK: the same; mode 1 in public AD5683 drivers
    "cmd_write": 1,  # Linux ad5686.h
    "cmd_update": 2,
    "cmd_write_update": 3,
    "cmd_readback": 9,
    "min_frame_period_ns": 830,  # a hardware-run FPGA core
    "settle_us": 8.0,  # notes
}
AD7606C = {
    "bits": 16,
    "channels": 8,
    "spi_mode": 2,  # Linux adi,ad7606.yaml: spi-cpol
    "dout_lines": 1,
    "crc_poly": 0x755B,  # no-OS drivers/adc/ad7606
    "reg_crc_poly": 0x07,
    "reset_us": 3,
    "setup_us": 253,
    "range_codes": {"v2_5": 0, "v5": 1, "v10": 3},
    "conv_us": {"1": 1, "2": 3, "4": 5, "8": 10, "16": 20, "32": 41, "64": 81, "128": 162, "256": 324},
    "bandwidth_hz": 220_000,  # notes
    "noise_uv_rms": {"v2_5": 79, "v5": 118, "v10": 200},  # notes
    "tol": 5e-4,  # the maker's feature list: total unadjusted error
}
PRESCALERS = range(2, 256, 2)  # of the PL022, RP2040 datasheet 4.4.4
FASTEST_HZ = {"spi0_dac_hz": 50e6, "spi0_latch_hz": 20e6, "spi1_adc_hz": 23.5e6}  # AD5676; notes; Linux ad7606_spi.c
REGULATOR_V = {"ADP7142": 1.20, "ADP7182": -1.22}  # feedback references, notes


def test_names(facts: Facts) -> None:
    assert (facts["board"]["name"], facts["board"]["revision"]) == (design().name, design().revision)


def test_size(netlist: Netlist, facts: Facts) -> None:
    for kind, key in (("ROW", "rows"), ("COL", "cols")):
        assert sum(re.fullmatch(rf"{kind}_\d+", net) is not None for net in netlist.nets) == facts["board"][key]


@pytest.mark.parametrize("clock", FASTEST_HZ)
def test_clocks_can_be_made_and_are_allowed(facts: Facts, clock: str) -> None:
    """clk_peri / (prescaler x (1 + rate)): even divisors of the system clock, the SDK's fastest."""
    system = facts["clock"]["sys_hz"]
    assert system == 200_000_000
    made = {int(system / (even * rate)) for even in PRESCALERS for rate in range(1, 257)}
    assert facts["clock"][clock] in made
    assert FASTEST_HZ[clock] / 2 < facts["clock"][clock] <= FASTEST_HZ[clock]


@pytest.mark.parametrize("name", AD5676)
def test_line_converter(facts: Facts, name: str) -> None:
    assert facts["dac"][name] == AD5676[name]


@pytest.mark.parametrize("name", AD7606C)
def test_current_converter(facts: Facts, name: str) -> None:
    assert facts["adc"][name] == AD7606C[name]


def test_spans_are_ranges_of_the_converter(facts: Facts) -> None:
    """The narrowest while reading, and while a pulse is on one that takes whatever an amplifier can give."""
    spans = {float(name.removeprefix("v").replace("_", ".")): name for name in facts["adc"]["range_codes"]}
    assert facts["adc"]["read_span_v"] == min(spans)
    assert facts["adc"]["pulse_span_v"] == min(span for span in spans if span > facts["line"]["swing_v"])


def test_crosstalk_is_94_db(facts: Facts) -> None:
    """Notes: AD7606 family, between channels."""
    assert facts["adc"]["crosstalk"] == pytest.approx(10 ** (-94 / 20), rel=0.01)


def test_latches_shift_on_rising_edges(facts: Facts) -> None:
    """74AHC595: SRCLK rising, which mode 0 gives."""
    assert facts["latch"]["spi_mode"] == 0


def test_line_codes(facts: Facts) -> None:
    line, dac = facts["line"], facts["dac"]
    codes = 2 ** dac["bits"]
    assert line["zero_code"] == codes // 2 == dac["por_code"]
    assert line["min_v"] == -line["zero_code"] * line["scale_v_per_code"]
    assert line["max_v"] == pytest.approx((codes - 1 - line["zero_code"]) * line["scale_v_per_code"], abs=1e-5)


def test_rails(netlist: Netlist, facts: Facts) -> None:
    """From the regulators' dividers, within 1 %; and 0.3 V of headroom for the drivers and amplifiers (notes)."""
    for chip, pin, rail in (("U601", 3, "+7V5"), ("U602", 4, "-7V5")):
        (top,) = netlist.across(rail, netlist.net(chip, pin), "R")
        (bottom,) = netlist.across("GND", netlist.net(chip, pin), "R")
        volts = REGULATOR_V[netlist.value(chip)] * (1 + ohms(netlist.value(top)) / ohms(netlist.value(bottom)))
        assert abs(volts) == pytest.approx(facts["line"]["rail_v"], rel=0.01)
    assert facts["line"]["swing_v"] == pytest.approx(facts["line"]["rail_v"] - OPA4197.headroom)


def test_models_are_those_of_the_board_description(facts: Facts) -> None:
    """What the emulator takes from board.toml is what the decks are simulated with."""
    amplifier, line = facts["amplifier"], facts["line"]
    for described, model in ((amplifier, OPA4197), (line, TLV9154)):
        assert described["gain_bandwidth_hz"] == model.gain_bandwidth
        assert described["output_ohm"] == model.output_ohm
        assert described["saturated_ohm"] == model.saturated_ohm
    thermal = sqrt(4 * 1.38e-23 * 300 * facts["parts"]["r_input_ohm"])
    assert amplifier["noise_nv_rthz"] * 1e-9 == pytest.approx(hypot(OPA4197.noise, thermal), rel=0.01)


def test_rail_monitors(netlist: Netlist, facts: Facts) -> None:
    """Dividers of the controller's monitor pins; its converter has 12 bits, against 3V3 (RP2040 datasheet)."""
    rails = facts["rails"]
    dividers = {"vp_top_ohm": "+7V5", "vp_bottom_ohm": "GND", "vn_top_ohm": "+3V3", "vn_bottom_ohm": "-7V5"}
    for name, other in dividers.items():
        monitor = next(net for net in netlist.nets if net.endswith(f"MON_{name[:2].upper()}"))
        assert [ohms(netlist.value(ref)) for ref in netlist.across(monitor, other, "R")] == [rails[name]]
    assert (rails["bits"], rails["supply_v"]) == (12, 3.3)
    assert rails["min_v"] < 0.95 * facts["line"]["rail_v"] < 1.05 * facts["line"]["rail_v"] < rails["max_v"]
    assert rails["max_v"] < 9.0, "a regulator that passes its input on is seen"


def test_noise_of_a_line(facts: Facts) -> None:
    """160 nV/sqrt(Hz) of converter and driver, over the noise bandwidth of the current converter's one-pole filter."""
    assert facts["line"]["noise_uv_rms"] == pytest.approx(160e-3 * sqrt(1.571 * facts["adc"]["bandwidth_hz"]), rel=0.01)


def test_switch_times(facts: Facts) -> None:
    """Notes: TMUX6213."""
    assert (facts["line"]["t_on_ns"], facts["line"]["t_off_ns"]) == (200, 150)


def test_amplifiers_of_the_columns(facts: Facts) -> None:
    """Notes: largest offset of an OPA4197. Its gain-bandwidth as the decks have it: first page of SBOS737."""
    assert facts["amplifier"]["offset_uv"] == 100
    assert facts["amplifier"]["gain_bandwidth_hz"] == OPA4197.gain_bandwidth


def test_ranges_by_their_bits(netlist: Netlist, facts: Facts) -> None:
    """What a column's range bits join is the feedback that is named; tolerance: resistor, and 1 ohm of switch."""
    ron, low = facts["line"]["switch_ron_ohm"], ohms(facts["parts"]["r_rf_l"])
    for entry in facts["range"]:
        joined = [low]
        tolerance = 1e-3
        for bit, part in (("m", "r_rf_m"), ("h", "r_rf_h")):
            assert entry[bit] in (0, 1)
            if entry[bit]:
                joined.append(ohms(facts["parts"][part]) + ron)
                tolerance += 1 / joined[-1]
        assert entry["rf_ohm"] == pytest.approx(1 / sum(1 / each for each in joined), rel=2e-4)
        assert entry["tol"] == pytest.approx(tolerance, rel=0.02)
    assert [entry["name"] for entry in facts["range"]] == ["L", "M", "H"]
    assert [entry["rf_ohm"] for entry in facts["range"]] == sorted((e["rf_ohm"] for e in facts["range"]), reverse=True)


def test_trip_follows_the_chain(facts: Facts) -> None:
    """Notes: comparator 60 ns, flip-flop and gate 20 ns each, switch 200 ns."""
    assert facts["trip"]["delay_ns"] == 60 + 20 + 20 + 200


def test_calibration_resistor(netlist: Netlist, facts: Facts) -> None:
    """W in Susumu's numbers is 0.05 %; the multiplexer has 4.7 ohm (ADG1408, maker's feature list)."""
    (resistor,) = netlist.across("N_0", netlist.net("U701", 8), "R")
    assert "-W-" in netlist.components[resistor].fields["MPN"]
    assert facts["cal"]["r_tol"] == 5e-4
    assert facts["cal"]["mux_ron_ohm"] == pytest.approx(4.7, abs=0.4)


def test_limits_follow_the_circuit(facts: Facts) -> None:
    """What the circuit cannot hold must not be allowed; what is a choice is in the list of exceptions."""
    limits, line = facts["limits"], facts["line"]
    assert limits["i_row_a"] <= (line["swing_v"] - abs(line["min_v"])) / line["riso_ohm"]
    assert limits["v_cell"] <= 2 * abs(line["min_v"])
    assert limits["v_read_unarmed"] < limits["v_read"] < facts["adc"]["read_span_v"]
    assert limits["pulse_min_ns"] > line["t_on_ns"] + line["t_off_ns"]
