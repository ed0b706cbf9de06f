"""A session goes on after its host, comes back to its best state, and ends when it is told to."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.learning.chips import MODEL, TESTING, TRAINING, Chip, chip
from tests.learning.documented import program
from tests.programming.boards import PROFILE, SETUP
from tests.store.no_room import no_room

import ohmloop.learning
from ohmloop.crossbar import ExchangeStatus
from ohmloop.learning import (
    Budget,
    Change,
    CrossEntropy,
    Examples,
    Learner,
    LearningError,
    Moment,
    Progressive,
    Repair,
    Session,
    SessionError,
    Sgd,
)
from ohmloop.network.errors import InputError
from ohmloop.store import Run, Store, StoreFull

EXAMPLES = Examples(*TRAINING)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "runs.sqlite") as opened:
        yield opened


@pytest.fixture
def run(store: Store) -> Run:
    return store.begin("tune", {}, {})


def damaged(seed: int = 2) -> Chip:
    hurt = chip(seed)
    hurt.strike(0.15, seed=6)
    return hurt


def received(hurt: Chip) -> int:
    return sum(int(array.cells.record.full_pulses.sum()) for array in hurt.arrays)


def journalled(run: Run) -> int:
    return sum(record.applied or 0 for record in run.exchanges())


def learner(hurt: Chip, budget: Budget | None = None) -> Learner:
    return hurt.learner(Progressive(CrossEntropy()), budget=budget)


def test_another_host_goes_on_where_the_first_ended(run: Run, store: Store) -> None:
    hurt = damaged()
    before = received(hurt)
    with learner(hurt) as first:
        session = Session(first, run)
        for _ in range(2):
            session.learn(*EXAMPLES.batch(session.step, None))
        state = first.state()
        session.pause()
    run = store.open(run.id)
    run.restart()
    with learner(hurt) as second:
        session = Session(second, run)
        assert (session.step, session.pending) == (2, False)
        for name, values in second.state().items():
            np.testing.assert_array_equal(values, state[name], err_msg=name)
        session.learn(*EXAMPLES.batch(session.step, None))
        session.commit()
        assert received(hurt) - before == journalled(run) == second.spent.pulses > 0
    assert run.state == "done"
    kinds = [event.kind for event in run.events() if not event.kind.startswith("update.")]
    assert kinds == ["session began", "learning", "learning", "session resumed", "learning"]


def test_an_update_that_was_stopped_is_finished_by_the_next_session(run: Run, store: Store) -> None:
    hurt = damaged()
    before = received(hurt)
    with learner(hurt) as first:
        session = Session(first, run)
        first.request_stop()
        moment = session.learn(*EXAMPLES.batch(0, None))
        assert session.pending
        assert moment.note == "stopped during an update"
        assert session.learn(*EXAMPLES.batch(0, None)).step == 1, "no step while an update waits"
        with pytest.raises(SessionError, match="resume the session first"):
            session.commit()
        session.pause()
    assert received(hurt) == before
    run = store.open(run.id)
    run.restart()
    with learner(hurt) as second:
        session = Session(second, run)
        assert session.pending
        session.verify(*TESTING)
        assert not session.pending
        assert received(hurt) - before == journalled(run) == second.spent.pulses > 0


def test_a_roll_back_returns_to_the_best_verified_state(run: Run) -> None:
    hurt = damaged()
    moments: list[Moment] = []
    with learner(hurt) as teaching:
        session = Session(teaching, run, tell=moments.append)
        for _ in range(4):
            session.learn(*EXAMPLES.batch(session.step, None))
        good = session.verify(*TESTING)
        best = session.best
        rng = np.random.default_rng(1)
        teaching.apply(
            [
                Change(1.5 * rng.normal(size=held.wanted.shape), rng.normal(size=held.wanted.shape[1]))
                for held in teaching.held()
            ]
        )
        targets = teaching.due()
        assert targets is not None
        teaching.move(targets)
        spoilt = session.verify(*TESTING)
        assert spoilt < good - 0.2
        assert session.best == best
        spent = teaching.spent.pulses
        session.roll_back()
        assert teaching.spent.pulses > spent, "what was spent stays spent"
        assert session.verify(*TESTING) > good - 0.05
        with pytest.raises(SessionError, match="no checkpoint 'other'"):
            session.roll_back("other")
    assert next(moment.verified for moment in moments if np.isfinite(moment.verified)) == good
    assert all(moment.pulses_a_cell <= 10 for moment in moments)


def test_a_spent_budget_is_said_and_moves_nothing(run: Run) -> None:
    hurt = damaged()
    with learner(hurt, Budget(pulses=3)) as teaching:
        session = Session(teaching, run)
        before = received(hurt)
        moment = session.learn(*EXAMPLES.batch(0, None))
        assert "end here, or allow more" in moment.note
        assert (moment.due, moment.pulses, received(hurt)) == (0, 0, before)


def test_what_the_store_has_no_room_for_has_not_happened(run: Run, store: Store) -> None:
    hurt = damaged()
    before = received(hurt)
    with learner(hurt) as teaching:
        session = Session(teaching, run)
        session.verify(*TESTING)
        session.learn(*EXAMPLES.batch(0, None))
        best, moved = session.best, received(hurt)
        known = {name: values for name, values in teaching.state().items() if not name.startswith("spent.")}
        with no_room():
            for asked in (
                lambda: session.learn(*EXAMPLES.batch(1, None)),
                lambda: session.verify(*TESTING),
                lambda: session.checkpoint("mine"),
                session.roll_back,
                session.commit,
            ):
                with pytest.raises(StoreFull, match="make room"):
                    asked()
        assert received(hurt) == moved, "nothing moves that the store does not know of"
        assert (session.step, session.pending, session.best) == (1, False, best)
        for name, values in known.items():
            np.testing.assert_array_equal(teaching.state()[name], values, err_msg=name)
        session.learn(*EXAMPLES.batch(1, None))
        assert session.step == 2
        session.commit()
        assert received(hurt) - before == journalled(run) == teaching.spent.pulses > moved - before
    assert store.open(run.id).state == "done"


def test_an_update_that_loses_its_store_is_finished_later(store: Store) -> None:
    """The disk fills up at four moments of a session; some of them are in the middle of an update."""
    interrupted = 0
    for room in (40_000, 80_000, 120_000, 160_000):
        run = store.begin("tune", {}, {})
        hurt = damaged()
        before = received(hurt)
        with learner(hurt) as teaching:
            session = Session(teaching, run)

            def steps(session: Session = session) -> None:
                for step in range(20):
                    session.learn(*EXAMPLES.batch(step, None))

            used = store.path.with_name(store.path.name + "-wal").stat().st_size
            with no_room(used + room), pytest.raises(StoreFull):
                steps()
            interrupted += session.pending
            session.pause()
        run = store.open(run.id)
        run.restart()
        with learner(hurt) as other:
            session = Session(other, run)
            session.commit()
            # Here, unlike on a full disk, no reserve gives way: the outcome of the last exchange may be lost, too.
            uncertain = sum(len(r.pulses) for r in run.exchanges() if r.status is ExchangeStatus.UNCERTAIN)
            assert journalled(run) <= received(hurt) - before <= journalled(run) + uncertain
            assert other.spent.pulses == journalled(run) + uncertain
    assert interrupted


def test_a_refused_batch_leaves_the_session_as_it_was(run: Run) -> None:
    hurt = damaged()
    with hurt.learner(Sgd(batch=64)) as teaching:
        session = Session(teaching, run)
        session.learn(TRAINING[0][:64], TRAINING[1][:64])
        known = {name: values for name, values in teaching.state().items() if not name.startswith("spent.")}
        nan = np.full((2, TRAINING[0].shape[1]), np.nan)
        for inputs, targets in (
            (nan, np.zeros(2, np.int64)),
            (TRAINING[0][:2, 1:], np.zeros(2, np.int64)),
            (TRAINING[0][:2], np.array([0, 99])),
            (TRAINING[0][:2], np.zeros(3, np.int64)),
            (TRAINING[0][:0], np.zeros(0, np.int64)),
        ):
            with pytest.raises((InputError, LearningError)):
                session.learn(inputs, targets)
        with pytest.raises(LearningError, match=r"the change of layer 0 \(weights\) is not finite"):
            session.apply([Change(np.full_like(teaching.held()[0].wanted, np.inf)), Change()])
        assert session.step == 1
        for name, values in known.items():
            np.testing.assert_array_equal(teaching.state()[name], values, err_msg=name)


def test_a_session_belongs_to_its_boards_and_its_rule(run: Run) -> None:
    hurt = damaged()
    with learner(hurt) as first:
        Session(first, run)
    with hurt.learner(Repair()) as other, pytest.raises(SessionError, match=r"by progressive, not .* by repair"):
        Session(other, run)
    with learner(chip(3)) as elsewhere, pytest.raises(SessionError, match="teaches boards SIM-2-b0, SIM-502-b0"):
        Session(elsewhere, run)


def test_batches_follow_from_step_and_seed() -> None:
    examples = Examples(np.arange(10.0)[:, None], np.arange(10), seed=4)
    first = [examples.batch(step, 3)[1] for step in range(3)]
    assert len(set(np.concatenate(first).tolist())) == 9, "no example twice in a pass"
    np.testing.assert_array_equal(examples.batch(1, 3)[0][:, 0], first[1])
    assert not np.array_equal(examples.batch(3, 3)[1], first[0])
    assert len(examples.batch(7, None)[0]) == len(examples.batch(0, 99)[0]) == 10
    with pytest.raises(LearningError, match="2 inputs need as many targets"):
        Examples(np.zeros((2, 1)), np.zeros(3))


def test_the_documented_program_repairs_and_commits(run: Run) -> None:
    hurt = damaged()
    with learner(hurt) as before:
        broken = before.trace(*TESTING).score
    names = {
        **vars(ohmloop.learning),
        "model": MODEL,
        "placement": hurt.placement,
        "crossbars": hurt.arrays,
        "profile": PROFILE,
        "setup": SETUP,
        "run": run,
        "inputs": TRAINING[0],
        "labels": TRAINING[1],
        "checking_inputs": TESTING[0],
        "checking_labels": TESTING[1],
    }
    exec(program("From Python"), names)
    assert run.state == "done"
    assert names["session"].best > broken + 0.1
