"""What the demonstration found, for people and for programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.cli.demonstration.bench import Truth
from ohmloop.programming import Report


@dataclass(frozen=True, slots=True)
class Programmed:
    """Programming compared with the truth; fractions are of the healthy cells that have a target.

    Attributes:
        boards: how many. cells: with a target; stuck_cells: of these, cells that an injected fault holds.
        characterising_pulses: spent on a few cells of the first board before, to choose how to program.
        pulses_per_cell, reads_per_cell: means over the cells with a target, what characterising took included in the
            pulses. exchanges: total of programming.
        tolerance: half-width of the band, as a fraction of the conductance range.
        declared_in_band: accepted by the campaign. true_in_band: really there, by the noiseless conductance.
        double_pulses: pulses that the cells saw and the host does not know of.
        resets: restarts of boards.
        engine_seconds: time for which the busiest board worked, s of its own clock, wire included.
    """

    boards: int
    cells: int
    stuck_cells: int
    characterising_pulses: int
    pulses_per_cell: float
    reads_per_cell: float
    exchanges: int
    tolerance: float
    declared_in_band: float
    true_in_band: float
    double_pulses: int
    resets: int
    engine_seconds: float


def compare(reports: Sequence[Report], truths: Sequence[Truth], before: NDArray[np.int64]) -> Programmed:
    """Compare what the campaigns report with the truth, board by board in the same order.

    `before` counts the pulses that the host gave each cell of the first board before, shape (rows, cols).
    """
    cells = stuck = healthy = declared = true = double = 0
    pulses, reads = float(before.sum()), 0.0
    for board, (report, truth) in enumerate(zip(reports, truths, strict=True)):
        used = np.isfinite(report.targets_s)
        sound = used & ~truth.stuck
        tolerance_s = report.acceptance.tolerance * report.profile.span_s
        cells += int(used.sum())
        stuck += int((used & truth.stuck).sum())
        healthy += int(sound.sum())
        declared += int((report.accepted & sound).sum())
        true += int((np.abs(truth.conductance_s - report.targets_s)[sound] <= tolerance_s).sum())
        pulses += float(report.pulses[used].sum())
        reads += float(report.reads[used].sum())
        known = np.where(used, report.pulses, 0).astype(np.int64) + (before if board == 0 else 0)
        double += int(np.maximum(truth.full_pulses - known, 0).sum())
    return Programmed(
        boards=len(reports),
        cells=cells,
        stuck_cells=stuck,
        characterising_pulses=int(before.sum()),
        pulses_per_cell=pulses / cells,
        reads_per_cell=reads / cells,
        exchanges=sum(report.totals.exchanges for report in reports),
        tolerance=reports[0].acceptance.tolerance,
        declared_in_band=declared / healthy,
        true_in_band=true / healthy,
        double_pulses=double,
        resets=sum(truth.resets for truth in truths),
        engine_seconds=max(truth.busy_s for truth in truths),
    )


@dataclass(frozen=True, slots=True)
class Result:
    """Everything that the demonstration found.

    Attributes:
        programmed: see there.
        test_images: held-out images, which were used for nothing before.
        accuracy_digital, accuracy_chip: fraction of them classified rightly by the digital network, and by the boards
            as answered over HTTP.
        logit_snr_db: signal-to-noise ratio of the boards' logits against the digital ones, dB.
        wall_seconds: from the start of the first board to the last answer, s.
        picture: path of the maps. run: number of the run in the store, whose path is `store`.
    """

    programmed: Programmed
    test_images: int
    accuracy_digital: float
    accuracy_chip: float
    logit_snr_db: float
    wall_seconds: float
    picture: str
    store: str
    run: int
    seed: int

    def as_json(self) -> dict[str, Any]:
        """One flat JSON object."""
        whole = asdict(self)
        return {**whole.pop("programmed"), **whole}

    def lines(self) -> list[str]:
        """A short report for people."""
        done = self.programmed
        lines = [
            f"{done.cells} cells on {done.boards} boards programmed to {done.tolerance:.0%} of their range: "
            f"{done.declared_in_band:.2%} declared in band, {done.true_in_band:.2%} truly",
            f"{done.pulses_per_cell:.1f} pulses a cell ({done.characterising_pulses} in all to characterise) and "
            f"{done.reads_per_cell:.1f} reads in {done.exchanges} exchanges; {done.double_pulses} pulses applied twice",
            f"{self.test_images} images nobody trained on, asked over HTTP: {self.accuracy_chip:.2%} right on the "
            f"boards, {self.accuracy_digital:.2%} digitally; logits at {self.logit_snr_db:.1f} dB",
            f"{self.wall_seconds:.0f} s of wall time; the busiest board worked {done.engine_seconds:.1f} s of its own",
            f"maps: {self.picture}",
            f"journal: run {self.run} in {self.store}",
        ]
        if done.stuck_cells or done.resets:
            lines.insert(1, f"{done.stuck_cells} cells were stuck, boards restarted {done.resets} times")
        return lines
