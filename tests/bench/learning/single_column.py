"""The published task: zeros against ones, eight principal components, one column of non-negative weights.

The published board code tunes one software bias. Here one or two of the eight cells stick and a week passes. Principal
components, scales and weights come from the training images, held-out images are only counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import count

import numpy as np
from tests.bench.learning.chips import WEEK_S, Chip, Split, digits, principal, teach
from tests.bench.learning.seeds import Figures, Sample, grown
from tests.bench.results import Row
from tests.programming.boards import PROFILE, SETUP

from ohmloop.learning import (
    BiasScale,
    Delta,
    Examples,
    External,
    Learner,
    Moves,
    Repair,
    Rule,
    SquaredError,
    Training,
    train,
)
from ohmloop.mapping import NonNegative
from ohmloop.network import Activation, Deployment, Linear, Model
from ohmloop.programming import Acceptance, Stops, Vipi

COMPONENTS = 8
RULES: Mapping[str, tuple[Callable[[], Rule], int]] = {
    "bias only": (lambda: BiasScale(scale=False, batch=None), 60),
    "bias and scale": (lambda: BiasScale(batch=None), 60),
    "delta": (lambda: Delta(rate=0.05, batch=None), 60),
    "repair": (lambda: Repair(least=0.02), 4),
}


def task() -> tuple[Model, dict[str, Split]]:
    """The digital classifier, and its features with targets of -1 and 1."""
    chosen = principal({name: (x[y < 2], y[y < 2]) for name, (x, y) in digits().items()}, COMPONENTS)
    signs = np.sign(chosen["training"][0].T @ (2.0 * chosen["training"][1] - 1))
    features = {name: (x * signs, 2 * y[:, None] - 1) for name, (x, y) in chosen.items()}
    loss = SquaredError()
    inputs, targets = features["training"]
    blank = Linear(np.full((COMPONENTS, 1), 0.5), np.zeros(1), Activation.NONE)
    bounds = [(np.zeros((COMPONENTS, 1)), np.full((COMPONENTS, 1), np.inf))]
    training = Training(epochs=60, batch=32, rate=0.03)
    layers = train([blank], inputs, loss.wanted(targets, 1), loss, training, np.random.default_rng(7), bounds)
    return Model("zeros and ones", tuple(layers)).calibrated(inputs), features


def accuracy(learner: Learner, split: Split) -> float:
    """Percent on the right side."""
    return 100 * float((np.sign(learner.infer(split[0])) == split[1]).mean())


def strike(chip: Chip, stuck: int) -> None:
    """Stick so many cells, each at either end of the range."""
    (array,) = chip.arrays
    for seed in count(100 * chip.seed):
        array.cells.stuck.heal()
        fault = {"fraction": stuck / COMPONENTS, "seed": seed}
        array.cells.stuck.strike(fault, array.cells.conductance_s.ravel().copy(), PROFILE.g_min_s, PROFILE.g_max_s)
        if array.cells.stuck.mask.sum() == stuck:
            return


def damaged(stuck: int) -> Callable[[int], Figures]:
    """What to measure with so many cells stuck."""

    def measure(seed: int) -> Figures:
        model, features = task()
        test = features["held_out"]
        figures = {"digital": 100 * float((np.sign(model.digital(test[0])) == test[1]).mean())}
        chip = Chip(model, seed, NonNegative())
        Deployment(
            chip.placement, chip.arrays, Vipi, Acceptance(tolerance=0.05), Stops(), profile=PROFILE, setup=SETUP
        ).execute()
        with chip.learner(External(), loss=SquaredError()) as learner:
            figures["programmed at 5 %"] = accuracy(learner, test)
        chip.wait(WEEK_S)
        week_old = chip.truth()
        strike(chip, stuck)
        with chip.learner(External(), loss=SquaredError()) as learner:
            figures["damaged"] = accuracy(learner, test)
        for name, (make, steps) in RULES.items():
            chip.again(week_old, 0.0)
            strike(chip, stuck)
            with chip.learner(make(), Moves(threshold=0.05, tolerance=0.03), loss=SquaredError()) as learner:
                teach(learner, Examples(*features["training"], seed=seed), steps)
                figures[name] = accuracy(learner, test)
                figures[f"pulses {name}"] = learner.spent.pulses / learner.cells
        return figures

    return measure


def growing_rows() -> Iterator[list[Row]]:
    """Accuracies beside the digital classifier."""
    for stuck in (1, 2):
        for sample in grown(f"{stuck} stuck", damaged(stuck)):
            yield [row(stuck, sample, name) for name in ("programmed at 5 %", "damaged", *RULES)]


def row(stuck: int, sample: Sample, name: str) -> Row:
    """Accuracy before or after something."""
    case = f"zeros and ones on one column, {stuck} of {COMPONENTS} cells stuck and a week: accuracy, {name}"
    spent = f"; {sample.mean(f'pulses {name}'):.1f} pulses a cell" if name in RULES else ""
    return sample.row(case, name, "digital", "digital classifier", about=f"81 held-out images{spent}")
