"""Simulated chips of these benchmarks: programmed, then damaged and left alone for a week, as often as needed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from tests.programming.boards import LIMITS, PROFILE, SETUP

from ohmloop.learning import Budget, BudgetSpent, Examples, Learner, Loss, Moves, Rule
from ohmloop.mapping import ArraySpace, Encoding, Placement, place
from ohmloop.network import Model, pretrained
from ohmsim.array import SimulatedArray, open_array

WEEK_S = 7 * 24 * 3600.0
AGEING = "relaxation.scale=1&relaxation.g_max=100e-6&drift_cmo.scale=1"

Split = tuple[NDArray[np.float64], NDArray[np.int64]]


def digits() -> dict[str, Split]:
    """The shipped network's own split: training, validation, held_out."""
    data, manifest = load_digits(), pretrained("digits").manifest
    x, y = data.data / manifest["largest_pixel"], data.target.astype(np.int64)
    return {name: (x[chosen], y[chosen]) for name, chosen in manifest["split"].items()}


def principal(splits: Mapping[str, Split], count: int) -> dict[str, Split]:
    """The same with as many principal components of the training images as inputs, each of these within -1 and 1."""
    x = splits["training"][0]
    centre = x.mean(axis=0)
    axes = np.linalg.svd(x - centre, full_matrices=False)[2][:count].T
    axes = axes / np.abs((x - centre) @ axes).max(axis=0)
    return {name: ((x - centre) @ axes, y) for name, (x, y) in splits.items()}


class Chip:
    """One array a layer.

    Args:
        model: a calibrated network. seed: of the arrays and of what befalls them.
    """

    def __init__(self, model: Model, seed: int, encoding: Encoding | None = None) -> None:
        self.model, self.seed = model, seed
        columns = 2 if encoding is None else encoding.columns
        self._urls = [
            f"sim://{rows}x{columns * cols}?seed={1000 * index + seed}&{AGEING}"
            for index, (rows, cols) in enumerate(weights.shape for weights in model.weights)
        ]
        self.arrays = self._opened()
        self.placement: Placement = place(
            model.weights,
            [ArraySpace(array.capabilities.geometry) for array in self.arrays],
            g_min_s=PROFILE.g_min_s,
            g_max_s=PROFILE.g_max_s,
            encoding=encoding,
        )

    def _opened(self) -> list[SimulatedArray]:
        arrays = [open_array(url) for url in self._urls]
        for array in arrays:
            array.arm(LIMITS, "ab12")
            array.configure(SETUP)
        return arrays

    def put(self, conductances_s: Sequence[NDArray[np.float64]]) -> None:
        """Give the cells these conductances, as if just programmed."""
        for array, values in zip(self.arrays, conductances_s, strict=True):
            array.cells.settle()
            array.cells.device.put(values.ravel().copy())

    def wait(self, seconds: float) -> None:
        """Let the cells age."""
        for array in self.arrays:
            array.cells.settle()
            array.cells.device.rest(seconds)

    def truth(self) -> list[NDArray[np.float64]]:
        """What the cells hold."""
        return [array.cells.conductance_s.copy() for array in self.arrays]

    def strike(self, fraction: float) -> None:
        """Stick a fraction of all cells at either end of the range."""
        for index, array in enumerate(self.arrays):
            fault = {"fraction": fraction, "seed": 7 * self.seed + index}
            now_s = array.cells.conductance_s.ravel().copy()
            array.cells.stuck.strike(fault, now_s, PROFILE.g_min_s, PROFILE.g_max_s)

    def again(self, conductances_s: Sequence[NDArray[np.float64]], fraction: float) -> None:
        """Fresh arrays of the same population with these conductances and the same stuck cells."""
        self.arrays = self._opened()
        self.put(conductances_s)
        self.strike(fraction)

    def learner(
        self, rule: Rule, moves: Moves | None = None, budget: Budget | None = None, loss: Loss | None = None
    ) -> Learner:
        """A learner that has read what the chip holds, twice."""
        learner = Learner(
            self.model,
            self.placement,
            self.arrays,
            rule,
            profile=PROFILE,
            setup=SETUP,
            moves=moves,
            budget=budget,
            loss=loss,
        )
        learner.read(times=2)
        return learner


def teach(learner: Learner, examples: Examples, steps: int) -> None:
    """Steps of learning until they are done or the budget is spent."""
    for step in range(steps):
        learner.learn(*examples.batch(step, learner.rule.batch))
        try:
            targets = learner.due()
        except BudgetSpent:
            return
        if targets is not None:
            learner.move(targets)


def percent(learner: Learner, split: Split) -> float:
    """Accuracy of the chip in percent."""
    return 100 * learner.trace(*split).score
