"""What learning may spend, and what it has spent."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import inf

READ_S = 30e-6
"""Time that a row is driven for one reading or one input vector, s (conversion and settling of the interface board)."""


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that a learner may spend; a pulse that would go beyond it is not sent.

    Attributes:
        pulses: on all cells together. pulses_per_cell: on any one cell.
        energy_j: estimated energy of the pulses in the cells, J (`Spent.pulse_energy_j`).
    """

    pulses: float = inf
    pulses_per_cell: int = 1000
    energy_j: float = inf

    def __post_init__(self) -> None:
        if not (self.pulses >= 0 and self.pulses_per_cell >= 0 and self.energy_j >= 0):
            raise ValueError(f"a budget must not be negative, not {self}")


@dataclass(slots=True)
class Spent:
    """What has been spent since learning began.

    Attributes:
        pulses, reads: of cells. vectors: input vectors multiplied, in every layer. updates: rounds that moved cells.
        largest_pulses: most pulses that any one cell has received.
        pulse_energy_j: sum of V²·G·width over the pulses, G the mean before and after, at the selected cell; what
            half-selected cells and the board's circuits take is not in it.
        read_energy_j: V²·G·READ_S for every cell read and every cell of a multiplication.
    """

    pulses: int = 0
    reads: int = 0
    vectors: int = 0
    updates: int = 0
    largest_pulses: int = 0
    pulse_energy_j: float = 0.0
    read_energy_j: float = 0.0

    @property
    def energy_j(self) -> float:
        """Both energies together, J."""
        return self.pulse_energy_j + self.read_energy_j

    def as_json(self) -> dict[str, float]:
        """As plain numbers by name."""
        return asdict(self)
