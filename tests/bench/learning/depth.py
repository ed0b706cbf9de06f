"""Feedback alignment against backpropagation on networks of two to six layers, all damaged alike.

Backpropagation returns errors through the measured conductances, or through a transposed read that is biased: every
line has a gain of its own (deviation 30 %) and every weight an offset (deviation 10 % of the largest). Networks were
taught digitally by backpropagation, or by the same feedback alignment that later tunes them. The rate of feedback
alignment was chosen on seed 101 and the validation images: at that of backpropagation it does harm.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
from tests.bench.learning.chips import WEEK_S, Chip, Split, digits, percent, teach
from tests.bench.learning.seeds import Figures, Sample, grown
from tests.bench.results import Row
from tests.programming.boards import PROFILE

from ohmloop.learning import (
    CrossEntropy,
    Examples,
    External,
    FeedbackAlignment,
    HeldLayer,
    LayerTrace,
    Moves,
    Rule,
    Sgd,
    Trace,
    Training,
    train,
)
from ohmloop.learning.trace import Matrix
from ohmloop.network import Activation, Linear, Model

DEPTHS = (2, 3, 4, 5, 6)
WIDTH = 16
STUCK, TOLERANCE, GUARD = 0.02, 0.05, 0.7
STEPS, BATCH, RATE, ALIGNMENT_RATE = 80, 32, 0.02, 0.007
LINE_GAIN, OFFSET = 0.3, 0.1
DIGITAL_STEPS, DIGITAL_BATCH, DIGITAL_RATE = 3000, 64, 0.003
MOVES = Moves(threshold=0.2, tolerance=0.08)


def blank(depth: int, rng: np.random.Generator) -> list[Linear]:
    """Layers with random weights."""
    sizes = [64, *[WIDTH] * (depth - 1), 10]
    layers = [Linear(rng.normal(size=(a, b)) * np.sqrt(2 / a), np.zeros(b)) for a, b in pairwise(sizes)]
    return [*layers[:-1], replace(layers[-1], activation=Activation.NONE)]


def by_backpropagation(depth: int, seed: int, split: Split) -> Model:
    """A network taught digitally with disturbed weights."""
    rng, loss = np.random.default_rng([seed, depth]), CrossEntropy()
    wanted = loss.wanted(split[1], 10)
    layers = train(blank(depth, rng), split[0], wanted, loss, Training(epochs=60, batch=64), rng)
    return Model(f"depth {depth}", tuple(layers)).calibrated(split[0])


def by_alignment(depth: int, seed: int, split: Split) -> Model:
    """A network taught digitally through the feedback that tunes it later."""
    layers, loss = blank(depth, np.random.default_rng([seed, depth])), CrossEntropy()
    rule, examples = FeedbackAlignment(rate=DIGITAL_RATE, seed=seed), Examples(*split, seed=seed)
    for step in range(DIGITAL_STEPS):
        values, targets = examples.batch(step, DIGITAL_BATCH)
        traces = []
        for layer in layers:
            products = values @ layer.weights
            traces.append(LayerTrace(values, products, layer.sums(products)))
            values = layer.outputs(products)
        wanted = loss.wanted(targets, 10)
        trace = Trace(tuple(traces), values, wanted, loss.slope(values, wanted), 0.0, 0.0)
        held = [HeldLayer(layer, layer, layer.weights, layer.weights, layer.weights) for layer in layers]
        changes = rule.propose(trace, held)
        layers = [
            replace(layer, weights=layer.weights + change.weights, bias=layer.bias + change.bias)
            for layer, change in zip(layers, changes, strict=True)
            if change.weights is not None and change.bias is not None
        ]
    return Model(f"aligned {depth}", tuple(layers)).calibrated(split[0])


def biased(seed: int) -> Callable[[Sequence[HeldLayer]], list[Matrix]]:
    """A transposed read with the same errors at every time."""

    def read(held: Sequence[HeldLayer]) -> list[Matrix]:
        weights = []
        for index, layer in enumerate(held):
            rng = np.random.default_rng([seed, index])
            rows, cols = layer.layer.weights.shape
            gain = (1 + LINE_GAIN * rng.normal(size=(rows, 1))) * (1 + LINE_GAIN * rng.normal(size=cols))
            offset = OFFSET * np.abs(layer.deployed.weights).max() * rng.normal(size=(rows, cols))
            weights.append(layer.layer.weights * gain + offset)
        return weights

    return read


def tuned(model: Model, seed: int, rules: Mapping[str, Rule], splits: Mapping[str, Split]) -> Figures:
    """Accuracy of one damaged chip after each rule, and before, in percent."""
    chip = Chip(model, seed)
    rng = np.random.default_rng(seed)
    held = []
    for index in range(len(chip.arrays)):
        targets_s = chip.placement.targets(index)
        error_s = TOLERANCE * GUARD * PROFILE.span_s * rng.uniform(-1, 1, targets_s.shape)
        held.append(np.clip(targets_s + error_s, PROFILE.g_min_s, PROFILE.g_max_s))
    chip.put(held)
    chip.wait(WEEK_S)
    week_old = chip.truth()
    found = {}
    for name, rule in {"damaged": External(), **rules}.items():
        chip.again(week_old, STUCK)
        with chip.learner(rule, MOVES) as learner:
            teach(learner, Examples(*splits["training"], seed=seed), STEPS if name != "damaged" else 0)
            found[name] = percent(learner, splits["held_out"])
    return found


TEACHERS: Mapping[str, Callable[[int, int, Split], Model]] = {
    "backpropagation": by_backpropagation,
    "feedback alignment": by_alignment,
}
PEERS: Mapping[str, str] = {"measured": "measured conductances", "biased": "a biased transposed read"}


def at(depth: int) -> Callable[[int], Figures]:
    """What to measure at this depth."""

    def measure(seed: int) -> Figures:
        splits, figures = digits(), {}
        for taught, teacher in TEACHERS.items():
            model = teacher(depth, seed, splits["training"])
            x, y = splits["held_out"]
            figures[f"{taught} digital"] = 100 * float((model.digital(x).argmax(axis=1) == y).mean())
            rules: dict[str, Rule] = {
                "measured": Sgd(rate=RATE, batch=BATCH),
                "biased": Sgd(rate=RATE, batch=BATCH, back=biased(seed)),
                "alignment": FeedbackAlignment(rate=ALIGNMENT_RATE, batch=BATCH, seed=seed),
            }
            accuracies = tuned(model, seed, rules, splits)
            figures |= {f"{taught} {name}": value for name, value in accuracies.items()}
        return figures

    return measure


def growing_rows() -> Iterator[list[Row]]:
    """Feedback alignment beside both ways of backpropagation, for each depth."""
    for depth in DEPTHS:
        for sample in grown(f"depth {depth}", at(depth)):
            yield [row for taught in TEACHERS for row in rows(depth, taught, sample)]


def rows(depth: int, taught: str, sample: Sample) -> list[Row]:
    """Of networks of this depth that were taught digitally in this way."""
    about = (
        f"400 held-out images; digital {sample.mean(f'{taught} digital'):.1f} %, "
        f"damaged {sample.mean(f'{taught} damaged'):.1f} %; {STUCK:.0%} stuck and a week, {STEPS} steps"
    )
    return [
        sample.row(
            f"depth {depth}, taught by {taught}: feedback alignment against {name}",
            f"{taught} alignment",
            f"{taught} {peer}",
            f"backpropagation through {name}",
            about=about,
        )
        for peer, name in PEERS.items()
    ]
