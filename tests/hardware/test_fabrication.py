"""The bill of materials: every part that is bought, once, by a whole order number of the part that is drawn."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from ohm8.circuit.catalogue import UNSEEN
from ohm8.fabrication import lines
from ohm8.netlist import Component, Netlist, ohms

ORDER_NUMBER = re.compile(r"[0-9A-Z][0-9A-Za-z./,#+-]{4,}")
ALTERNATE = re.compile(rf"{ORDER_NUMBER.pattern}( \([a-z ]+\))?")

SIZES = {  # what begins an order number, and the footprint that goes with it
    r"(RC|CC)0402|ERA-2A|ERJ-2R|RG1005|GRM155|C1005|CL05": "_0402_",
    r"RC0805|ERA-6A|ERJ-6E|RG2012|GRM21|CL21": "_0805_",
}
PACKAGES = {  # what ends an order number of a chip
    r"(IPWR|YRUZ|PWR)$": "TSSOP-1[46]_",
    r"[AB]RUZ$": "TSSOP-20_",
    r"BSTZ$": "LQFP-64_",
    r"DBVR$": "SOT-23-[56]$",
    r"AUJZ.*-R7$": "TSOT-23-5",
    r"ARDZ$": "SOIC-8-1EP_",
    r"DCUR$": "VSSOP-8_",
    r"D,(653|118)$": "SOIC-1[46]_",
    r"(/SN|-SSHM-B|IDR)$": "SOIC-8_",
    r",215$": "SOT-23$",
}


@pytest.fixture(scope="module")
def bought(netlist: Netlist) -> list[Component]:
    return [part for part in netlist.components.values() if "exclude_from_bom" not in part.attributes]


def test_every_bought_part_is_on_one_line(netlist: Netlist, bought: list[Component]) -> None:
    listed = Counter(ref for line in lines(netlist) for ref in line[1].split())
    assert listed == Counter(part.ref for part in bought)


def test_quantities(netlist: Netlist) -> None:
    assert all(int(line[0]) == len(line[1].split()) for line in lines(netlist))


def test_every_line_has_a_whole_order_number(netlist: Netlist) -> None:
    for _, refs, *_, maker, number, alternates, _ in lines(netlist):
        assert maker, refs
        assert ORDER_NUMBER.fullmatch(number), (refs, number)
        for alternate in filter(None, alternates.split("; ")):
            assert ALTERNATE.fullmatch(alternate), (refs, alternate)
            assert alternate != number, refs


def test_numbers_to_look_up_are_marked(netlist: Netlist) -> None:
    marked = {line[5] for line in lines(netlist) if line[-1] == "look up"}
    assert marked == UNSEEN & {line[5] for line in lines(netlist)}
    assert "TMUX6213PWR" in marked


def test_order_numbers_are_of_the_size_on_the_board(bought: list[Component]) -> None:
    """Passives by the beginning of the number, chips by its end; what neither knows is listed here by hand."""
    unknown = set()
    for part in bought:
        for number in (part.fields["MPN"], *filter(None, part.fields.get("Alternates", "").split("; "))):
            sizes = [size for pattern, size in SIZES.items() if re.match(pattern, number)]
            packages = [package for pattern, package in PACKAGES.items() if re.search(pattern, number)]
            assert all(size in part.footprint for size in sizes), (part.ref, number)
            assert all(re.search(package, part.footprint) for package in packages), (part.ref, number)
            if number == part.fields["MPN"] and not sizes + packages:
                unknown.add(number)
    assert unknown == {
        "SC0915", "IH0509S", "SMAJ5.0A", "BAT54WS-E3-08", "1206L075/16WR", "NLCV32T-100K-EF", "150060RS75000",
        "150060GS75000", "TSW-120-07-G-D", "110-43-316-41-001000",
    }  # fmt: skip


def test_resistors_are_ordered_by_the_value_that_is_drawn(bought: list[Component]) -> None:
    seen = 0
    for part in bought:
        if part.lib_id == "Device:R":
            value = ohms(part.value)
            for number in (part.fields["MPN"], *filter(None, part.fields.get("Alternates", "").split("; "))):
                assert ordered_ohms(number) == pytest.approx(value, rel=1e-6), (part.ref, number)
            seen += 1
    assert seen > 100


def test_capacitors_are_ordered_by_the_value_that_is_drawn(bought: list[Component]) -> None:
    for part in bought:
        if part.lib_id == "Device:C":
            farad = float(part.value[:-1]) * {"p": 1e-12, "n": 1e-9, "u": 1e-6}[part.value[-1]]
            code = re.search(r"(?:C1H|R71H|R61E|CL21A|BR61E)(\d\d)(\d)|CL21A(\d\d)(\d)", part.fields["MPN"])
            assert code is not None, part.fields["MPN"]
            digits, zeros = [group for group in code.groups() if group is not None]
            assert int(digits) * 10.0 ** int(zeros) * 1e-12 == pytest.approx(farad), (part.ref, part.fields["MPN"])


@pytest.mark.parametrize(("ref", "number"), [("R701", "-W-"), ("R205", "ERA-2AEB"), ("R207", "ERA-6AEB")])
def test_precise_resistors_are_ordered_precise(netlist: Netlist, ref: str, number: str) -> None:
    """The calibration resistor of 0.05 %, the feedback resistors of 0.1 %."""
    assert number in netlist.components[ref].fields["MPN"]


def ordered_ohms(number: str) -> float:
    """What a maker's number says of the resistance."""
    if european := re.fullmatch(r"RC\d{4}FR-07(\d+)([RKM])(\d*)L", number):
        whole, letter, rest = european.groups()
        return float(f"{whole}.{rest or 0}") * {"R": 1.0, "K": 1e3, "M": 1e6}[letter]
    code = re.search(r"(?:ERA-\dAEB|ERJ-2RKF|ERJ-6ENF|RG\d{4}[NP]-)(\d+)(R?)(\d?)", number)
    assert code is not None, number
    digits, point, tenth = code.groups()
    return float(f"{digits}.{tenth}") if point else int(digits[:-1]) * 10.0 ** int(digits[-1])
