"""The examples of a learning session: to learn from, to verify with, and to watch. They are kept in its run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from ohmloop.learning import Examples, LearningError
from ohmloop.store import Run

MOST_NUMBERS = 16 * 2**20
"""Numbers of inputs and targets that a session learns from: 128 MiB in memory, and in the store."""

TRAINING, CHECKING, WATCHED = "examples.training", "examples.checking", "examples.watched"


class Lessons:
    """Examples that may be replaced and grow while a session learns; the run has them before they are used.

    Args:
        run: that keeps them.

    Attributes:
        training: to learn from, checking: to verify with; None before any came.
        watched: sets whose scores are told with every verification, by name; they decide nothing.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        self.training = self._found(TRAINING)
        self.checking = self._found(CHECKING)
        kept = run.get(WATCHED) if run.has(WATCHED) else {}
        names = {key.rpartition(".")[0] for key in kept}
        self.watched: Mapping[str, Examples] = {
            name: Examples(kept[f"{name}.inputs"], kept[f"{name}.targets"]) for name in sorted(names)
        }

    def keep(
        self,
        training: Examples | None = None,
        checking: Examples | None = None,
        watched: Mapping[str, Examples] | None = None,
    ) -> None:
        """Keep examples in the place of earlier ones; what is left out stays."""
        if training is not None:
            self._run.put(TRAINING, _arrays(training))
            self.training = training
        if checking is not None:
            self._run.put(CHECKING, _arrays(checking))
            self.checking = checking
        if watched is not None:
            inputs = {f"{name}.inputs": one.inputs for name, one in watched.items()}
            self._run.put(WATCHED, {**inputs, **{f"{name}.targets": one.targets for name, one in watched.items()}})
            self.watched = dict(watched)

    def add(self, more: Examples) -> None:
        """Learn from these, too; the order of batches follows from the seed of the first ones.

        Raises LearningError if they would be more than MOST_NUMBERS with those before.
        """
        known = self.training
        if known is not None:
            numbers = sum(array.size for one in (known, more) for array in (one.inputs, one.targets))
            if numbers > MOST_NUMBERS:
                raise LearningError(
                    f"a session learns from at most {MOST_NUMBERS} numbers, and these would make {numbers}: put "
                    "examples in the place of earlier ones"
                )
            inputs = np.concatenate((known.inputs, more.inputs))
            more = Examples(inputs, np.concatenate((known.targets, more.targets)), known.seed)
        self.keep(training=more)

    def _found(self, name: str) -> Examples | None:
        if not self._run.has(name):
            return None
        kept = self._run.get(name)
        return Examples(kept["inputs"], kept["targets"], int(kept["seed"][0]))


def _arrays(examples: Examples) -> dict[str, NDArray[np.generic]]:
    return {"inputs": examples.inputs, "targets": examples.targets, "seed": np.array([examples.seed])}
