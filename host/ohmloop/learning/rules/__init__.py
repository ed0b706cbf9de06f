"""Learning rules, one a file."""

from ohmloop.learning.rules.bias_scale import BiasScale
from ohmloop.learning.rules.delta import Delta
from ohmloop.learning.rules.external import External
from ohmloop.learning.rules.feedback_alignment import FeedbackAlignment
from ohmloop.learning.rules.manhattan import Manhattan
from ohmloop.learning.rules.progressive import Progressive
from ohmloop.learning.rules.repair import Repair
from ohmloop.learning.rules.rule import Rule
from ohmloop.learning.rules.sgd import Sgd

__all__ = [
    "BiasScale",
    "Delta",
    "External",
    "FeedbackAlignment",
    "Manhattan",
    "Progressive",
    "Repair",
    "Rule",
    "Sgd",
]
