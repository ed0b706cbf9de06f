"""A small network on a simulated array, whole or damaged."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tests.programming.boards import LIMITS, PROFILE, SETUP

from ohmloop.crossbar import Crossbar
from ohmloop.learning import Budget, CrossEntropy, Learner, Moves, Rule, Training, train
from ohmloop.mapping import ArraySpace, Encoding, Permute, Placement, place
from ohmloop.network import Deployment, Linear, Model
from ohmloop.network.graph import Activation
from ohmloop.programming import Acceptance, Stops, Vipi
from ohmsim.array import SimulatedArray, open_array

INPUTS, HIDDEN, CLASSES = 10, 8, 4
CENTRES = np.random.default_rng(11).uniform(0, 1, (CLASSES, INPUTS))


def examples(seed: int, count: int) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Noisy copies of one centre a class."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, CLASSES, count)
    return np.clip(CENTRES[labels] + 0.18 * rng.normal(size=(count, INPUTS)), 0, 1), labels


TRAINING, TESTING = examples(1, 300), examples(2, 200)


def network() -> Model:
    """Trained digitally."""
    rng = np.random.default_rng(5)
    layers = [
        Linear(rng.normal(size=(INPUTS, HIDDEN)) / 3, np.zeros(HIDDEN)),
        Linear(rng.normal(size=(HIDDEN, CLASSES)) / 3, np.zeros(CLASSES), Activation.NONE),
    ]
    loss = CrossEntropy()
    x, y = TRAINING
    layers = train(layers, x, loss.wanted(y, CLASSES), loss, Training(epochs=120, rate=0.02), rng)
    return Model("blobs", tuple(layers)).calibrated(x)


MODEL = network()


def placed(geometries: Sequence[Crossbar], encoding: Encoding | None = None) -> Placement:
    """The network in another order than its own, on one array for each crossbar."""
    return place(
        MODEL.weights,
        [ArraySpace(crossbar.capabilities.geometry) for crossbar in geometries],
        g_min_s=PROFILE.g_min_s,
        g_max_s=PROFILE.g_max_s,
        encoding=encoding,
        transforms=[
            Permute(np.arange(INPUTS)[::-1], np.roll(np.arange(HIDDEN), 3)),
            Permute(np.arange(HIDDEN), [2, 0, 3, 1]),
        ],
    )


@dataclass
class Chip:
    """Simulated arrays that hold the network."""

    arrays: list[SimulatedArray]
    placement: Placement

    def strike(self, fraction: float, seed: int) -> None:
        """Stick a fraction of the cells at either end of the range."""
        for index, array in enumerate(self.arrays):
            fault = {"fraction": fraction, "seed": seed + index}
            array.cells.stuck.strike(fault, array.cells.conductance_s.ravel().copy(), PROFILE.g_min_s, PROFILE.g_max_s)

    def learner(self, rule: Rule, moves: Moves | None = None, budget: Budget | None = None) -> Learner:
        """A learner that has read what the arrays hold."""
        learner = Learner(
            MODEL, self.placement, self.arrays, rule, profile=PROFILE, setup=SETUP, moves=moves, budget=budget
        )
        learner.read()
        return learner


def chip(seed: int, encoding: Encoding | None = None) -> Chip:
    """Armed arrays, programmed at 5 %."""
    arrays = [open_array(f"sim://20x16?seed={seed}"), open_array(f"sim://8x8?seed={seed + 500}")]
    for array in arrays:
        array.arm(LIMITS, "ab12")
        array.configure(SETUP)
    placement = placed(arrays, encoding)
    Deployment(placement, arrays, Vipi, Acceptance(tolerance=0.05), Stops(), profile=PROFILE, setup=SETUP).execute()
    return Chip(arrays, placement)


def learn(learner: Learner, steps: int, seed: int = 0) -> None:
    """Some steps on training data, moving what is due."""
    x, y = TRAINING
    rng = np.random.default_rng(seed)
    for _ in range(steps):
        chosen = rng.permutation(len(x))[: learner.rule.batch or len(x)]
        learner.learn(x[chosen], y[chosen])
        if (targets := learner.due()) is not None:
            learner.move(targets)
