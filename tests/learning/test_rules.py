"""What each rule proposes, on networks without a chip."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from numpy.typing import NDArray

from ohmloop.learning import (
    BiasScale,
    Change,
    CrossEntropy,
    Delta,
    FeedbackAlignment,
    HeldLayer,
    LayerTrace,
    LearningError,
    Loss,
    Manhattan,
    Progressive,
    Repair,
    Rule,
    Sgd,
    SquaredError,
    Trace,
    Training,
    train,
)
from ohmloop.learning.loss import softmax
from ohmloop.learning.rules.gradient import backpropagated, gradient
from ohmloop.network import Activation, Linear

SIZES = (6, 5, 4, 3)
RULES = [
    BiasScale(),
    Sgd(),
    FeedbackAlignment(),
    Manhattan(),
    Delta(),
    Progressive(CrossEntropy(), Training(epochs=3)),
    Repair(),
]


def layers(seed: int) -> list[Linear]:
    rng = np.random.default_rng(seed)
    made = [
        Linear(rng.normal(size=(a, b)), rng.normal(size=b) / 3, gain=rng.uniform(0.5, 1.5, b))
        for a, b in pairwise(SIZES)
    ]
    made[-1] = replace(made[-1], activation=Activation.NONE)
    return made


def traced(network: list[Linear], x: NDArray[np.float64], wanted: NDArray[np.float64], loss: Loss) -> Trace:
    seen, values = [], x
    for layer in network:
        products = values @ layer.weights
        seen.append(LayerTrace(values, products, layer.sums(products)))
        values = layer.outputs(products)
    slope, value = loss.slope(values, wanted), loss.value(values, wanted)
    return Trace(tuple(seen), values, wanted, slope, value, loss.score(values, wanted))


def held(network: list[Linear], deployed: list[Linear] | None = None) -> list[HeldLayer]:
    return [
        HeldLayer(layer, first, layer.weights, np.full_like(layer.weights, -2.5), np.full_like(layer.weights, 2.5))
        for layer, first in zip(network, deployed or network, strict=True)
    ]


def batch(seed: int, count: int = 40) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rng = np.random.default_rng(seed)
    return rng.normal(size=(count, SIZES[0])), np.eye(SIZES[-1])[rng.integers(0, SIZES[-1], count)]


@pytest.mark.parametrize("loss", [CrossEntropy(), SquaredError()], ids=lambda loss: loss.name)
def test_gradients_are_those_of_the_loss(loss: Loss) -> None:
    network, (x, wanted) = layers(1), batch(2)
    trace = traced(network, x, wanted, loss)
    errors = backpropagated(trace, held(network), [layer.weights for layer in network])
    tiny = 1e-6
    for index in range(len(network)):
        slope = gradient(trace, held(network), index, errors[index])
        for part in ("weights", "bias", "gain"):
            values = getattr(network[index], part)
            place = np.unravel_index(int(np.abs(getattr(slope, part)).argmax()), values.shape)
            ends = []
            for step in (tiny, -tiny):
                moved = values.copy()
                moved[place] += step
                other = [*network]
                other[index] = replace(network[index], **{part: moved})
                ends.append(traced(other, x, wanted, loss).loss)
            assert getattr(slope, part)[place] == pytest.approx((ends[0] - ends[1]) / (2 * tiny), rel=1e-4)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_goes_on_where_it_was(rule: Rule) -> None:
    network, (x, wanted) = layers(3), batch(4)
    trace, now = traced(network, x, wanted, CrossEntropy()), held(network)
    rule.propose(trace, now)
    state = {name: values.copy() for name, values in rule.state().items()}
    first = rule.propose(trace, now)
    rule.propose(trace, now)
    rule.restore(state)
    assert len(first) == len(network)
    for one, two in zip(first, rule.propose(trace, now), strict=True):
        for part in ("weights", "bias", "gain"):
            a, b = getattr(one, part), getattr(two, part)
            assert (a is None) == (b is None)
            if a is not None:
                np.testing.assert_array_equal(a, b)
    assert all(np.isfinite(value) for value in rule.parameters.values())


def reached(rule: Rule, steps: int, network: list[Linear], deployed: list[Linear] | None = None) -> float:
    """Loss after steps in which every change is carried out exactly."""
    x, wanted = batch(6, 200)
    loss = CrossEntropy()
    for _ in range(steps):
        changes = rule.propose(traced(network, x, wanted, loss), held(network, deployed))
        for index, (layer, change) in enumerate(zip(network, changes, strict=True)):
            parts = {
                part: getattr(layer, part) + getattr(change, part)
                for part in ("weights", "bias", "gain")
                if getattr(change, part) is not None
            }
            network[index] = replace(layer, **parts)
    return traced(network, x, wanted, loss).loss


@pytest.mark.parametrize(
    "rule",
    [BiasScale(), Sgd(), FeedbackAlignment(), Manhattan(step=0.02), Delta(), Progressive(CrossEntropy())],
    ids=lambda rule: rule.name,
)
def test_every_rule_that_is_told_what_is_right_lowers_the_loss(rule: Rule) -> None:
    network = layers(7)
    x, wanted = batch(6, 200)
    assert reached(rule, 30, network) < 0.9 * traced(layers(7), x, wanted, CrossEntropy()).loss


def test_only_what_a_rule_is_for_is_changed() -> None:
    network, (x, wanted) = layers(3), batch(4)
    trace, now = traced(network, x, wanted, CrossEntropy()), held(network)
    assert all(change.weights is None for change in BiasScale().propose(trace, now))
    *hidden, outputs = BiasScale(scale=False, hidden=False).propose(trace, now)
    assert hidden == [Change(), Change()]
    assert outputs.bias is not None
    assert outputs.gain is None
    *before, last = Delta().propose(trace, now)
    assert before == [Change(), Change()]
    assert last.weights is not None
    for change in Manhattan(share=0.1).propose(trace, now):
        assert change.weights is not None
        assert len(np.unique(np.abs(change.weights))) <= 2, "a fixed step or none"
    first, *others = Progressive(CrossEntropy()).propose(trace, now)
    assert first.weights is not None
    assert all(other.weights is None for other in others)


def test_repair_needs_no_labels_and_keeps_to_the_bounds() -> None:
    deployed = layers(8)
    rng = np.random.default_rng(9)
    x, _ = batch(6, 200)
    wanted = x
    for layer in deployed:
        wanted = layer.outputs(wanted @ layer.weights)
    damaged = [
        replace(layer, weights=np.clip(layer.weights + 0.5 * rng.normal(size=layer.weights.shape), -2.5, 2.5))
        for layer in deployed
    ]
    loss, rule = SquaredError(), Repair(ridge=1e-3)
    before = traced(damaged, x, wanted, loss).loss
    for _ in range(2 * len(damaged)):
        unlabelled = traced(damaged, x, np.zeros_like(wanted), loss)
        for index, change in enumerate(rule.propose(unlabelled, held(damaged, deployed))):
            if change.weights is not None:
                assert change.bias is not None
                weights = damaged[index].weights + change.weights
                assert (np.abs(weights) <= 2.5 + 1e-9).all()
                damaged[index] = replace(damaged[index], weights=weights, bias=damaged[index].bias + change.bias)
    assert traced(damaged, x, wanted, loss).loss < 0.05 * before


def test_repair_for_classes_makes_up_in_other_outputs_for_what_no_cell_can_reach() -> None:
    agreed: dict[str, list[float]] = {}
    for seed in range(5):
        rng = np.random.default_rng(seed)
        deployed = Linear(rng.normal(size=(16, 6)), rng.normal(size=6), Activation.NONE)
        stuck = rng.random((16, 6)) < 0.1
        hurt = np.where(stuck, rng.choice([-2.5, 2.5], (16, 6)), deployed.weights)
        bounds = np.where(stuck, hurt, -2.5), np.where(stuck, hurt, 2.5)
        x, fresh = rng.normal(size=(400, 16)), rng.normal(size=(400, 16))
        right = (fresh @ deployed.weights + deployed.bias).argmax(axis=1)
        for name, loss in (("outputs", None), ("classes", CrossEntropy())):
            layer = replace(deployed, weights=hurt)
            trace = traced([layer], x, np.eye(6)[np.zeros(400, int)], CrossEntropy())
            (change,) = Repair(ridge=1e-3, least=0.01, loss=loss).propose(
                trace, [HeldLayer(layer, deployed, hurt, *bounds)]
            )
            assert change.weights is not None
            assert change.bias is not None
            assert not change.weights[stuck].any()
            answers = fresh @ (hurt + change.weights) + deployed.bias + change.bias
            agreed.setdefault(name, []).append(float(np.mean(answers.argmax(axis=1) == right)))
    assert np.mean(agreed["classes"]) > np.mean(agreed["outputs"]) + 0.03
    assert all(one >= other - 0.02 for one, other in zip(agreed["classes"], agreed["outputs"], strict=True))


def test_repair_for_classes_comes_nearer_to_the_chances_of_the_deployed_network() -> None:
    rng = np.random.default_rng(4)
    deployed = Linear(rng.normal(size=(8, 4)), np.zeros(4), Activation.NONE)
    hurt = deployed.weights + 0.1 * rng.normal(size=(8, 4))
    bounds = hurt - 0.05, hurt + 0.05
    x = rng.normal(size=(500, 8))
    layer = replace(deployed, weights=hurt)
    chances = softmax(x @ deployed.weights)
    divergence = []
    losses: tuple[Loss | None, ...] = (None, SquaredError(), CrossEntropy())
    for loss in losses:
        trace = traced([layer], x, chances, CrossEntropy())
        (change,) = Repair(ridge=1e-4, least=0, loss=loss).propose(trace, [HeldLayer(layer, deployed, hurt, *bounds)])
        outputs = x @ (hurt + change.weights) + change.bias
        divergence.append(CrossEntropy().value(outputs, chances))
    assert divergence[0] == divergence[1], "numbers count as they are"
    assert divergence[2] < divergence[0]


def test_parameters_that_make_no_sense() -> None:
    for make in (lambda: Sgd(rate=0), lambda: Manhattan(share=0), lambda: Repair(ridge=0), lambda: Training(epochs=0)):
        with pytest.raises(ValueError, match="not"):
            make()


def test_few_weights_change_where_staying_costs_nothing() -> None:
    network, (x, wanted) = layers(10), batch(11, 200)
    rng = np.random.default_rng(12)
    free = train(network, x, wanted, CrossEntropy(), Training(epochs=20, noise=0), rng)
    staying = train(network, x, wanted, CrossEntropy(), Training(epochs=20, noise=0, stay=0.006), rng)
    moved = [[np.mean(a.weights != b.weights) for a, b in zip(network, new, strict=True)] for new in (free, staying)]
    assert np.mean(moved[0]) > 0.95
    assert np.mean(moved[1]) < 0.7
    with pytest.raises(LearningError):
        CrossEntropy().wanted(np.array([-1]), 3)
