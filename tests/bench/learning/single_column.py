"""The published task: zeros against ones, eight principal components, one column of non-negative weights.

The published board code tunes one software bias. Here one or two of the eight cells stick and a week passes. Principal
components, scales and weights come from the training images, held-out images are only counted.
"""

from __future__ import annotations

from itertools import count

import numpy as np
from tests.bench.learning.chips import COMMAND, SEEDS, WEEK_S, Chip, Split, average, digits, spread, teach
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
from ohmloop.network import Activation, Linear, Model, deploy
from ohmloop.programming import Acceptance, Stops, Vipi

COMPONENTS = 8


def task() -> tuple[Model, dict[str, Split]]:
    """The digital classifier, and its features with targets of -1 and 1."""
    chosen = {name: (x[y < 2], y[y < 2]) for name, (x, y) in digits().items()}
    x, y = chosen["training"]
    centre = x.mean(axis=0)
    axes = np.linalg.svd(x - centre, full_matrices=False)[2][:COMPONENTS].T
    raw = (x - centre) @ axes
    axes = axes * np.sign(raw.T @ (2.0 * y - 1)) / np.abs(raw).max(axis=0)
    features = {name: ((x - centre) @ axes, 2 * y[:, None] - 1) for name, (x, y) in chosen.items()}
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


def rows() -> list[Row]:
    """Accuracies beside the digital classifier."""
    return [row for stuck in (1, 2) for row in damaged(stuck)]


def damaged(stuck: int) -> list[Row]:
    """With so many cells stuck."""
    model, features = task()
    test = features["held_out"]
    digital = 100 * float((np.sign(model.digital(test[0])) == test[1]).mean())
    scores: dict[str, list[float]] = {}
    pulses: dict[str, list[float]] = {}
    rules: dict[str, tuple[Rule, int]] = {}
    for seed in SEEDS:
        rules = {
            "bias only": (BiasScale(scale=False, batch=None), 60),
            "bias and scale": (BiasScale(batch=None), 60),
            "delta": (Delta(rate=0.05, batch=None), 60),
            "repair": (Repair(least=0.02), 4),
        }
        chip = Chip(model, seed, NonNegative())
        acceptance = Acceptance(tolerance=0.05)
        deploy(chip.placement, chip.arrays, Vipi, acceptance, Stops(), profile=PROFILE, setup=SETUP)
        with chip.learner(External(), loss=SquaredError()) as learner:
            scores.setdefault("programmed at 5 %", []).append(accuracy(learner, test))
        chip.wait(WEEK_S)
        week_old = chip.truth()
        strike(chip, stuck)
        with chip.learner(External(), loss=SquaredError()) as learner:
            scores.setdefault("damaged", []).append(accuracy(learner, test))
        for name, (rule, steps) in rules.items():
            chip.again(week_old, 0.0)
            strike(chip, stuck)
            with chip.learner(rule, Moves(threshold=0.05, tolerance=0.03), loss=SquaredError()) as learner:
                teach(learner, Examples(*features["training"], seed=seed), steps)
                scores.setdefault(name, []).append(accuracy(learner, test))
                pulses.setdefault(name, []).append(learner.spent.pulses / learner.cells)
    seeds = f"seeds {SEEDS[0]}-{SEEDS[-1]}, {len(test[0])} held-out images"
    found = []
    for name, values in scores.items():
        spent = f"; {average(pulses[name]):.1f} pulses a cell" if name in pulses else ""
        note = f"{seeds}; {spread(values)}{spent}"
        case = f"zeros and ones on one column, {stuck} of 8 cells stuck and a week: accuracy, {name}"
        found.append(Row(case, average(values), digital, "digital classifier", None, "%", COMMAND, note))
    return found
