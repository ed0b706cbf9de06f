"""The supply unit of a chip with a 100 nF capacitor on each of its rails."""

from __future__ import annotations

from collections.abc import Sequence

from ohm8.circuit import catalogue as c
from ohm8.circuit.model import Kind, Sheet


def decouple(
    sheet: Sheet, ref: str, kind: Kind, unit: int, at: tuple[float, float], nets: Sequence[str], capacitors: str
) -> None:
    """Places the supply unit of `ref` at `at`, and beside it a capacitor, `capacitors` + 1, 2 ..., for each rail.

    An analog switch draws next to nothing from its logic supply, where it has one at all: no capacitor there.
    """
    sheet.part(ref, kind, at, nets, unit=unit)
    analog = "+7V5" in nets
    rails = [rail for rail in dict.fromkeys(nets) if rail != "GND" and not (analog and rail == "+3V3")]
    for order, rail in enumerate(rails):
        place = (at[0] + 20.32 + 15.24 * order, at[1])
        top, bottom = ("GND", rail) if rail.startswith("-") else (rail, "GND")
        sheet.part(f"{capacitors}{order + 1}", c.capacitor("100n"), place, [top, bottom])
