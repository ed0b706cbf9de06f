"""A host that teaches one board: `host.py URL STORE RUN STEPS`; says a line a round of pulses, and what came of it."""

import json
import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tests.learning.chips import MODEL, TESTING, TRAINING, placed
from tests.programming.boards import LIMITS, PROFILE, SETUP

from ohmloop.drivers.registry import open_crossbar
from ohmloop.learning import CrossEntropy, Examples, Learner, Progressive, Session
from ohmloop.programming import Proposal, Vipi, settle_last
from ohmloop.store import Store


class Saying(Vipi):
    """Says a line before every round."""

    def propose(self, cells: NDArray[np.intp], measured_s: NDArray[np.float64]) -> Proposal:
        sys.stdout.write("round\n")
        sys.stdout.flush()
        return super().propose(cells, measured_s)


def main(url: str, store: str, run: str, steps: str) -> None:
    with Store(Path(store)) as runs, open_crossbar(url) as crossbar:
        kept = runs.open(int(run))
        settle_last(kept, crossbar)
        crossbar.arm(LIMITS, "ab12")
        crossbar.configure(SETUP)
        rule = Progressive(CrossEntropy())
        with Learner(
            MODEL, placed([crossbar]), [crossbar], rule, profile=PROFILE, setup=SETUP, policy=Saying
        ) as learner:
            session = Session(learner, kept)
            examples = Examples(*TRAINING)
            while session.step < int(steps):
                session.learn(*examples.batch(session.step, rule.batch))
            session.verify(*TESTING)
            session.commit()
            sys.stdout.write(json.dumps(session.summary()) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
