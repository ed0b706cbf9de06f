"""board.toml says what the schematic says: every pin, channel, reference, resistor, range and part."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from ohm8.netlist import Netlist, ohms

PICO = "A801"
PICO_PIN = dict(
    zip(range(23), (1, 2, 4, 5, 6, 7, 9, 10, 11, 12, 14, 15, 16, 17, 19, 20, 21, 22, 24, 25, 26, 27, 29), strict=True)
)
PICO_PIN |= {26: 31, 27: 32, 28: 34}
VOUT = (2, 1, 20, 19, 12, 11, 10, 9)  # AD5676 pin of each output
LATCH_OUT = (15, 1, 2, 3, 4, 5, 6, 7)  # QA .. QH
LATCH_OF = {"ROW": "U401", "RNG_M": "U402", "RNG_H": "U403", "MISC": "U404"}
AMPLIFIER = {0: (3, 2, 1), 1: (5, 6, 7), 2: (10, 9, 8), 3: (12, 13, 14)}  # +, -, output


def parallel(*values: float) -> float:
    return 1 / sum(1 / value for value in values)


def test_every_pin_of_the_controller(netlist: Netlist, facts: dict[str, Any]) -> None:
    same_name = {"i2c_sda", "i2c_scl"}
    for name, gpio in facts["pins"].items():
        net = netlist.net(PICO, PICO_PIN[gpio])
        expected = {name.upper(), name.upper() + "_MCU"} if name not in same_name else {name.upper()}
        assert net.rsplit("/", 1)[-1] in expected, f"GPIO {gpio}"


@pytest.mark.parametrize(("clock", "series"), [("SPI0_SCK", "R801"), ("SPI1_SCK", "R802")])
def test_clocks_pass_one_series_resistor(netlist: Netlist, clock: str, series: str) -> None:
    source = next(net for net in netlist.nets if net.endswith(f"{clock}_MCU"))
    assert netlist.across(source, clock, "R") == [series]


def test_no_pin_of_the_controller_is_used_that_board_toml_does_not_name(
    netlist: Netlist, facts: dict[str, Any]
) -> None:
    named = set(facts["pins"].values())
    assert named == set(PICO_PIN)


@pytest.mark.parametrize(
    ("chip", "select", "order", "line"),
    [("U301", "ROWDAC_SYNC", "row_order", "R"), ("U302", "COLDAC_SYNC", "col_order", "C")],
)
def test_dac_channels_and_straps(
    netlist: Netlist, facts: dict[str, Any], chip: str, select: str, order: str, line: str
) -> None:
    assert netlist.components[chip].value == facts["dac"]["part"]
    for index, output in enumerate(facts["dac"][order]):
        assert netlist.net(chip, VOUT[output]) == f"DAC{line}_{index}"
    assert netlist.net(chip, 5) == f"{select}_L"
    assert facts["dac"]["gain"] == 2
    assert netlist.net(chip, 8) == "+3V3", "GAIN high: twice the reference"
    assert facts["dac"]["por_code"] == 0x8000
    assert netlist.net(chip, 14) == "+3V3", "RSTSEL high: midscale at power-up"
    assert netlist.net(chip, 17) == "DAC_RESET_N"
    assert netlist.net(chip, 15) == "LDAC_N"
    assert netlist.net(chip, 18) == "VREF"


def test_reference(netlist: Netlist, facts: dict[str, Any]) -> None:
    assert netlist.value("U304") == "REF5025"
    assert facts["dac"]["vref_v"] == 2.5
    assert netlist.net("U304", 6) == netlist.net("U303", 42) == "VREF"
    low, high = netlist.across(netlist.net("U305", 4), "GND", "R"), netlist.across(netlist.net("U305", 4), "V5REF", "R")
    assert ohms(netlist.value(low[0])) == ohms(netlist.value(high[0]))


@pytest.mark.parametrize("index", range(8))
def test_line_transfer(netlist: Netlist, facts: dict[str, Any], index: int) -> None:
    """V(line) = 2 V(DAC) - V5REF: shift and feedback resistors are equal, on rows and columns."""
    line = facts["line"]
    for chip, dac in ((f"U{101 + index // 4}", "DACR"), (f"U{201 + index // 4}", "DACC")):
        plus, minus, output = (netlist.net(chip, pin) for pin in AMPLIFIER[index % 4])
        assert plus == f"{dac}_{index}"
        back = f"N_{index}" if dac == "DACR" else output
        shift, feedback = netlist.across("V5REF", minus, "R"), netlist.across(minus, back, "R")
        for resistors in (shift, feedback):
            assert [ohms(netlist.value(ref)) for ref in resistors] == [facts["parts"]["r_shift_ohm"]]
        assert [netlist.value(ref) for ref in netlist.across(minus, output, "C")] == [facts["parts"]["c_fb_drv"]]
    span = facts["dac"]["vref_v"] * facts["dac"]["gain"] * 2
    assert line["scale_v_per_code"] == span / 2 ** facts["dac"]["bits"]
    driver = netlist.net(f"U{101 + index // 4}", AMPLIFIER[index % 4][2])
    assert [ohms(netlist.value(ref)) for ref in netlist.across(driver, f"N_{index}", "R")] == [line["riso_ohm"]]
    for net in (f"ROW_{index}", f"COL_{index}"):
        assert [ohms(netlist.value(ref)) for ref in netlist.across(net, "GND", "R")] == [line["bleed_ohm"]]
    assert [netlist.value(ref) for ref in netlist.across(f"N_{index}", "GND", "C")] == [facts["parts"]["c_reservoir"]]


@pytest.mark.parametrize("index", range(8))
def test_column_reference(netlist: Netlist, facts: dict[str, Any], index: int) -> None:
    plus = netlist.net(f"U{203 + index // 4}", AMPLIFIER[index % 4][0])
    driver = netlist.net(f"U{201 + index // 4}", AMPLIFIER[index % 4][2])
    assert [ohms(netlist.value(ref)) for ref in netlist.across(driver, plus, "R")] == [
        facts["line"]["colref_series_ohm"]
    ]


@pytest.mark.parametrize("index", range(8))
def test_ranges(netlist: Netlist, facts: dict[str, Any], index: int) -> None:
    """Feedback of each range, switch resistance included, is what board.toml says, within 0.02 %.

    Resistors return to the line, capacitors to the amplifier's input, a resistor away.
    """
    line, output = f"COL_{index}", f"TIAOUT_{index}"
    minus = netlist.net(f"U{203 + index // 4}", AMPLIFIER[index % 4][1])
    assert [ohms(netlist.value(ref)) for ref in netlist.across(minus, line, "R")] == [facts["parts"]["r_input_ohm"]]
    (low,) = netlist.across(line, output, "R")
    (low_capacitor,) = netlist.across(minus, output, "C")
    assert netlist.value(low) == facts["parts"]["r_rf_l"]
    ron = facts["line"]["switch_ron_ohm"]
    total = {"L": ohms(netlist.value(low))}
    capacitance = {"L": int(netlist.value(low_capacitor)[:-1])}
    for name, pair, control in (("M", (213, 214), f"RNGM_{index}"), ("H", (215, 216), f"RNGH_{index}")):
        chip = f"U{pair[index // 4]}"
        side, gate, other = ((2, 1, 3), (6, 8, 7), (10, 9, 11), (15, 16, 14))[index % 4]
        assert netlist.net(chip, gate) == control
        assert netlist.net(chip, other) == output
        (resistor,) = netlist.across(netlist.net(chip, side), line, "R")
        (capacitor,) = netlist.across(netlist.net(chip, side), minus, "C")
        assert netlist.value(resistor) == facts["parts"][f"r_rf_{name.lower()}"]
        assert netlist.value(chip) == "TMUX6212", "closed by a high level"
        total[name] = parallel(ohms(netlist.value(resistor)) + ron, total["L"])
        capacitance[name] = int(netlist.value(capacitor)[:-1]) + capacitance["L"]
    for entry in facts["range"]:
        assert entry["rf_ohm"] == pytest.approx(total[entry["name"]], rel=2e-4)
        assert entry["cf_pf"] == capacitance[entry["name"]]
        assert entry["trip_a"] == pytest.approx(facts["trip"]["v_pos"] / entry["rf_ohm"], rel=0.01)


def test_adc_channels_and_straps(netlist: Netlist, facts: dict[str, Any]) -> None:
    assert netlist.value("U303") == facts["adc"]["part"]
    for index, channel in enumerate(facts["adc"]["col_order"]):
        net = netlist.net("U303", 49 + 2 * channel)
        assert net == f"VIN_{index}"
        assert [netlist.value(ref) for ref in netlist.across(net, f"TIAOUT_{index}", "R")] == [facts["parts"]["r_adc"]]
        assert [netlist.value(ref) for ref in netlist.across(net, "GND", "C")] == [facts["parts"]["c_adc"]]
        assert netlist.net("U303", 50 + 2 * channel) == "GND"
    assert {netlist.net("U303", pin) for pin in (3, 4, 5)} == {"+3V3"}, "software mode"
    assert netlist.net("U303", 6) == "+3V3", "serial"
    assert netlist.net("U303", 34) == "GND", "external reference"
    assert netlist.net("U303", 24) == "SPI1_RX"
    assert facts["adc"]["dout_lines"] == 1


def test_latch_chain(netlist: Netlist, facts: dict[str, Any]) -> None:
    """The first byte sent ends in the last chip: board.toml lists them from the far end."""
    chain = [LATCH_OF[name] for name in reversed(facts["latch"]["chips"])]
    assert facts["latch"]["bits"] == 8 * len(chain)
    assert all(netlist.value(chip) == facts["latch"]["part"] for chip in chain)
    assert netlist.net(chain[0], 14) == "SPI0_TX"
    for before, after in itertools.pairwise(chain):
        assert netlist.net(before, 9) == netlist.net(after, 14)
    assert netlist.across(netlist.net(chain[-1], 9), "LATCH_QH", "JP") == ["JP401"]
    for index in range(8):
        assert netlist.net("U401", LATCH_OUT[index]) == f"ROWBIT_{index}"
        assert netlist.net("U402", LATCH_OUT[index]) == f"RNGM_{index}"
        assert netlist.net("U403", LATCH_OUT[index]) == f"RNGH_{index}"
    misc = facts["latch"]["misc"]
    assert [netlist.net("U404", LATCH_OUT[bit]) for bit in misc["cal_sel"]] == ["CAL_A0", "CAL_A1", "CAL_A2"]
    assert netlist.net("U404", LATCH_OUT[misc["cal_en"]]) == "CAL_EN"
    assert netlist.net("U404", LATCH_OUT[misc["led"]]).endswith("LED_STATUS")


def test_calibration(netlist: Netlist, facts: dict[str, Any]) -> None:
    (resistor,) = netlist.across(f"N_{facts['cal']['from_row']}", netlist.net("U701", 8), "R")
    assert ohms(netlist.value(resistor)) == facts["cal"]["r_ohm"]
    for index, pin in enumerate((4, 5, 6, 7, 12, 11, 10, 9)):
        assert netlist.net("U701", pin) == f"COL_{index}"
    assert [netlist.net("U701", pin) for pin in (1, 16, 15, 2)] == ["CAL_A0", "CAL_A1", "CAL_A2", "CAL_EN"]


def test_device_connectors(netlist: Netlist, facts: dict[str, Any]) -> None:
    for i in range(facts["board"]["rows"]):
        assert netlist.net("J1", 2 * i + 1) == netlist.net("J2", i + 1) == f"ROW_{i}"
    for j in range(facts["board"]["cols"]):
        assert netlist.net("J1", 17 + 2 * j) == netlist.net("J2", 16 - j) == f"COL_{j}"


@pytest.mark.parametrize(
    ("field", "resistor", "nets"),
    [
        ("vp_top_ohm", "R831", ("+7V5", "MON_VP")),
        ("vp_bottom_ohm", "R832", ("MON_VP", "GND")),
        ("vn_top_ohm", "R833", ("+3V3", "MON_VN")),
        ("vn_bottom_ohm", "R834", ("MON_VN", "-7V5")),
    ],
)
def test_monitors_of_the_rails(
    netlist: Netlist, facts: dict[str, Any], field: str, resistor: str, nets: tuple[str, str]
) -> None:
    assert ohms(netlist.components[resistor].value) == facts["rails"][field]
    assert {netlist.net(resistor, pin).rsplit("/", 1)[-1] for pin in (1, 2)} == set(nets)
    assert facts["rails"]["min_v"] < facts["line"]["rail_v"] < facts["rails"]["max_v"]
