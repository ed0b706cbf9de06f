"""How learning moves cells."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ohmloop.learning.budget import Budget, Spent
from ohmloop.learning.errors import BudgetSpent
from ohmloop.learning.shadow import ArrayShadow, Matrix
from ohmloop.programming import Acceptance, ProgrammingProfile, Stops


@dataclass(frozen=True, slots=True)
class Moves:
    """When a cell is moved, and how much is done for it at once.

    Attributes:
        threshold: distance between shadow and cell from which the cell is due, as a fraction of the conductance range;
            what lies below waits in the shadow.
        tolerance: half-width of the band that a moved cell is to reach, as a fraction of the range.
        start: first amplitude of a pulse as a multiple of the profile's nominal amplitude: small moves should not spend
            their few pulses on climbing to the threshold.
        pulses: most pulses that one update spends on a cell.
        firm: amplitude from which a healthy cell moves, as a multiple of the profile's nominal amplitude.
        moved: change that counts as movement, as a fraction of the cell's conductance (see MeteredPolicy).
        unmoved: firm pulses in a row without movement after which a cell is taken to be stuck.
        time_s: most time for one update, s.
    """

    threshold: float = 0.08
    tolerance: float = 0.05
    start: float = 1.0
    pulses: int = 4
    firm: float = 1.4
    moved: float = 0.025
    unmoved: int = 3
    time_s: float = 600.0

    def __post_init__(self) -> None:
        if not 0 < self.threshold < 1:
            raise ValueError(f"a threshold is a fraction of the range between 0 and 1, not {self.threshold}")
        if self.pulses < 1 or self.unmoved < 1 or not min(self.start, self.firm, self.moved) > 0:
            raise ValueError(f"moves need at least one pulse, and amplitudes and criteria above 0, not {self}")

    @property
    def acceptance(self) -> Acceptance:
        """A cell of an update is read once where that decides, at most four times, and not revisited."""
        return Acceptance(tolerance=self.tolerance, guard=1.0, reads_min=1, reads_max=4, passes=0)

    @property
    def stops(self) -> Stops:
        """The stops of the campaign of an update."""
        return Stops(pulses=self.pulses, full_voltage_pulses=self.pulses, time_s=self.time_s)

    def profile(self, profile: ProgrammingProfile) -> ProgrammingProfile:
        """A device's profile with these moves' first amplitudes."""
        by_set, by_reset = (
            replace(drive, start_v=min(self.start * drive.nominal_v, drive.max_v))
            for drive in (profile.set_drive, profile.reset_drive)
        )
        return replace(profile, set_drive=by_set, reset_drive=by_reset)

    def due(self, arrays: list[ArrayShadow], budget: Budget, spent: Spent, profile: ProgrammingProfile) -> list[Matrix]:
        """Targets of the cells to move now, S, one matrix an array, NaN for cells to leave alone.

        Only what the budget covers even if every cell takes all its pulses at the largest amplitude; the cells with
        the longest way go first. Raises BudgetSpent if cells are due and it covers none.
        """
        distances = []
        for array in arrays:
            distance = np.abs(np.nan_to_num(array.wanted_s - array.measured_s)) / profile.span_s
            barred = array.stuck | (array.pulses + self.pulses > budget.pulses_per_cell)
            distances.append(np.where(barred, 0.0, distance))
        everything = np.concatenate([distance.ravel() for distance in distances])
        due = np.flatnonzero(everything > self.threshold)
        affordable = min(self._affordable(budget, spent, profile), float(due.size))
        if due.size and affordable < 1:
            raise BudgetSpent(
                f"{due.size} cells are due, but {spent.pulses} pulses and {spent.pulse_energy_j:.3g} J are spent of "
                f"{budget.pulses:g} pulses and {budget.energy_j:.3g} J: end here, or allow more"
            )
        chosen = np.zeros(everything.size, np.bool_)
        chosen[due[np.argsort(-everything[due], kind="stable")][: int(affordable)]] = True
        ends = np.cumsum([distance.size for distance in distances])[:-1]
        return [
            np.where(part.reshape(array.wanted_s.shape), array.wanted_s, np.nan)
            for part, array in zip(np.split(chosen, ends), arrays, strict=True)
        ]

    def _affordable(self, budget: Budget, spent: Spent, profile: ProgrammingProfile) -> float:
        """Cells that the budget covers, each with all pulses of an update."""
        largest_v = max(profile.set_drive.max_v, profile.reset_drive.max_v)
        pulse_j = largest_v**2 * profile.g_max_s * profile.width_s
        return min(
            (budget.pulses - spent.pulses) / self.pulses,
            (budget.energy_j - spent.pulse_energy_j) / (self.pulses * pulse_j),
        )
