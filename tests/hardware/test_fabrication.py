"""The bill of materials lists every part that is bought, once."""

from __future__ import annotations

from collections import Counter

from ohm8.fabrication import lines
from ohm8.netlist import Netlist


def test_every_bought_part_is_on_one_line(netlist: Netlist) -> None:
    listed = Counter(ref for line in lines(netlist) for ref in line[1].split())
    bought = {ref for ref, part in netlist.components.items() if "exclude_from_bom" not in part.attributes}
    assert listed == Counter(dict.fromkeys(bought, 1))


def test_quantities(netlist: Netlist) -> None:
    assert all(int(line[0]) == len(line[1].split()) for line in lines(netlist))
