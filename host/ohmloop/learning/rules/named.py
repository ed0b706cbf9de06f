"""Rules by the name that a caller gives."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from inspect import signature

from ohmloop.learning.errors import LearningError
from ohmloop.learning.loss import CrossEntropy, Loss, SquaredError
from ohmloop.learning.rules.bias_scale import BiasScale
from ohmloop.learning.rules.delta import Delta
from ohmloop.learning.rules.feedback_alignment import FeedbackAlignment
from ohmloop.learning.rules.manhattan import Manhattan
from ohmloop.learning.rules.progressive import Progressive
from ohmloop.learning.rules.repair import Repair
from ohmloop.learning.rules.rule import Rule
from ohmloop.learning.rules.sgd import Sgd

RULES: Mapping[str, Callable[..., Rule]] = {
    rule.name: rule for rule in (BiasScale, Delta, FeedbackAlignment, Manhattan, Progressive, Repair, Sgd)
}
LOSSES: Mapping[str, Callable[[], Loss]] = {loss.name: loss for loss in (CrossEntropy, SquaredError)}

_OF_A_PROGRAM = {"back", "loss", "training"}
"""Parameters of rules that are no numbers: only programs can give them."""


def loss_named(name: str) -> Loss:
    """A loss by its name. Raises LearningError if there is none."""
    if name not in LOSSES:
        raise LearningError(f"there is no loss {name!r}; there are {', '.join(LOSSES)}")
    return LOSSES[name]()


def rule_named(name: str, loss: Loss, parameters: Mapping[str, float | int | None]) -> Rule:
    """A rule by its name, with its numbers as given and its own defaults for the rest.

    Raises LearningError if there is no such rule or parameter, or a number is outside its range.
    """
    if name not in RULES:
        raise LearningError(f"there is no rule {name!r}; there are {', '.join(RULES)}")
    known = set(signature(RULES[name]).parameters)
    numbers = known - _OF_A_PROGRAM
    if unknown := set(parameters) - numbers:
        strange, sorts = ", ".join(map(repr, sorted(unknown))), ", ".join(sorted(numbers))
        raise LearningError(f"rule {name!r} has no parameter {strange}; it has {sorts}")
    if missing := [name for name, value in parameters.items() if value is None and name != "batch"]:
        raise LearningError(f"rule {name!r}: {missing[0]} must be a number")
    given = {"loss": loss} if "loss" in known else {}
    try:
        return RULES[name](**given, **parameters)
    except (TypeError, ValueError) as error:
        raise LearningError(f"rule {name!r}: {error}") from error
