"""Learning with the chip in the loop: a digital shadow, rules that change it, and pulses for the cells that are due."""

from ohmloop.learning.budget import Budget, Spent
from ohmloop.learning.data import Examples
from ohmloop.learning.errors import BudgetSpent, LearningError, SessionError
from ohmloop.learning.learner import Learner
from ohmloop.learning.loss import CrossEntropy, Loss, SquaredError
from ohmloop.learning.moves import Moves
from ohmloop.learning.noise_aware import Training, train
from ohmloop.learning.rules import (
    BiasScale,
    Delta,
    External,
    FeedbackAlignment,
    Manhattan,
    Progressive,
    Repair,
    Rule,
    Sgd,
)
from ohmloop.learning.session import BEST, Moment, Session
from ohmloop.learning.trace import Change, HeldLayer, LayerTrace, Trace

__all__ = [
    "BEST",
    "BiasScale",
    "Budget",
    "BudgetSpent",
    "Change",
    "CrossEntropy",
    "Delta",
    "Examples",
    "External",
    "FeedbackAlignment",
    "HeldLayer",
    "LayerTrace",
    "Learner",
    "LearningError",
    "Loss",
    "Manhattan",
    "Moment",
    "Moves",
    "Progressive",
    "Repair",
    "Rule",
    "Session",
    "SessionError",
    "Sgd",
    "Spent",
    "SquaredError",
    "Trace",
    "Training",
    "train",
]
