"""What the pages say of the board is on the board."""

from __future__ import annotations

import re
from pathlib import Path

from ohm8.circuit.catalogue import UNSEEN
from ohm8.netlist import Netlist

DOCS = Path(__file__).resolve().parents[2] / "docs"
POINT = re.compile(r"\| ([^|]+) \| (TP\d+(?:, TP\d+)*) \| ([^|]*) \|")


def test_every_test_point_is_in_the_table_under_its_net(netlist: Netlist) -> None:
    page = (DOCS / "howto/bring-up-board.md").read_text(encoding="utf-8")
    told = {}
    for names, refs, _ in POINT.findall(page):
        told |= dict(zip(refs.split(", "), names.replace("−", "-").split(", "), strict=True))
    points = {ref for ref in netlist.components if ref.startswith("TP")}
    assert told == {ref: netlist.net(ref, 1).rsplit("/", 1)[-1] for ref in points}


def test_every_part_that_a_page_names_is_on_the_board(netlist: Netlist) -> None:
    for name in ("howto/bring-up-board.md", "howto/order-board.md", "explanation/board.md"):
        text = (DOCS / name).read_text(encoding="utf-8")
        for ref in re.findall(r"\b((?:U|R|C|D|F|L|JP|RN|PS|TP)\d{3})\b", text):
            assert ref in netlist.components, (name, ref)


def test_the_numbers_to_look_up_are_named() -> None:
    page = (DOCS / "explanation/board.md").read_text(encoding="utf-8")
    chips = {number for number in UNSEEN if not number.startswith(("ERA", "RG"))}
    assert all(number in page for number in chips)
    assert len(UNSEEN) - len(chips) == 5
    assert "five precise resistors" in page
