"""What a network is to be good at: a loss, its slope at the outputs, and a score that people read."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ohmloop.learning.errors import LearningError

Matrix = NDArray[np.float64]


LARGEST_TARGET = 1e100
"""Beyond it squares of squares are no longer numbers."""


class Loss(Protocol):
    """A loss over a batch of outputs before any softmax, shape (batch, outputs)."""

    @property
    def name(self) -> str:
        """Short name for reports."""
        ...

    @property
    def score_name(self) -> str:
        """What the score is, for reports."""
        ...

    def wanted(self, targets: ArrayLike, outputs: int) -> Matrix:
        """Targets as outputs of shape (batch, outputs). Raises LearningError for targets that make no sense."""
        ...

    def value(self, outputs: Matrix, wanted: Matrix) -> float:
        """Mean loss of the batch."""
        ...

    def slope(self, outputs: Matrix, wanted: Matrix) -> Matrix:
        """Derivative of the mean loss by each output, shape (batch, outputs)."""
        ...

    def score(self, outputs: Matrix, wanted: Matrix) -> float:
        """What is reported, the larger the better."""
        ...

    @property
    def of_classes(self) -> bool:
        """Whether only the softmax of the outputs counts, not the outputs as they are."""
        ...


class CrossEntropy:
    """Classes: targets are integer labels, the score is the accuracy."""

    name = "cross-entropy"
    score_name = "accuracy"
    of_classes = True

    def wanted(self, targets: ArrayLike, outputs: int) -> Matrix:
        """One-hot rows from labels of shape (batch,)."""
        labels = np.asarray(targets)
        if labels.ndim != 1 or labels.dtype.kind not in "iu":
            raise LearningError(
                f"labels must be a vector of integers from 0, not {labels.dtype} of shape {labels.shape}"
            )
        if labels.size and labels.min() < 0:
            raise LearningError(f"label {labels.min()} is below 0, the first class")
        if labels.size and labels.max() >= outputs:
            raise LearningError(f"label {labels.max()} is beyond the {outputs} outputs of the network")
        rows: Matrix = np.eye(outputs)[labels]
        return rows

    def value(self, outputs: Matrix, wanted: Matrix) -> float:
        """Mean negative log-likelihood."""
        return float(-np.mean(np.sum(wanted * _log_softmax(outputs), axis=1)))

    def slope(self, outputs: Matrix, wanted: Matrix) -> Matrix:
        """(softmax - wanted) / batch."""
        slope: Matrix = (softmax(outputs) - wanted) / len(outputs)
        return slope

    def score(self, outputs: Matrix, wanted: Matrix) -> float:
        """Accuracy, 0 to 1."""
        return float(np.mean(outputs.argmax(axis=1) == wanted.argmax(axis=1)))


class SquaredError:
    """Numbers: targets are outputs, the score is the fraction of their variance that is explained (1 at best)."""

    name = "squared error"
    score_name = "variance explained"
    of_classes = False

    def wanted(self, targets: ArrayLike, outputs: int) -> Matrix:
        """The targets as they are, shape (batch, outputs)."""
        values = np.asarray(targets, dtype=np.float64)
        if values.ndim != 2 or values.shape[1] != outputs:
            raise LearningError(f"targets must be of shape (batch, {outputs}), not {values.shape}")
        if not (np.abs(values) <= LARGEST_TARGET).all():  # NaN is not, either
            raise LearningError(f"targets must be finite and at most {LARGEST_TARGET:g} in magnitude")
        return values

    def value(self, outputs: Matrix, wanted: Matrix) -> float:
        """Half the mean over the batch of the summed squares."""
        return float(np.sum((outputs - wanted) ** 2) / (2 * len(outputs)))

    def slope(self, outputs: Matrix, wanted: Matrix) -> Matrix:
        """(outputs - wanted) / batch."""
        slope: Matrix = (outputs - wanted) / len(outputs)
        return slope

    def score(self, outputs: Matrix, wanted: Matrix) -> float:
        """1 - error variance / variance of the targets."""
        spread = float(np.sum((wanted - wanted.mean(axis=0)) ** 2))
        return 1 - float(np.sum((outputs - wanted) ** 2)) / spread if spread else 0.0


def softmax(outputs: Matrix) -> Matrix:
    """The chance of each class, shape (batch, outputs)."""
    chances: Matrix = np.exp(_log_softmax(outputs))
    return chances


def _log_softmax(outputs: Matrix) -> Matrix:
    raised = outputs - outputs.max(axis=1, keepdims=True)
    logs: Matrix = raised - np.log(np.exp(raised).sum(axis=1, keepdims=True))
    return logs
