"""A learning session: what a learner does, kept in a run so that it survives its host and its board."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmloop.learning.data import Examples
from ohmloop.learning.errors import BudgetSpent, SessionError
from ohmloop.learning.learner import Learner
from ohmloop.learning.shadow import Matrix
from ohmloop.learning.trace import Change
from ohmloop.store import Run

STATE = "session"
"""Name of the arrays that a session goes on from."""

BEST = "best"
"""Checkpoint with the best verified score."""

CHECKPOINT = "checkpoint."
"""Begins the names of the arrays that a checkpoint is kept under."""

BEGAN, LEARNING, ROLLED_BACK = "session began", "learning", "rolled back"
"""Events of the run of a session: its beginning, every Moment, every return to a checkpoint."""

STEP, VERIFICATION, ROLL_BACK, STANDING = "step", "verification", "roll-back", "standing"
"""After what a Moment was taken."""

RETURNS = 3
"""Updates that a roll-back may take."""


@dataclass(frozen=True, slots=True)
class Moment:
    """How a session stands; every one is kept as an event of the run, too.

    Attributes:
        what: after what it was taken: STEP, VERIFICATION or ROLL_BACK; STANDING for none of these.
        step: steps so far. loss, score: of a step's batch, on the chip before it was learned, or of what was verified;
            NaN without either.
        verified: last verified score, best: the best one; NaN before the first.
        due: cells that were due after this step.
        updates, pulses, largest_pulses, energy_j, reads, vectors: see Spent.
        pulses_a_cell: mean over all cells. stuck: cells given up.
        watched: scores of the sets that were watched at the last verification, by name.
        note: why nothing moved although something was due; else empty.
        elapsed_s: since this host took the session up, s.
    """

    what: str
    step: int
    loss: float
    score: float
    verified: float
    best: float
    due: int
    updates: int
    pulses: int
    pulses_a_cell: float
    largest_pulses: int
    stuck: int
    reads: int
    vectors: int
    energy_j: float
    watched: Mapping[str, float]
    note: str
    elapsed_s: float

    def as_json(self) -> dict[str, Any]:
        """As plain JSON values, None for what is not known."""
        return {
            name: None if isinstance(value, float) and not np.isfinite(value) else value
            for name, value in asdict(self).items()
        }


class Session:
    """Steps, verification, checkpoints and roll-backs of a learner, each durable before the next begins.

    The state is written before cells move, with the targets they are to move to, and again afterwards. Whoever opens
    the run after a crash finds either; an update that was under way is finished from the journal of its campaign, so
    that no pulse is sent twice. Settle the last exchange first (`programming.settle_last`), before boards are armed.

    Args:
        learner: on the same boards with the same rule, loss and moves as before, if the run has a state already.
        run: where everything is kept. tell: called after every step, verification and roll-back.

    Raises SessionError if the run is of other boards.

    Attributes:
        step: steps so far; the next batch is that of this number. best: best verified score, NaN before the first.
        watched: scores of the sets that were watched at the last verification by this host, by name.
    """

    def __init__(self, learner: Learner, run: Run, *, tell: Callable[[Moment], None] | None = None) -> None:
        self.learner = learner
        self.run = run
        self.step = 0
        self.best = float("nan")
        self.watched: Mapping[str, float] = {}
        self._verified = float("nan")
        self._updates = 0
        self._pending: list[Matrix] | None = None
        self._tell = tell
        self._begun_s = time.monotonic()
        if run.has(STATE):
            self._take_up()
        else:
            learner.read(run)
            self._keep()
            run.event(BEGAN, {"boards": learner.serials, "rule": learner.rule.name, "cells": learner.cells})

    @property
    def verified(self) -> float:
        """The last verified score, NaN before the first."""
        return self._verified

    @property
    def pending(self) -> bool:
        """Whether an update was interrupted; the next step, verification or roll-back finishes it first."""
        return self._pending is not None

    def learn(self, inputs: ArrayLike, targets: ArrayLike) -> Moment:
        """One step: a batch through the chip, and an update of the cells that are due because of it.

        Ends early, with `pending` set, if a stop was asked for while cells moved. A spent budget moves nothing and is
        said in the note; biases and gains go on learning. Raises as Learner.learn and Learner.move; a batch that was
        refused, or for which the store has no room, leaves the session as it was.
        """

        def taught() -> tuple[float, float]:
            trace = self.learner.learn(inputs, targets)
            return trace.loss, trace.score

        return self._step(taught)

    def apply(self, changes: Sequence[Change], loss: float = float("nan"), score: float = float("nan")) -> Moment:
        """One step whose changes come from outside, an optimiser of torch for example; otherwise as `learn`.

        `changes` are one a layer, `loss` and `score` those of the batch that they come from, to be told.
        """

        def taken() -> tuple[float, float]:
            self.learner.apply(changes)
            return loss, score

        return self._step(taken)

    def verify(self, inputs: ArrayLike, targets: ArrayLike, watched: Mapping[str, Examples] | None = None) -> float:
        """Score on the chip with data that is not learned from; the best state so far is kept as checkpoint BEST.

        The scores of the sets in `watched` are told with it and decide nothing. Raises SessionError while an update is
        pending and cannot be finished.
        """
        self._settle()
        trace = self.learner.trace(inputs, targets)
        self.watched = {
            name: self.learner.trace(one.inputs, one.targets).score for name, one in (watched or {}).items()
        }
        self._verified = trace.score
        if not trace.score <= self.best:
            self.checkpoint(BEST)
            self.best = trace.score
        self._keep()
        self._told(self._moment(VERIFICATION, trace.loss, trace.score))
        return trace.score

    def checkpoint(self, name: str) -> None:
        """Keep the present state under a name, replacing what it held. SessionError if an update stays pending."""
        self._settle()
        self.run.put(CHECKPOINT + name, self.learner.state())
        self.run.event("checkpoint", {"name": name, "step": self.step})

    def roll_back(self, name: str = BEST) -> Moment:
        """Go back to a checkpoint: its biases and gains at once, its conductances by moving the cells that have left.

        What has been spent stays spent, and cells found to be stuck since then stay so. Cells are moved back by as much
        as the budget allows. Raises SessionError if there is no such checkpoint.
        """
        if not self.run.has(CHECKPOINT + name):
            raise SessionError(f"run {self.run.id} has no checkpoint {name!r}: verify or keep one first")
        self._settle()
        kept, note = self.run.get(CHECKPOINT + name), ""
        for attempt in range(RETURNS):
            with self._kept_or_undone():
                if attempt == 0:
                    self.learner.return_to(kept)
                note = self._plan()
            if not self.pending or not self._finish():
                break
        self.run.event(ROLLED_BACK, {"name": name, "step": self.step, "note": note})
        return self._told(self._moment(ROLL_BACK, note=note))

    def summary(self) -> dict[str, Any]:
        """How the session stands, as plain JSON values."""
        return {"rule": self.learner.rule.name, "cells": self.learner.cells, **self._moment(STANDING).as_json()}

    def pause(self) -> None:
        """Leave the run to be resumed."""
        self.run.finish("paused", self.summary())

    def commit(self) -> None:
        """End the run: what the arrays hold now is the result. Raises SessionError while an update is pending."""
        self._settle()
        self.run.finish("done", self.summary())

    def _step(self, change: Callable[[], tuple[float, float]]) -> Moment:
        """One step: a change of the shadow, which returns loss and score, and an update of the cells that are due."""
        if not self._finish():
            return self._moment(STANDING, note="stopped while an update was finished")
        with self._kept_or_undone():
            loss, score = change()
            self.step += 1
            note = self._plan()
        due = self._due()
        complete = self._finish()
        note = note if complete else "stopped during an update"
        return self._told(self._moment(STEP, loss, score, due=due, note=note))

    @contextmanager
    def _kept_or_undone(self) -> Iterator[None]:
        """What fails before it is kept has not happened: nothing may move that another host would not know of."""
        state, step, updates = self.learner.state(), self.step, self._updates
        try:
            yield
        except BaseException:
            spent = replace(self.learner.spent)
            self.learner.restore(state)
            self.learner.spent = spent  # what was read was read
            self.step, self._updates, self._pending = step, updates, None
            raise

    def _plan(self) -> str:
        """Decide what moves, and keep state and targets; returns why nothing moves although something is due."""
        note = ""
        try:
            self._pending = self.learner.due()
        except BudgetSpent as error:
            note = str(error)
        if self.pending:
            self._updates += 1
        self._keep()
        return note

    def _finish(self) -> bool:
        """Carry out the pending update, if there is one; False if it was stopped again."""
        if self._pending is None:
            return True
        if not self.learner.move(self._pending, self.run.part(f"update.{self._updates}")):
            return False
        self._pending = None
        self._keep()
        return True

    def _settle(self) -> None:
        if not self._finish():
            raise SessionError("an update was stopped before its end: resume the session first")

    def _due(self) -> int:
        return 0 if self._pending is None else sum(int(np.isfinite(matrix).sum()) for matrix in self._pending)

    def _keep(self) -> None:
        counts = [self.step, self._updates, self.best, self._verified]
        pending: Mapping[str, NDArray[Any]] = {
            f"pending.{index}": matrix for index, matrix in enumerate(self._pending or ())
        }
        self.run.put(STATE, {**self.learner.state(), **pending, "session": np.array(counts, np.float64)})

    def _take_up(self) -> None:
        kept = self.run.get(STATE)
        self.learner.restore(kept)
        step, updates, self.best, self._verified = (float(value) for value in kept["session"])
        self.step, self._updates = int(step), int(updates)
        names = sorted((name for name in kept if name.startswith("pending.")), key=lambda name: int(name[8:]))
        self._pending = [kept[name] for name in names] or None
        first = began(self.run)
        self._check(first["boards"], first["rule"])
        self.run.event("session resumed", {"step": self.step, "pending": self.pending})

    def _check(self, boards: Sequence[str], rule: str) -> None:
        if list(boards) != self.learner.serials or rule != self.learner.rule.name:
            raise SessionError(
                f"run {self.run.id} teaches boards {', '.join(boards)} by {rule}, not "
                f"{', '.join(self.learner.serials)} by {self.learner.rule.name}: give the same, or begin a new session"
            )

    def _moment(
        self, what: str, loss: float = float("nan"), score: float = float("nan"), due: int = 0, note: str = ""
    ) -> Moment:
        spent = self.learner.spent
        return Moment(
            what=what,
            step=self.step,
            loss=loss,
            score=score,
            verified=self._verified,
            best=self.best,
            due=due,
            updates=spent.updates,
            pulses=spent.pulses,
            pulses_a_cell=spent.pulses / self.learner.cells,
            largest_pulses=spent.largest_pulses,
            stuck=self.learner.stuck,
            reads=spent.reads,
            vectors=spent.vectors,
            energy_j=spent.energy_j,
            watched=self.watched,
            note=note,
            elapsed_s=time.monotonic() - self._begun_s,
        )

    def _told(self, moment: Moment) -> Moment:
        self.run.event(LEARNING, moment.as_json())
        if self._tell is not None:
            self._tell(moment)
        return moment


def began(run: Run) -> Mapping[str, Any]:
    """What a session began with: its boards, rule and number of cells."""
    return next(event.data for event in run.events() if event.kind == BEGAN)
