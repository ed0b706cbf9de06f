"""Forming: rising SET pulses on cells that have never conducted, under limits of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import Crossbar, CurrentRange, Setup
from ohmloop.programming import (
    Acceptance,
    Campaign,
    PolicyContext,
    ProgrammingProfile,
    Progress,
    Proposal,
    Report,
    Stops,
)
from ohmloop.programming.acceptance import Verdict
from ohmloop.programming.profile import Drive
from ohmloop.store import Run

FORMED_GUARD = 0.1
"""Leaves nearly the whole tolerance for read noise, so that a cell that was formed once is not found below."""


@dataclass(frozen=True, slots=True)
class FormingPlan:
    """How a device is formed.

    Attributes:
        start_v, step_v, max_v: first amplitude, its rise a pulse, and the last, V.
        width_s: pulse width, s.
        pulse_range: current range while pulsing. The board trips where it ends, and the column limits the current
            beyond: it is the compliance.
        formed_s: conductance from which on a cell counts as formed, S.
        repeats: pulses at `max_v` before a cell is given up.

    Raises ValueError for values that make no sense.
    """

    start_v: float
    step_v: float
    max_v: float
    width_s: float
    pulse_range: CurrentRange
    formed_s: float
    repeats: int = 3

    def __post_init__(self) -> None:
        if not (0 < self.start_v <= self.max_v and self.step_v > 0 and self.width_s > 0 and self.formed_s > 0):
            raise ValueError(
                f"forming needs 0 < start_v <= max_v, and a step, a width and a conductance above 0: {self}"
            )
        if self.repeats < 1:
            raise ValueError(f"forming needs at least one pulse at max_v, not {self.repeats}")

    @property
    def pulses(self) -> int:
        """The most that a cell receives."""
        return int(np.ceil((self.max_v - self.start_v) / self.step_v)) + self.repeats


class FormingRamp:
    """A policy that raises the SET amplitude of each cell by a step a pulse, whatever the cell does.

    Attributes:
        reached_v: amplitude that each cell has received last, V, shape (cells,); NaN for none.
    """

    name = "forming"

    def __init__(self, plan: FormingPlan) -> None:
        self._plan = plan
        self.reached_v: NDArray[np.float64] = np.empty(0)

    @property
    def parameters(self) -> Mapping[str, float]:
        """Start and step of the ramp."""
        return {"start_v": self._plan.start_v, "step_v": self._plan.step_v}

    def start(self, targets_s: NDArray[np.float64], context: PolicyContext) -> None:
        """Take new cells."""
        self.reached_v = np.full(targets_s.size, np.nan)
        self._max_v = context.profile.set_drive.max_v

    def propose(self, cells: NDArray[np.intp], measured_s: NDArray[np.float64]) -> Proposal:
        """One step above the last pulse of each cell."""
        last_v = self.reached_v[cells]
        volts = np.where(np.isnan(last_v), self._plan.start_v, last_v + self._plan.step_v)
        return Proposal(np.minimum(volts, self._max_v), np.full(cells.size, self._plan.width_s))

    def learn(
        self,
        cells: NDArray[np.intp],
        volts: NDArray[np.float64],
        widths_s: NDArray[np.float64],
        before_s: NDArray[np.float64],
        after_s: NDArray[np.float64],
    ) -> None:
        """Keep how far each ramp has come."""
        self.reached_v[cells] = np.abs(volts)


@dataclass(frozen=True, slots=True)
class AtLeast(Acceptance):
    """A cell is accepted if the mean of its readings lies above its target, and stays so while it is not below it.

    `guard` leaves a margin between the two: (1 - guard) x tolerance, as a fraction of the conductance range.
    """

    def judge(
        self,
        means_s: NDArray[np.float64],
        readings: NDArray[np.intp],
        targets_s: NDArray[np.float64],
        span_s: float,
    ) -> NDArray[np.int8]:
        """Outside below the target and its margin; above, read `reads_min` times."""
        margin_s = (1 - self.guard) * self.tolerance * span_s
        above = np.isfinite(means_s) & (means_s >= targets_s + margin_s)
        sure: NDArray[np.int8] = np.where(readings >= self.reads_min, Verdict.ACCEPTED, Verdict.READ_AGAIN)
        return np.where(above, sure, Verdict.OUTSIDE).astype(np.int8)


@dataclass(frozen=True, slots=True)
class Formed:
    """What came of forming: the report of its campaign, and the last amplitude that each cell received.

    Attributes:
        report: accepted cells are formed; targets are the conductance that they had to reach.
        forming_v: V, shape (rows, cols); NaN for cells that were left alone or needed no pulse.
    """

    report: Report
    forming_v: NDArray[np.float64]


class Forming:
    """A campaign that forms the cells of an array; those that are formed already get no pulse.

    Args:
        crossbar: armed for forming.
        usable: cells to form, shape (rows, cols).
        plan: how. setup: how the device is read and biased; the plan's range takes the place of its pulse range.
        profile: of the device, for its conductance range.
        run: journals everything; a run that was interrupted goes on.
        progress: as of Campaign.

    Raises ProgrammingError if cells and array do not match.
    """

    def __init__(
        self,
        crossbar: Crossbar,
        usable: NDArray[np.bool_],
        plan: FormingPlan,
        *,
        profile: ProgrammingProfile,
        setup: Setup,
        run: Run | None = None,
        progress: Callable[[Progress], None] | None = None,
    ) -> None:
        self._usable = usable
        self._ramp = FormingRamp(plan)
        drive = Drive(plan.start_v, plan.start_v, plan.max_v)
        self._campaign = Campaign(
            crossbar,
            np.where(usable, plan.formed_s, np.nan),
            self._ramp,
            AtLeast(guard=FORMED_GUARD, passes=1),
            Stops(pulses=plan.pulses, full_voltage_pulses=plan.repeats),
            profile=replace(profile, set_drive=drive, width_s=plan.width_s),
            setup=replace(setup, pulse_range=plan.pulse_range),
            run=run,
            progress=progress,
        )

    def request_stop(self) -> None:
        """End at the next safe point. May be called from any thread."""
        self._campaign.request_stop()

    def hold(self) -> None:
        """Wait at the next safe point. May be called from any thread."""
        self._campaign.hold()

    def go_on(self) -> None:
        """End a wait. May be called from any thread."""
        self._campaign.go_on()

    def execute(self) -> Formed:
        """Form the cells and report. Raises as Campaign.execute."""
        report = self._campaign.execute()
        forming_v = np.full(self._usable.shape, np.nan)
        forming_v[self._usable] = self._ramp.reached_v
        return Formed(report, forming_v)
