"""One tuning job: a network that is on the boards of a station learns from a file's worth of examples, to its end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.learning import BEST, Examples, LearningError, Moment, Moves, Rule
from ohmloop.learning.rules.named import loss_named, rule_named
from ohmloop.service.hosted import HostedNetwork
from ohmloop.service.learned import KIND
from ohmloop.service.lessons import Lessons
from ohmloop.service.open_session import OpenSession, must_fit
from ohmloop.service.sessions import taken_up
from ohmloop.station import Job, Station, StationError
from ohmloop.store import Run

STEPS, PASSES = 300, 3
"""Steps of a rule that learns from batches; passes over the layers of one that learns from all examples at once."""

VERIFY_EVERY = 20
"""Steps between verifications."""


@dataclass(frozen=True, slots=True)
class TuningPlan:
    """How a network is to be tuned.

    Attributes:
        rule, loss: by name. steps: of learning; 0 for what the rule usually needs.
        pulses_a_cell: most pulses, as a mean over all cells. most_pulses: of any one cell.
        moves: see there.
    """

    rule: str = "progressive"
    loss: str = "cross-entropy"
    steps: int = 0
    pulses_a_cell: float = 3.0
    most_pulses: int = 100
    moves: Moves = field(default_factory=Moves)

    def __post_init__(self) -> None:
        rule_named(self.rule, loss_named(self.loss), {})
        if self.steps < 0 or self.pulses_a_cell < 0 or self.most_pulses < 0:
            raise ValueError(f"steps and pulses must not be negative, not {self}")


def usual_steps(rule: Rule, layers: int) -> int:
    """Steps after which a rule has usually done what it can."""
    return PASSES * layers if rule.batch is None else STEPS


LEAST = 2
"""Examples of which one can be set aside."""


def parted(
    inputs: NDArray[np.float64], targets: NDArray[np.generic], fraction: float, seed: int
) -> tuple[Examples, Examples]:
    """Examples to learn from, and a fraction of them, drawn by the seed, to verify with.

    Raises LearningError if too few are left.
    """
    if len(inputs) != len(targets):
        raise LearningError(f"{len(inputs)} inputs need as many targets, not {len(targets)}")
    if len(inputs) < LEAST:
        raise LearningError(f"{len(inputs)} examples are too few to set some aside: give {LEAST} or more")
    order = np.random.default_rng(seed).permutation(len(inputs))
    aside = max(1, round(fraction * len(inputs)))
    training, checking = (Examples(inputs[part], targets[part], seed) for part in (order[aside:], order[:aside]))
    return training, checking


class Tuning:
    """The work of a tuning job; give it to `Station.start`.

    Args:
        station: armed. network: on its boards, programmed. run: of `begun` or `resumed`.
        tell: called with each Moment, in the job's thread.

    Attributes:
        run: where everything is kept. complete: whether all steps were taken.
    """

    def __init__(
        self, station: Station, network: HostedNetwork, run: Run, *, tell: Callable[[Moment], None] | None = None
    ) -> None:
        rule = rule_named(run.parameters["rule"], loss_named(run.parameters["loss"]), run.parameters["parameters"])
        self.run = run
        self.complete = False
        self._steps: int = run.parameters["steps"] or usual_steps(rule, len(network.model.layers))
        self._station, self._network, self._tell = station, network, tell

    def __call__(self, job: Job) -> dict[str, Any]:
        """Learn until all steps are taken or the job is cancelled; returns what `Session.summary` returns.

        Ends at the best verified state. A run that does not come to its end stays resumable.
        """

        def told(_: int, moment: Moment) -> None:
            if self._tell is not None:
                self._tell(moment)

        try:
            opened = OpenSession(self._station, self._network, self.run, told)
            try:
                self._learn(job, opened)
                return {"run": self.run.id, **opened.session.summary()}
            finally:
                opened.close()
        except Exception as error:
            self.run.finish("paused", {"error": f"{type(error).__name__}: {error}"})
            raise

    def _learn(self, job: Job, opened: OpenSession) -> None:
        session = opened.session
        if opened.lessons.training is None or opened.lessons.checking is None:
            raise LearningError(f"run {self.run.id} keeps no examples: begin a new one")
        if session.step == 0 and not session.pending:
            opened.check()
        if not opened.teach(job, self._steps - session.step, VERIFY_EVERY):
            session.pause()
            return
        if session.verified < session.best:
            opened.roll_back(BEST)
        self.complete = True
        session.commit()


def begun(station: Station, network: HostedNetwork, plan: TuningPlan, training: Examples, checking: Examples) -> Run:
    """A run that tunes a network with these examples. Raises InputError, LearningError for examples it cannot take."""
    for examples in (training, checking):
        must_fit(network, loss_named(plan.loss), examples)
    run = station.begin(
        KIND,
        {
            "model": network.name,
            "weights": network.fingerprint,
            "rule": plan.rule,
            "parameters": {},
            "loss": plan.loss,
            "moves": asdict(plan.moves),
            "budget": {"pulses": plan.pulses_a_cell * network.cells, "pulses_per_cell": plan.most_pulses},
            "steps": plan.steps,
        },
    )
    Lessons(run).keep(training, checking)
    return run


def resumed(station: Station, network: HostedNetwork, number: int) -> Run:
    """An interrupted run, running again with its own plan and examples. Raises NotFound, StationError."""
    run = taken_up(station, network, number)
    if "steps" not in run.parameters:
        raise StationError(f"run {number} was begun over REST: resume it there")
    run.restart()
    return run
