"""The same learner under an optimiser of torch."""

import numpy as np
import pytest
from tests.learning.chips import TESTING, TRAINING, chip
from tests.learning.documented import program

from ohmloop.learning import Budget, BudgetSpent, External, Learner

torch = pytest.importorskip("torch", reason="torch is not installed: make test-torch")

from ohmloop.learning.torch import CrossbarLinear, CrossbarNetwork  # noqa: E402 - needs torch

SEED = 4


def accuracy(learner: Learner) -> float:
    return learner.trace(*TESTING).score


def test_the_forward_pass_is_the_chip() -> None:
    with chip(1).learner(External()) as learner:
        network = CrossbarNetwork(learner)
        vectors = learner.spent.vectors
        outputs = network(torch.from_numpy(TESTING[0]).float()).detach().numpy()
        assert learner.spent.vectors == vectors + 2 * len(TESTING[0])
        digital = learner.model.digital(TESTING[0])
        noise, signal = np.mean((outputs - digital) ** 2), np.mean(digital**2)
        assert 0 < noise < 0.02 * signal, "noise of the reading, and no more"


def test_the_backward_pass_goes_through_the_measured_conductances() -> None:
    with chip(1).learner(External()) as learner:
        layer = CrossbarLinear(learner, 0)
        x = torch.from_numpy(TESTING[0][:5]).float().requires_grad_()
        error = torch.randn(5, 8, generator=torch.Generator().manual_seed(SEED))
        layer(x).backward(error)
        measured = torch.from_numpy(learner.held()[0].layer.weights).float()
        torch.testing.assert_close(x.grad, error @ measured.T)
        torch.testing.assert_close(layer.weight.grad, error.T @ x.detach())
        torch.testing.assert_close(layer.bias.grad, error.sum(dim=0))


def test_an_optimiser_repairs_the_chip() -> None:
    damaged = chip(2)
    damaged.strike(0.15, seed=6)
    x, y = torch.from_numpy(TRAINING[0]).float(), torch.from_numpy(TRAINING[1])
    with damaged.learner(External()) as learner:
        network = CrossbarNetwork(learner)
        optimizer = torch.optim.Adam(network.parameters(), lr=0.03)
        before = accuracy(learner)
        moved = 0
        for _ in range(30):
            optimizer.zero_grad()
            torch.nn.functional.cross_entropy(network(x), y).backward()
            optimizer.step()
            moved += network.update()
        assert accuracy(learner) > before + 0.2
        assert moved > 0
        assert learner.spent.pulses > 0
        for layer, held in zip((network[0], network[2]), learner.held(), strict=True):
            np.testing.assert_allclose(layer.weight.detach().numpy().T, held.wanted, atol=1e-5)


def test_small_changes_wait_and_a_spent_budget_is_said() -> None:
    with chip(3).learner(External(), budget=Budget(pulses=0)) as learner:
        network = CrossbarNetwork(learner)
        with torch.no_grad():
            network[0].weight += 0.001
        assert network.update() == 0
        with torch.no_grad():
            network[0].weight += 5.0
        with pytest.raises(BudgetSpent, match="or allow more"):
            network.update()


def test_the_documented_program_changes_the_shadow() -> None:
    with chip(2).learner(External()) as learner:
        names = {
            "learner": learner,
            "CrossbarNetwork": CrossbarNetwork,
            "torch": torch,
            "loss": torch.nn.functional.cross_entropy,
            "x": torch.from_numpy(TRAINING[0]).float(),
            "y": torch.from_numpy(TRAINING[1]),
        }
        exec(program("With torch"), names)
        for held in learner.held():
            assert np.abs(held.wanted - held.layer.weights).max() > 0.01 * np.abs(held.wanted).max()
