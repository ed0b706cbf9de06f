"""The same learner under an optimiser of torch."""

from pathlib import Path

import numpy as np
import pytest
from tests.learning.chips import TESTING, TRAINING, chip
from tests.learning.documented import program

from ohmloop.learning import Budget, BudgetSpent, Change, External, Learner, LearningError, Session
from ohmloop.store import Store

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


def test_gains_count_forwards_and_backwards() -> None:
    """Against torch itself, with the conductances as measured for weights."""
    with chip(1).learner(External()) as learner:
        learner.apply([Change(gain=np.linspace(-0.5, 1, 8)), Change()])
        layer = CrossbarLinear(learner, 0)
        held = learner.held()[0].layer
        x = torch.from_numpy(TESTING[0][:5]).float()
        chip_inputs, inputs = x.clone().requires_grad_(), x.clone().requires_grad_()
        weight = torch.from_numpy(held.weights.T.copy()).float().requires_grad_()
        digital = (inputs @ weight.T) * torch.from_numpy(held.gains).float() + layer.bias.detach()
        error = torch.randn(5, 8, generator=torch.Generator().manual_seed(SEED))
        outputs = layer(chip_inputs)
        outputs.backward(error)
        digital.backward(error)
        assert torch.mean((outputs - digital) ** 2) < 0.02 * torch.mean(digital**2)
        torch.testing.assert_close(layer.weight.grad, weight.grad)
        torch.testing.assert_close(chip_inputs.grad, inputs.grad)


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
        wanted = learner.held()[0].wanted.copy()
        with pytest.raises(BudgetSpent):
            network.update()
        np.testing.assert_array_equal(learner.held()[0].wanted, wanted, err_msg="what waits is not laid on twice")


def test_weights_that_are_no_numbers_are_refused_and_put_back() -> None:
    with chip(3).learner(External()) as learner:
        network = CrossbarNetwork(learner)
        before = learner.state()
        with torch.no_grad():
            network[0].weight += 1.0
            network[2].bias[1] = float("nan")
        with pytest.raises(LearningError, match=r"the change of layer 1 \(bias\) is not finite"):
            network.update()
        for name, values in learner.state().items():
            np.testing.assert_array_equal(values, before[name], err_msg=name)
        assert all(torch.isfinite(parameter).all() for parameter in network.parameters())
        assert network.update() == 0


def test_an_optimiser_in_a_session_survives_its_host_and_is_rolled_back(tmp_path: Path) -> None:
    damaged = chip(2)
    damaged.strike(0.15, seed=6)
    x, y = torch.from_numpy(TRAINING[0]).float(), torch.from_numpy(TRAINING[1])
    with Store(tmp_path / "runs.sqlite") as store:
        run = store.begin("tune", {}, {})
        with damaged.learner(External()) as learner:
            session = Session(learner, run)
            network = CrossbarNetwork(learner)
            optimizer = torch.optim.Adam(network.parameters(), lr=0.03)
            for _ in range(10):
                optimizer.zero_grad()
                torch.nn.functional.cross_entropy(network(x), y).backward()
                optimizer.step()
                network.update(session)
            good = session.verify(*TESTING)
            pulses, bias = learner.spent.pulses, learner.model.layers[1].bias.copy()
            session.pause()
        run.restart()
        with damaged.learner(External()) as learner:
            session = Session(learner, run)
            assert (session.step, learner.spent.pulses) == (10, pulses)
            network = CrossbarNetwork(learner)
            with torch.no_grad():
                network[0].weight *= -1
                network[2].bias += torch.arange(4.0)
            assert network.update(session) > 0
            assert session.verify(*TESTING) < good - 0.1
            session.roll_back()
            network.follow()
            np.testing.assert_allclose(network[2].bias.detach().numpy(), bias, rtol=1e-6)
            assert not any(part.change().weights.any() for part in network if isinstance(part, CrossbarLinear))
            assert session.verify(*TESTING) > good - 0.1


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
