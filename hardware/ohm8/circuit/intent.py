"""The described circuit as a netlist: which pins each net joins, before anything is drawn."""

from __future__ import annotations

from ohm8.circuit.model import RAILS, Design, Placement, pin_nets
from ohm8.circuit.symbols import own_symbols
from ohm8.schematic.library import PROJECT, Symbol, stock

Pins = frozenset[tuple[str, str]]


def pins_by_net(design: Design) -> dict[str, Pins]:
    """Net name -> pins (reference, number). Nets inside a sheet are named `sheet/net`."""
    own = own_symbols()
    outside = design.global_nets()
    nets: dict[str, set[tuple[str, str]]] = {}

    def symbol(lib_id: str) -> Symbol:
        return own[lib_id] if lib_id.startswith(PROJECT + ":") else stock(lib_id)

    def add(placement: Placement, index: int, scope: str, names: dict[str, str]) -> None:
        drawn = [pin.number for pin in symbol(placement.kind.symbol).pins_of(placement.unit(0))]
        soldered = [pin.number for pin in symbol(placement.kind.symbol).pins_of(placement.unit(index))]
        given = pin_nets(placement, drawn)
        for at, number in zip(drawn, soldered, strict=True):
            net = given[at]
            if net is not None:
                nets.setdefault(names.get(net, f"{scope}/{net}"), set()).add((placement.ref(index), number))

    for sheet in design.sheets:
        names = {net: net for net in (*RAILS, *outside)}
        for placement in sheet.placements:
            add(placement, 0, sheet.file, names)
        for use in sheet.uses:
            names = {**{rail: rail for rail in RAILS}, **use.nets}
            for placement in use.sheet.placements:
                add(placement, use.index, use.name, names)
    return {net: frozenset(pins) for net, pins in nets.items()}
