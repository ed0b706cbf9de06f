"""A class that nobody taught arrives: learning it on the chip against teaching anew and programming again.

The network knows the digits 0 to 8. For the nines there are the training images of nines and ten of each old class. On
the chip the delta rule moves cells of the last layer, or SGD cells of all; the peer is taught digitally with the same
images and programmed at 5 % again.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from tests.bench.learning.chips import COMMAND, SEEDS, Chip, Split, average, digits, spread, teach
from tests.bench.results import Row
from tests.programming.boards import PROFILE, SETUP

from ohmloop.learning import CrossEntropy, Delta, Examples, External, Learner, Moves, Rule, Sgd, Training, train
from ohmloop.mapping import ArraySpace, place
from ohmloop.network import Linear, Model, deploy
from ohmloop.network.graph import Activation
from ohmloop.programming import Acceptance, Stops, Vipi

NEW, KEPT = 9, 10
HIDDEN = 32
LOSS = CrossEntropy()


def chosen(split: Split, old: bool) -> Split:
    """Images of old classes, or of the new one."""
    keep = (split[1] != NEW) == old
    return split[0][keep], split[1][keep]


def first_network(split: Split) -> Model:
    """Taught the old classes only, with an output to spare."""
    rng = np.random.default_rng(7)
    layers = [
        Linear(rng.normal(size=(64, HIDDEN)) * np.sqrt(2 / 64), np.zeros(HIDDEN)),
        Linear(rng.normal(size=(HIDDEN, 10)) * np.sqrt(1 / HIDDEN), np.zeros(10), Activation.NONE),
    ]
    wanted = LOSS.wanted(split[1], 10)
    return Model("nine digits", tuple(train(layers, split[0], wanted, LOSS, Training(), rng))).calibrated(split[0])


def lesson(split: Split, seed: int) -> Split:
    """All training images of the new class, a few of each old one."""
    rng, (x, y) = np.random.default_rng(seed), split
    picked = [np.flatnonzero(y == NEW), *(rng.permutation(np.flatnonzero(y == old))[:KEPT] for old in range(NEW))]
    every = np.concatenate(picked)
    return x[every], y[every]


def scores(learner: Learner, test: Split) -> tuple[float, float]:
    """Accuracy on old classes and on the new one, percent."""
    old, new = (100 * learner.trace(*chosen(test, part)).score for part in (True, False))
    return old, new


def rows() -> list[Row]:
    """Both accuracies and the pulses, beside programming again."""
    splits = digits()
    test = splits["held_out"]
    model = first_network(chosen(splits["training"], True))
    found: dict[str, list[tuple[float, float, float]]] = {}
    for seed in SEEDS:
        x, y = lesson(splits["training"], seed)
        chip = Chip(model, seed)
        acceptance = Acceptance(tolerance=0.05)
        deploy(chip.placement, chip.arrays, Vipi, acceptance, Stops(), profile=PROFILE, setup=SETUP)
        held = chip.truth()
        with chip.learner(External()) as learner:
            found.setdefault("before", []).append((*scores(learner, test), 0.0))
        rules: dict[str, Rule] = {"delta": Delta(rate=0.05, batch=64), "sgd": Sgd(rate=0.04, batch=64)}
        for name, rule in rules.items():
            chip.again(held, 0.0)
            with chip.learner(rule, Moves(threshold=0.2, tolerance=0.08)) as learner:
                teach(learner, Examples(x, y, seed), 60)
                found.setdefault(name, []).append((*scores(learner, test), learner.spent.pulses / learner.cells))
        chip.again(held, 0.0)
        taught = train(model.layers, x, LOSS.wanted(y, 10), LOSS, Training(), np.random.default_rng(seed))
        chip.model = replace(model, layers=tuple(taught), input_ranges=None).calibrated(x)
        chip.placement = place(
            chip.model.weights,
            [ArraySpace(array.capabilities.geometry) for array in chip.arrays],
            g_min_s=PROFILE.g_min_s,
            g_max_s=PROFILE.g_max_s,
        )
        reports = deploy(chip.placement, chip.arrays, Vipi, acceptance, Stops(), profile=PROFILE, setup=SETUP)
        with chip.learner(External()) as learner:
            pulses = sum(report.totals.pulses for report in reports) / learner.cells
            found.setdefault("again", []).append((*scores(learner, test), pulses))
    peer, seeds = "taught anew and programmed again", f"seeds {SEEDS[0]}-{SEEDS[-1]}, 400 held-out images"
    rows = []
    for name in ("before", "delta", "sgd"):
        for index, what in enumerate(("old classes", "the new class")):
            values, theirs = ([seed[index] for seed in found[key]] for key in (name, "again"))
            case = f"a new class: accuracy on {what}, {name if name == 'before' else name + ' on the chip'}"
            rows.append(
                Row(case, average(values), average(theirs), peer, None, "%", COMMAND, f"{seeds}; {spread(values)}")
            )
        if name != "before":
            values, theirs = ([seed[2] for seed in found[key]] for key in (name, "again"))
            case = f"a new class: pulses a cell, {name} on the chip"
            note = f"{seeds}; {spread(values)} and {spread(theirs)}"
            rows.append(Row(case, average(values), average(theirs), peer, None, "pulses", COMMAND, note))
    return rows
