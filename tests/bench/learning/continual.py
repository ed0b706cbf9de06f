"""Something new arrives: learning it on the chip against teaching anew and programming again.

Either a class that nobody taught, the nines, or another writer, whose digits lean. There are examples of what is new
and ten images of each class as it was. On the chip the delta rule moves cells of the last layer, or SGD cells of all;
the peer is taught digitally with the same examples and programmed at 5 % again. Rates and steps were chosen on seed
101 and the validation images.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.ndimage import rotate
from tests.bench.learning.chips import Chip, Split, digits, percent, teach
from tests.bench.learning.seeds import Figures, Sample, grown
from tests.bench.results import Row
from tests.programming.boards import PROFILE, SETUP

from ohmloop.learning import CrossEntropy, Delta, Examples, External, Moves, Rule, Sgd, Training, train
from ohmloop.mapping import ArraySpace, place
from ohmloop.network import Activation, Deployment, Linear, Model
from ohmloop.programming import Acceptance, Stops, Vipi

NEW, KEPT, SHOWN = 9, 10, 20
"""The new class; images of each class as it was, and of each as the new writer has it, in a lesson."""
LEAN_DEGREES = 30.0
HIDDEN, STEPS = 32, 400
LOSS = CrossEntropy()
MOVES = Moves(threshold=0.15, tolerance=0.08)
RULES: Mapping[str, Callable[[], Rule]] = {
    "delta": lambda: Delta(rate=0.02, batch=64),
    "sgd": lambda: Sgd(rate=0.02, batch=64),
}
PEER = "taught anew and programmed again"
AS_GOOD, FEWER = 0.95, 1.0
"""Part of the peer's accuracy that is to be reached, with no more pulses."""


@dataclass(frozen=True)
class Arrival:
    """What the network knows, and what comes.

    Attributes:
        known: what it was taught. lesson: what it is taught now, by seed. old, new: what it is tested with.
    """

    known: Split
    lesson: Callable[[int], Split]
    old: Split
    new: Split


def of_class(split: Split, new: bool) -> Split:
    """Images of the new class, or of all others."""
    chosen = (split[1] == NEW) == new
    return split[0][chosen], split[1][chosen]


def some(split: Split, count: int, rng: np.random.Generator) -> Split:
    """So many images of each class."""
    x, y = split
    chosen = np.concatenate([rng.permutation(np.flatnonzero(y == label))[:count] for label in np.unique(y)])
    return x[chosen], y[chosen]


def joined(one: Split, other: Split) -> Split:
    """Both."""
    return np.concatenate((one[0], other[0])), np.concatenate((one[1], other[1]))


def leaning(split: Split) -> Split:
    """The same digits by a writer whose hand leans."""
    images = split[0].reshape(-1, 8, 8)
    turned = rotate(images, LEAN_DEGREES, axes=(1, 2), reshape=False, order=1)
    return np.clip(turned, 0, 1).reshape(len(images), 64), split[1]


def a_new_class(test_on: str = "held_out") -> Arrival:
    """The nines."""
    training, test = digits()["training"], digits()[test_on]
    known, nines = of_class(training, False), of_class(training, True)
    return Arrival(
        known,
        lambda seed: joined(nines, some(known, KEPT, np.random.default_rng(seed))),
        of_class(test, False),
        of_class(test, True),
    )


def another_writer(test_on: str = "held_out") -> Arrival:
    """All ten digits, leaning."""
    training, test = digits()["training"], digits()[test_on]

    def lesson(seed: int) -> Split:
        rng = np.random.default_rng(seed)
        return joined(leaning(some(training, SHOWN, rng)), some(training, KEPT, rng))

    return Arrival(training, lesson, test, leaning(test))


ARRIVALS: Mapping[str, Callable[[], Arrival]] = {"a new class": a_new_class, "another writer": another_writer}


def first_network(known: Split) -> Model:
    """Taught what is known only, with ten outputs."""
    rng = np.random.default_rng(7)
    layers = [
        Linear(rng.normal(size=(64, HIDDEN)) * np.sqrt(2 / 64), np.zeros(HIDDEN)),
        Linear(rng.normal(size=(HIDDEN, 10)) * np.sqrt(1 / HIDDEN), np.zeros(10), Activation.NONE),
    ]
    wanted = LOSS.wanted(known[1], 10)
    return Model("continual", tuple(train(layers, known[0], wanted, LOSS, Training(), rng))).calibrated(known[0])


def measure(arrival: Arrival, seed: int) -> Figures:
    """Accuracy on what is old and new, percent, and pulses a cell."""
    model, lesson = first_network(arrival.known), arrival.lesson(seed)
    chip = Chip(model, seed)
    acceptance = Acceptance(tolerance=0.05)
    Deployment(chip.placement, chip.arrays, Vipi, acceptance, Stops(), profile=PROFILE, setup=SETUP).execute()
    held = chip.truth()
    figures: Figures = {}

    def keep(name: str, rule: Rule, steps: int, pulses: float | None = None) -> None:
        with chip.learner(rule, MOVES) as learner:
            teach(learner, Examples(*lesson, seed), steps)
            figures[f"{name} old"], figures[f"{name} new"] = (
                percent(learner, arrival.old),
                percent(learner, arrival.new),
            )
            figures[f"{name} pulses"] = learner.spent.pulses / learner.cells if pulses is None else pulses

    keep("before", External(), 0)
    for name, make in RULES.items():
        chip.again(held, 0.0)
        keep(name, make(), STEPS)
    chip.again(held, 0.0)
    x, y = lesson
    taught = train(model.layers, x, LOSS.wanted(y, 10), LOSS, Training(), np.random.default_rng(seed))
    chip.model = replace(model, layers=tuple(taught), input_ranges=None).calibrated(x)
    spaces = [ArraySpace(array.capabilities.geometry) for array in chip.arrays]
    chip.placement = place(chip.model.weights, spaces, g_min_s=PROFILE.g_min_s, g_max_s=PROFILE.g_max_s)
    reports = Deployment(chip.placement, chip.arrays, Vipi, acceptance, Stops(), profile=PROFILE, setup=SETUP).execute()
    cells = sum(int(np.isfinite(report.targets_s).sum()) for report in reports)
    keep(PEER, External(), 0, sum(report.totals.pulses for report in reports) / cells)
    return figures


def growing_rows() -> Iterator[list[Row]]:
    """Both accuracies and the pulses, beside programming again."""
    for case, arrival in ARRIVALS.items():
        for sample in grown(case, of(arrival)):
            yield rows(case, sample)


def of(arrival: Callable[[], Arrival]) -> Callable[[int], Figures]:
    """What to measure of an arrival."""

    def measured(seed: int) -> Figures:
        return measure(arrival(), seed)

    return measured


def rows(case: str, sample: Sample) -> list[Row]:
    """Of one arrival."""
    about = f"{STEPS} steps on the chip; held-out images"
    found = []
    for name in ("before", *RULES):
        how, goal = (name, None) if name == "before" else (f"{name} on the chip", AS_GOOD)
        for which, what in (("old", "what was known"), ("new", "what is new")):
            title = f"{case}: accuracy on {what}, {how}"
            found.append(sample.row(title, f"{name} {which}", f"{PEER} {which}", PEER, about=about, goal=goal))
    for name in RULES:
        title, pulses = f"{case}: pulses a cell, {name} on the chip", f"{PEER} pulses"
        found.append(sample.row(title, f"{name} pulses", pulses, PEER, about=about, unit="pulses", goal=FEWER))
    return found
