"""A learner moves the cells that are due and no others, within its budget, and finds those that are stuck."""

from contextlib import nullcontext

import numpy as np
import pytest
from tests.learning.chips import CLASSES, INPUTS, TESTING, TRAINING, chip, learn
from tests.programming.boards import PROFILE

from ohmloop.learning import (
    Budget,
    BudgetSpent,
    Change,
    CrossEntropy,
    LearningError,
    Moves,
    Progressive,
    Repair,
    Sgd,
    SquaredError,
)
from ohmloop.mapping import Differential, NonNegative


def test_only_due_cells_are_pulsed_and_all_pulses_are_counted() -> None:
    damaged = chip(1)
    with damaged.learner(Sgd()) as learner:
        before = [array.cells.record.full_pulses.copy() for array in damaged.arrays]
        change = np.zeros((INPUTS, 8))
        change[2, 5] = 0.6 * np.abs(learner.shadow.deployed[0]).max()
        change[7, 1] = 0.02 * np.abs(learner.shadow.deployed[0]).max()
        learner.apply([Change(change), Change()])
        targets = learner.due()
        assert targets is not None
        assert 1 <= sum(int(np.isfinite(matrix).sum()) for matrix in targets) <= 2, "one weight is far enough"
        assert learner.move(targets)
        received = [array.cells.record.full_pulses - b for array, b in zip(damaged.arrays, before, strict=True)]
        for counts, matrix, array in zip(received, targets, learner.shadow.arrays, strict=True):
            assert (counts[np.isnan(matrix)] == 0).all()
            np.testing.assert_array_equal(counts, array.pulses)
        assert learner.spent.pulses == sum(int(counts.sum()) for counts in received) > 0
        assert learner.spent.largest_pulses == max(int(counts.max()) for counts in received)
        assert learner.spent.pulse_energy_j > 0


def test_what_is_too_small_for_a_pulse_waits_in_the_shadow() -> None:
    with chip(1).learner(Sgd(), Moves(threshold=0.1)) as learner:
        small = 0.03 * np.abs(learner.shadow.deployed[1]).max() * np.ones((8, CLASSES))
        learner.apply([Change(), Change(small)])
        assert learner.due() is None
        for _ in range(3):
            learner.apply([Change(), Change(small)])
        assert learner.due() is not None


def test_stuck_cells_are_found_and_left_alone() -> None:
    damaged = chip(2)
    damaged.strike(0.15, seed=4)
    with damaged.learner(Repair()) as learner:
        learn(learner, 6)
        for array, shadow in zip(damaged.arrays, learner.shadow.arrays, strict=True):
            true = array.cells.stuck.mask.reshape(shadow.stuck.shape)
            assert not shadow.stuck[~true].any(), "a healthy cell is not given up"
        found = sum(int(shadow.stuck.sum()) for shadow in learner.shadow.arrays)
        assert found >= 10
        spent = learner.spent.pulses
        known = [shadow.stuck.copy() for shadow in learner.shadow.arrays]
        before = [shadow.pulses[stuck] for shadow, stuck in zip(learner.shadow.arrays, known, strict=True)]
        learn(learner, 2)
        assert learner.spent.pulses > spent
        for shadow, stuck, pulses in zip(learner.shadow.arrays, known, before, strict=True):
            np.testing.assert_array_equal(shadow.pulses[stuck], pulses)


@pytest.mark.parametrize("encoding", [Differential(), NonNegative()], ids=lambda encoding: encoding.name)
def test_learning_repairs_a_damaged_chip(encoding: Differential | NonNegative) -> None:
    damaged = chip(2, encoding)
    with damaged.learner(Repair()) as whole:
        healthy = whole.trace(*TESTING).score
    damaged.strike(0.15, seed=6)
    with damaged.learner(Progressive(CrossEntropy())) as learner:
        before = learner.trace(*TESTING).score
        learn(learner, 4)
        after = learner.trace(*TESTING).score
        assert healthy - before > 0.1
        assert after - before >= 0.8 * (healthy - before)
        assert learner.spent.pulses <= 3 * learner.cells
        held = learner.model.digital(TESTING[0]).argmax(axis=1)
        assert np.mean(held == learner.infer(TESTING[0]).argmax(axis=1)) > 0.9


@pytest.mark.parametrize(
    "budget",
    [Budget(pulses=40), Budget(pulses_per_cell=6), Budget(energy_j=1e-7)],
    ids=["pulses", "pulses of a cell", "energy"],
)
def test_a_budget_is_never_exceeded(budget: Budget) -> None:
    damaged = chip(4)
    damaged.strike(0.15, seed=2)
    with damaged.learner(Repair(), budget=budget) as learner:
        before = [array.cells.record.full_pulses.copy() for array in damaged.arrays]
        ends = nullcontext() if budget.pulses_per_cell == 6 else pytest.raises(BudgetSpent, match="or allow more")
        with ends:
            learn(learner, 6)
        received = [array.cells.record.full_pulses - b for array, b in zip(damaged.arrays, before, strict=True)]
        assert sum(int(counts.sum()) for counts in received) <= budget.pulses
        assert max(int(counts.max()) for counts in received) <= budget.pulses_per_cell
        assert learner.spent.pulse_energy_j <= budget.energy_j


def test_what_was_learned_can_be_kept_and_taken_up() -> None:
    damaged = chip(5)
    damaged.strike(0.1, seed=3)
    with damaged.learner(Sgd(batch=64)) as learner:
        learn(learner, 5)
        state = learner.state()
        with damaged.learner(Sgd(batch=64)) as other:
            other.restore(state)
            for name, values in other.state().items():
                np.testing.assert_array_equal(values, state[name], err_msg=name)
            trace = other.trace(*TRAINING)
            for one, two in zip(
                other.rule.propose(trace, other.held()), learner.rule.propose(trace, learner.held()), strict=True
            ):
                assert one.weights is not None
                assert two.weights is not None
                np.testing.assert_array_equal(one.weights, two.weights)
            with pytest.raises(LearningError, match="not of this network: array 0 does not fit"):
                other.restore({"array.0.measured_s": np.zeros((2, 2))})


def test_a_loss_says_what_is_wrong_with_its_targets() -> None:
    with chip(6).learner(Sgd()) as learner:
        x, y = TESTING
        with pytest.raises(LearningError, match="label 9 is beyond the 4 outputs"):
            learner.trace(x[:2], np.array([0, 9]))
        with pytest.raises(LearningError, match="labels must be a vector of integers"):
            learner.trace(x[:2], np.array([0.5, 1.0]))
        with pytest.raises(LearningError, match="2 input vectors need as many targets"):
            learner.trace(x[:2], y[:3])
        learner.loss = SquaredError()
        with pytest.raises(LearningError, match=r"of shape \(batch, 4\)"):
            learner.trace(x[:2], y[:2])


def test_moves_and_budgets_that_make_no_sense() -> None:
    with pytest.raises(ValueError, match="threshold is a fraction"):
        Moves(threshold=0)
    with pytest.raises(ValueError, match="at least one pulse"):
        Moves(pulses=0)
    with pytest.raises(ValueError, match="must not be negative"):
        Budget(pulses=-1)
    assert Moves(start=10).profile(PROFILE).set_drive.start_v == PROFILE.set_drive.max_v
