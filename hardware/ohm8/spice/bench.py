"""A board on the bench: its netlist, what board.toml says of its models, and decks in a known state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ohm8.netlist import Netlist
from ohm8.spice.deck import LOGIC, Deck, Facts

RANGES = {"L": (0.0, 0.0), "M": (LOGIC, 0.0), "H": (0.0, LOGIC)}  # volts on RNGM, RNGH
_PEAK_LOADS = ("Rpp vn peak_p 100k", "Rpd peak_p 0 17.87k", "Rnp vp peak_n 100k", "Rnd peak_n 0 30k")


def midscale(volts: float) -> float:
    """The DAC voltage that gives `volts` on a line."""
    return (volts + 5.0) / 2


@dataclass(frozen=True)
class Bench:
    """Decks of one board."""

    netlist: Netlist
    facts: Facts

    def bare(self, rows: int, columns: int, which: str, broken: str = "") -> Deck:
        """`rows` x `columns` in range `which`; COL_GATE, the rows' controls and the DACs are left to the study."""
        deck = Deck(self.netlist, range(rows), range(columns), self.facts, broken=broken)
        deck.lines += _PEAK_LOADS  # the comparators' networks load the peak detectors
        self._ranges(deck, range(columns), which)
        return deck

    def armed(self, which: str, row_v: float, col_v: float, rails: dict[str, str] | None = None) -> Deck:
        """One row and one column with everything that can take their voltage away, armed at 1 us, gates at 2 us."""
        deck = Deck(self.netlist, [0], [0], self.facts, armed=True, rails=rails)
        self._ranges(deck, [0], which)
        deck.source("DACR_0", str(midscale(row_v)))
        deck.source("DACC_0", str(midscale(col_v)))
        deck.source("ROWBIT_0", str(LOGIC))
        deck.source("ARM", f"PULSE(0 {LOGIC} 1u 5n 5n 0.5u 1)")
        deck.lines.append(f"Vmcu mcu 0 {LOGIC}")
        deck.lines.append("Rmcu mcu dac_reset_n 50")
        return deck

    def _ranges(self, deck: Deck, columns: Sequence[int], which: str) -> None:
        for j in columns:
            deck.source(f"RNGM_{j}", str(RANGES[which][0]))
            deck.source(f"RNGH_{j}", str(RANGES[which][1]))
