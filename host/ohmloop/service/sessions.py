"""The learning session that has the boards: begun, resumed, carried on and closed. One at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmloop.learning import Budget, Examples, Learner, LearningError, Moment, Moves, Session, SessionError
from ohmloop.learning.rules.named import loss_named, rule_named
from ohmloop.service.errors import NotFound, Occupied
from ohmloop.service.hosted import HostedNetwork
from ohmloop.service.learned import KIND, Learned
from ohmloop.service.moving import refuse_if_moved_since
from ohmloop.service.programming import resumable
from ohmloop.service.residence import Residence
from ohmloop.service.runs import find_run
from ohmloop.station import Job, Station, StationError
from ohmloop.store import Run

log = logging.getLogger(__name__)

TRAINING, CHECKING = "examples.training", "examples.checking"
"""Names under which a run keeps the examples it learns from and is verified with."""

CLOSE_S = 30.0
"""Longest wait at the end of the service for a job to reach a safe point, s."""

Tell = Callable[[int, Moment], None]


class OpenSession:
    """A session with its learner, on a network of the station.

    Attributes:
        run: where it is kept. network: what it teaches. session: see there.
    """

    def __init__(self, station: Station, network: HostedNetwork, run: Run, tell: Tell) -> None:
        asked = run.parameters
        loss = loss_named(asked["loss"])
        self.run = run
        self.network = network
        self._tell = tell
        self._learner = Learner(
            network.model,
            network.placement,
            station.boards,
            rule_named(asked["rule"], loss, asked["parameters"]),
            profile=station.device.profile,
            setup=station.device.setup,
            loss=loss,
            moves=Moves(**asked["moves"]),
            budget=Budget(**asked["budget"]),
        )
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
        """Score with data that is not learned from. Raises as Session.verify."""
        with self._serving():
            return self.session.verify(inputs, targets)

    def roll_back(self, name: str) -> Moment:
        """Back to a checkpoint. Raises as Session.roll_back."""
        with self._serving():
            return self.session.roll_back(name)

    def keep_examples(self, training: Examples, checking: Examples | None) -> None:
        """Keep examples in the run: all or, if the network cannot take one of them, none.

        Raises InputError, LearningError.
        """
        given = {TRAINING: training} if checking is None else {TRAINING: training, CHECKING: checking}
        for examples in given.values():
            self.network.model.checked(examples.inputs)
            self._learner.loss.wanted(examples.targets, self.network.outputs)
        for name, examples in given.items():
            keep(self.run, name, examples)

    def examples(self, name: str) -> Examples | None:
        """Examples that the run keeps under this name, or None."""
        if not self.run.has(name):
            return None
        kept = self.run.get(name)
        return Examples(kept["inputs"], kept["targets"], int(kept["seed"][0]))

    def teach(self, job: Job, steps: int, verify_every: int) -> dict[str, Any]:
        """So many steps with the examples that are kept; verified now and then, and at the end.

        Ends early when the job is cancelled, at the next safe point. Raises SessionError without examples.
        """
        training, checking = self.examples(TRAINING), self.examples(CHECKING)
        if training is None:
            raise SessionError(f"session {self.run.id} keeps no examples: put some, or send batches one by one")
        job.on_cancel(self._learner.request_stop)
        for taught in range(1, steps + 1):
            moment = self.learn(*training.batch(self.session.step, self._learner.rule.batch))
            if job.cancelled:
                break
            if checking is not None and (taught % verify_every == 0 or taught == steps):
                self.verify(checking.inputs, checking.targets)
            job.report({"session": self.run.id, "steps": steps, "taught": taught, **moment.as_json()})
        return self.session.summary()

    def request_stop(self) -> None:
        """End an update that is under way, or the next one, at its first safe point. May be called from any thread."""
        self._learner.request_stop()

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


class Sessions:
    """Opens sessions on the boards of a station, one at a time.

    While one is open the boards are not programmed otherwise; inference goes on between its steps.
    """

    def __init__(self, station: Station, residence: Residence, tell: Tell) -> None:
        self._station = station
        self._residence = residence
        self._tell = tell
        self._open: OpenSession | None = None

    @property
    def open(self) -> OpenSession | None:
        """The session that has the boards, or None."""
        return self._open

    def begin(self, model: str, asked: Mapping[str, Any]) -> OpenSession:
        """Begin a session on the network that the boards hold; `asked` has rule, parameters, loss, moves and budget.

        Raises NotFound, Occupied, LearningError, and what reading the boards raises.
        """
        network = self._residence.find(model)
        self._residence.must_be_free()
        if reason := self._residence.why_not_ready(model):
            raise Occupied(reason)
        rule_named(asked["rule"], loss_named(asked["loss"]), asked["parameters"])
        with self._station.interlock.held("beginning a learning session"):
            run = self._station.begin(KIND, {"model": model, "weights": network.fingerprint, **asked})
            try:
                return self._take(OpenSession(self._station, network, run, self._tell))
            except Exception as error:
                run.finish("failed", {"error": f"{type(error).__name__}: {error}"})
                raise

    def resume(self, number: int) -> OpenSession:
        """Take up a session that was paused, or whose host or board was lost.

        Raises NotFound, Occupied, StationError as `taken_up`.
        """
        self._residence.must_be_free()
        network = self._residence.find(resumable(self._station, number, KIND).parameters["model"])
        run = taken_up(self._station, network, number)
        with self._station.interlock.held(f"resuming learning session {number}"):
            run.restart()
            opened = self._take(OpenSession(self._station, network, run, self._tell))
            self._residence.hold(network)
            return opened

    def find(self, number: int) -> OpenSession:
        """The open session, if it has this number. Raises NotFound, Occupied."""
        if self._open is not None and self._open.run.id == number:
            return self._open
        run = find_run(self._station.store, number)
        if run.kind != KIND:
            raise NotFound(f"run {number} ({run.kind}) is no learning session")
        raise Occupied(f"session {number} is {run.state}, not open: POST /v1/learning with resume to take it up")

    def renew(self, number: int) -> None:
        """Take a session up anew: a learner that was stopped stays so. The caller holds the interlock."""
        opened = self.find(number)
        opened.close()
        self._open = None
        self._take(OpenSession(self._station, opened.network, opened.run, self._tell))

    def pause(self, number: int) -> None:
        """Give the boards back; the session can be resumed. Raises NotFound, Occupied, StationBusy."""
        opened = self.find(number)
        with self._station.interlock.held(f"pausing learning session {number}"):
            opened.session.pause()
            self._drop()

    def commit(self, number: int) -> None:
        """End a session for good: what the arrays hold now is served from here on. Raises SessionError."""
        opened = self.find(number)
        with self._station.interlock.held(f"committing learning session {number}"):
            opened.session.commit()
            self._drop()

    def close(self) -> None:
        """Leave an open session to be resumed, once a job that teaches it has come to its safe point.

        For the end of the service. A job that does not come to one within CLOSE_S keeps its session, which can be
        resumed all the same.
        """
        if self._open is None:
            return
        if (job := self._station.job) is not None:  # it teaches: while a session is open, nothing else may run
            job.cancel()
            if not job.wait(CLOSE_S):
                log.warning(
                    "job %d has not reached a safe point within %.0f s; its session stays open", job.id, CLOSE_S
                )
                return
        self._open.session.pause()
        self._drop()

    def _take(self, opened: OpenSession) -> OpenSession:
        self._open = opened
        self._residence.claimed_by = f"learning session {opened.run.id}"
        return opened

    def _drop(self) -> None:
        if self._open is not None:
            self._open.close()
        self._open = None
        self._residence.claimed_by = None


def taken_up(station: Station, network: HostedNetwork, number: int) -> Run:
    """The run of an interrupted session of this network on these boards.

    Raises NotFound; StationError for a run that cannot be resumed, of other boards, another device file or other
    weights, and for one whose cells have been moved by a later run.
    """
    run = resumable(station, number, KIND)
    if run.parameters.get("weights") != network.fingerprint:
        raise StationError(f"run {number} taught another {network.name!r}: its weights are not those of now")
    refuse_if_moved_since(station, run)
    return run


def keep(run: Run, name: str, examples: Examples) -> None:
    """Keep examples in a run; `OpenSession.examples` finds them again."""
    arrays = {"inputs": examples.inputs, "targets": examples.targets, "seed": np.array([examples.seed])}
    run.put(name, arrays)


def numbers(values: list[Any]) -> NDArray[np.float64]:
    """Nested lists of numbers as an array. Raises LearningError for ragged ones and for what is not finite."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise LearningError(f"expected rows of equal length with numbers: {error}") from error
    if not np.isfinite(array).all():
        raise LearningError("inputs and targets must be finite numbers")
    return array
