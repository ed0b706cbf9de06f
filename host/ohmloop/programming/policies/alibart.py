"""Alibart: a ramp that starts again with half the step whenever the target is crossed."""

from __future__ import annotations

from ohmloop.programming.policies.ispp import Ispp, IsppSteps


class Alibart(Ispp):
    """The variation-tolerant ramp of Alibart et al., Nanotechnology 23:075201 (2012).

    The amplitude rises from the start of its polarity until the target is crossed; then the other polarity begins at
    its start, with half the step. Only `step_v` is free.
    """

    name = "alibart"

    def __init__(self, step_v: float = 0.1) -> None:
        super().__init__(IsppSteps(step_v=step_v, memory=False, back=0.0, shrink=0.5))
