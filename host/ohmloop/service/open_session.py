"""A learning session that has the boards of a station: a learner, its session and its lessons."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Event

from numpy.typing import ArrayLike

from ohmloop.learning import Budget, Examples, Learner, Loss, Moment, Moves, Session, SessionError
from ohmloop.learning.rules.named import loss_named, rule_named
from ohmloop.service.hosted import HostedNetwork
from ohmloop.service.learned import Learned
from ohmloop.service.lessons import Lessons
from ohmloop.station import Job, Station
from ohmloop.store import Run

Tell = Callable[[int, Moment], None]

PAUSED_LOOK_S = 0.01
"""How often a lesson that is paused lends the boards and looks whether it goes on, s."""


class OpenSession:
    """A session with its learner, on a network of the station.

    Attributes:
        run: where it is kept. network: what it teaches. session, lessons: see there.
    """

    def __init__(self, station: Station, network: HostedNetwork, run: Run, tell: Tell) -> None:
        asked = run.parameters
        loss = loss_named(asked["loss"])
        self.run = run
        self.network = network
        self._tell = tell
        self._interlock = station.interlock
        self._learner = Learner(
            network.given,
            network.placement,
            station.boards,
            rule_named(asked["rule"], loss, asked["parameters"]),
            profile=station.device.profile,
            setup=station.device.setup,
            loss=loss,
            moves=Moves(**asked["moves"]),
            budget=Budget(**asked["budget"]),
            begin=network.model,
        )
        self.lessons = Lessons(run)
        try:
            self.session = Session(self._learner, run, tell=self._told)
            self._serve()
        except BaseException:
            self._learner.close()
            raise

    def learn(self, inputs: ArrayLike, targets: ArrayLike) -> Moment:
        """One step with a batch. Raises as Session.learn."""
        with self._serving():
            return self.session.learn(inputs, targets)

    def verify(self, inputs: ArrayLike, targets: ArrayLike) -> float:
        """Score with data that is not learned from, and of what is watched. Raises as Session.verify."""
        with self._serving():
            return self.session.verify(inputs, targets, self.lessons.watched)

    def roll_back(self, name: str) -> Moment:
        """Back to a checkpoint. Raises as Session.roll_back."""
        with self._serving():
            return self.session.roll_back(name)

    def keep_examples(
        self, training: Examples, checking: Examples | None, watched: Mapping[str, Examples] | None
    ) -> None:
        """Keep lessons: all or, if the network cannot take one of them, none. Raises InputError, LearningError."""
        for examples in (training, checking, *(watched or {}).values()):
            if examples is not None:
                must_fit(self.network, self._learner.loss, examples)
        self.lessons.keep(training, checking, watched)

    def add_examples(self, more: Examples) -> None:
        """Learn from these, too. Raises InputError, LearningError if the network cannot take them."""
        must_fit(self.network, self._learner.loss, more)
        self.lessons.add(more)

    def teach(self, job: Job, steps: int, verify_every: int) -> bool:
        """So many steps with the lessons; verified now and then, and at the end. False if it ended early.

        It does so when the job is cancelled, at the next safe point. Between two steps the boards answer others, also
        while the job is paused. Raises SessionError without examples.
        """
        going_on = Event()
        going_on.set()
        job.can_be_held(going_on.clear, going_on.set)
        job.on_cancel(self._learner.request_stop)
        with self._interlock.lending():
            return self._taught(job, steps, verify_every, going_on)

    def _taught(self, job: Job, steps: int, verify_every: int, going_on: Event) -> bool:
        for taught in range(1, steps + 1):
            self._interlock.lend()
            while not (going_on.wait(PAUSED_LOOK_S) or job.cancelled):
                self._interlock.lend()
            training = self.lessons.training
            if training is None:
                raise SessionError(f"session {self.run.id} keeps no examples: put some, or send batches one by one")
            moment = self.learn(*training.batch(self.session.step, self._learner.rule.batch))
            job.report({"session": self.run.id, "steps": steps, "taught": taught, **moment.as_json()})
            if job.cancelled or self.session.pending:
                return False
            if taught < steps and self.session.step % verify_every == 0:
                self.check()
        self.check()
        return True

    def check(self) -> None:
        """Verify with the lessons, if they have examples for it. Raises as Session.verify."""
        if (checking := self.lessons.checking) is not None:
            self.verify(checking.inputs, checking.targets)

    def close(self) -> None:
        """End the learner; boards and run stay as they are."""
        self._learner.close()

    @contextmanager
    def _serving(self) -> Iterator[None]:
        """Inference goes on with what was learned, also if a step fails in the middle."""
        try:
            yield
        finally:
            self._serve()

    def _serve(self) -> None:
        self.network.adopt(Learned.of(self._learner.state(), self.network.model))

    def _told(self, moment: Moment) -> None:
        self._tell(self.run.id, moment)


def must_fit(network: HostedNetwork, loss: Loss, examples: Examples) -> None:
    """Raises InputError, LearningError for examples that a network cannot take."""
    network.model.checked(examples.inputs)
    loss.wanted(examples.targets, network.outputs)
