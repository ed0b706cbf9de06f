"""What can go wrong while a chip learns, besides what programming and the crossbars report."""


class LearningError(Exception):
    """Learning cannot be set up or go on as asked. The message says what, where, and what to do."""


class BudgetSpent(LearningError):
    """The budget allows no further pulse; the arrays hold what was last verified, and nothing was sent."""


class SessionError(LearningError):
    """A session cannot do this in the state it is in, or does not belong to these boards."""
