"""Learning over REST: sessions that are fed, watched, paused, rolled back and committed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Request
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field

from ohmloop.learning import Budget, CrossEntropy, Examples, LearningError, Moment, Moves, Sgd
from ohmloop.service.boards import BoardsThread
from ohmloop.service.body import LONGEST_PLAN, MAX_BODY_BYTES, read_model
from ohmloop.service.description import takes
from ohmloop.service.errors import BadRequest
from ohmloop.service.events import Events
from ohmloop.service.jobs import described
from ohmloop.service.learned import KIND
from ohmloop.service.lessons import Lessons
from ohmloop.service.open_session import OpenSession
from ohmloop.service.residence import Residence
from ohmloop.service.runs import as_json, summary_of
from ohmloop.service.sessions import Sessions, must_be_session
from ohmloop.station import Job, Station

LARGEST_SEED = 2**63 - 1
"""What a store keeps as an integer."""

Number = Annotated[float, Field(allow_inf_nan=False)] | int
Fraction = Annotated[float, Field(gt=0, lt=1)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,40}$")]


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)


class BudgetRequest(_Body):
    """The most that a session may spend; see `ohmloop.learning.Budget`. Nothing given means no such bound."""

    pulses: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None
    pulses_per_cell: Annotated[int, Field(ge=0)] = Budget().pulses_per_cell
    energy_j: Annotated[float, Field(ge=0, allow_inf_nan=False)] | None = None


class MovesRequest(_Body):
    """When and how cells move; see `ohmloop.learning.Moves`."""

    threshold: Fraction = Moves().threshold
    tolerance: Annotated[float, Field(gt=0, lt=0.5)] = Moves().tolerance
    pulses: Annotated[int, Field(ge=1, le=1000)] = Moves().pulses


class SessionRequest(_Body):
    """What `POST /v1/learning` takes: `model` to begin a session, or `resume`, the number of one to go on with."""

    model: str | None = None
    rule: str = Sgd.name
    parameters: dict[str, Number | None] = Field(default_factory=dict)
    loss: str = CrossEntropy.name
    budget: BudgetRequest = Field(default_factory=BudgetRequest)
    moves: MovesRequest = Field(default_factory=MovesRequest)
    resume: Annotated[int, Field(ge=1)] | None = None

    def asked(self) -> dict[str, Any]:
        """What a session is made from, as it is kept in its run."""
        return {
            "rule": self.rule,
            "parameters": self.parameters,
            "loss": self.loss,
            "budget": self.budget.model_dump(exclude_none=True),
            "moves": self.moves.model_dump(),
        }


class BatchRequest(_Body):
    """Input vectors and what the network is to make of them: a class each, or a row of outputs each."""

    inputs: list[list[float]]
    targets: list[int] | list[list[float]]

    def arrays(self) -> tuple[NDArray[np.float64], NDArray[Any]]:
        """Inputs and targets as arrays; classes stay integers. Raises LearningError."""
        classes = all(isinstance(target, int) for target in self.targets)
        return numbers(self.inputs), labels(self.targets) if classes else numbers(self.targets)


class ExamplesRequest(BatchRequest):
    """Examples that a session keeps; `seed` orders the batches.

    `checking` ones are only for verification. Scores of `watched` sets, the old classes and a new one for example, are
    told with every verification and decide nothing. What is left out stays as it was.
    """

    checking: BatchRequest | None = None
    watched: dict[Name, BatchRequest] | None = None
    seed: Annotated[int, Field(ge=0, le=LARGEST_SEED)] = 0


class TeachingRequest(_Body):
    """How long to learn from the examples that are kept."""

    steps: Annotated[int, Field(ge=1, le=1_000_000)]
    verify_every: Annotated[int, Field(ge=1)] = 10


class CheckpointRequest(_Body):
    """Name of a checkpoint; `best` is kept by verification."""

    name: Name = "best"


def learning_routes(
    station: Station, residence: Residence, sessions: Sessions, thread: BoardsThread, events: Events
) -> APIRouter:
    """The routes below /v1/learning."""
    routes = APIRouter(prefix="/v1/learning", tags=["learning"])

    def describe(number: int) -> dict[str, Any]:
        opened = sessions.open
        here = opened is not None and opened.run.id == number
        told = as_json(summary_of(station.store, must_be_session(station.store, number).id)) | {"open": here}
        if here and opened is not None:
            told["summary"] = opened.session.summary()
        return told

    async def on_boards(number: int, activity: str, work: Callable[[OpenSession], Any]) -> Any:
        def done() -> Any:
            opened = sessions.find(number)
            with station.interlock.held(f"learning session {number}: {activity}"):
                return work(opened)

        return await thread.run(done)

    @routes.post("", status_code=201, openapi_extra=takes(SessionRequest, required=True))
    async def begin(request: Request) -> dict[str, Any]:
        """Begin a session on the network that the boards hold, or resume one; 409 while another one is open."""
        asked = await read_model(request, SessionRequest, LONGEST_PLAN)
        if (asked.model is None) == (asked.resume is None):
            raise BadRequest("give either the model to teach or the number of a session to resume")

        def opened() -> OpenSession:
            if asked.resume is not None:
                return sessions.resume(asked.resume)
            assert asked.model is not None, "one of the two was given"
            return sessions.begin(asked.model, asked.asked())

        return describe((await thread.run(opened)).run.id)

    @routes.get("")
    def listed() -> list[dict[str, Any]]:
        """All sessions of the store, oldest first; they outlive the service."""
        return [describe(run.id) for run in station.store.runs() if run.kind == KIND]

    @routes.get("/{number}")
    def one(number: int) -> dict[str, Any]:
        """One session and how it stands."""
        return describe(number)

    @routes.post("/{number}/batches", openapi_extra=takes(BatchRequest, required=True))
    async def batch(request: Request, number: int) -> dict[str, Any]:
        """One step: a batch through the chip, and pulses for the cells that are due because of it."""
        asked = (await read_model(request, BatchRequest, MAX_BODY_BYTES)).arrays()
        moment: Moment = await on_boards(number, "a step", lambda opened: opened.learn(*asked))
        return moment.as_json()

    @routes.post("/{number}/verify", openapi_extra=takes(BatchRequest, required=True))
    async def verify(request: Request, number: int) -> dict[str, Any]:
        """Score on the chip with data that is not learned from; the best state so far is kept."""
        asked = (await read_model(request, BatchRequest, MAX_BODY_BYTES)).arrays()

        def verified(opened: OpenSession) -> dict[str, Any]:
            score = opened.verify(*asked)
            return {"score": score, "best": opened.session.best, "watched": dict(opened.session.watched)}

        answer: dict[str, Any] = await on_boards(number, "verification", verified)
        return answer

    @routes.put("/{number}/examples", openapi_extra=takes(ExamplesRequest, required=True))
    async def keep(request: Request, number: int) -> dict[str, Any]:
        """Keep examples in the session, to be learned from by a job, in the place of earlier ones."""
        asked = await read_model(request, ExamplesRequest, MAX_BODY_BYTES)
        training = Examples(*asked.arrays(), asked.seed)
        checking = None if asked.checking is None else Examples(*asked.checking.arrays())
        watched = (
            None if asked.watched is None else {name: Examples(*one.arrays()) for name, one in asked.watched.items()}
        )
        await thread.run(lambda: sessions.find(number).keep_examples(training, checking, watched))
        return counted(sessions.find(number).lessons)

    @routes.post("/{number}/examples", openapi_extra=takes(BatchRequest, required=True))
    async def add(request: Request, number: int) -> dict[str, Any]:
        """Examples that have come since: a job that teaches goes on with them and those before."""
        more = Examples(*(await read_model(request, BatchRequest, MAX_BODY_BYTES)).arrays())
        await thread.run(lambda: sessions.find(number).add_examples(more))
        return counted(sessions.find(number).lessons)

    @routes.post("/{number}/teach", status_code=202, openapi_extra=takes(TeachingRequest, required=True))
    async def teach(request: Request, number: int) -> dict[str, Any]:
        """Learn from the examples that are kept, as a job that can be watched, paused and cancelled.

        Inference goes on between its steps.
        """
        asked = await read_model(request, TeachingRequest, LONGEST_PLAN)
        sessions.find(number)

        def tell(job: Job) -> None:
            events.job(job, number)

        def work(job: Job) -> Mapping[str, Any]:
            tell(job)
            try:
                opened = sessions.find(number)
                opened.teach(job, asked.steps, asked.verify_every)
                return opened.session.summary()
            finally:
                if job.cancelled:
                    sessions.renew(number)

        return described(station.start(KIND, work, ended=tell))

    @routes.post("/{number}/checkpoints", status_code=201, openapi_extra=takes(CheckpointRequest))
    async def checkpoint(request: Request, number: int) -> dict[str, str]:
        """Keep the present state under a name."""
        name = (await read_model(request, CheckpointRequest, LONGEST_PLAN)).name
        await on_boards(number, "a checkpoint", lambda opened: opened.session.checkpoint(name))
        return {"name": name}

    @routes.post("/{number}/roll-back", openapi_extra=takes(CheckpointRequest))
    async def roll_back(request: Request, number: int) -> dict[str, Any]:
        """Back to a checkpoint, the best verified state unless told otherwise."""
        name = (await read_model(request, CheckpointRequest, LONGEST_PLAN)).name
        moment: Moment = await on_boards(number, "rolling back", lambda opened: opened.roll_back(name))
        return moment.as_json()

    @routes.post("/{number}/pause")
    async def pause(number: int) -> dict[str, Any]:
        """Give the boards back; the session can be resumed, also by another host.

        A job that teaches it ends at its next safe point first.
        """
        await thread.run(lambda: sessions.pause(number))
        return describe(number)

    @routes.post("/{number}/commit")
    async def commit(number: int) -> dict[str, Any]:
        """End the session: what the boards hold now is served from here on."""
        await thread.run(lambda: sessions.commit(number))
        return describe(number)

    return routes


def counted(lessons: Lessons) -> dict[str, Any]:
    """How many examples are kept for what."""
    return {
        "training": _count(lessons.training),
        "checking": _count(lessons.checking),
        "watched": {name: _count(one) for name, one in lessons.watched.items()},
    }


def _count(examples: Examples | None) -> int:
    return 0 if examples is None else len(examples.inputs)


def labels(values: list[Any]) -> NDArray[np.int64]:
    """Classes as an array. Raises LearningError for one that no array holds."""
    try:
        return np.asarray(values, dtype=np.int64)
    except OverflowError as error:
        raise LearningError(f"a class is an integer from 0 that names an output: {error}") from error


def numbers(values: list[Any]) -> NDArray[np.float64]:
    """Nested lists of numbers as an array. Raises LearningError for ragged ones and for what is not finite."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise LearningError(f"expected rows of equal length with numbers: {error}") from error
    if not np.isfinite(array).all():
        raise LearningError("inputs and targets must be finite numbers")
    return array
