"""A host that programs one board: `host.py URL STORE RUN SEED`; says a line a round, and what came of it at the end."""

import sys
from pathlib import Path

import numpy as np
from tests.programming.boards import LIMITS, PROFILE, SETUP

from ohmloop.drivers.registry import open_crossbar
from ohmloop.programming import Acceptance, Campaign, Progress, Stops, Vipi, settle_last
from ohmloop.store import Store


def say(moment: Progress) -> None:
    sys.stdout.write(f"{moment.phase} {moment.round}\n")
    sys.stdout.flush()


def main(url: str, store: str, run: str, seed: str) -> None:
    with Store(Path(store)) as runs, open_crossbar(url) as crossbar:
        geometry = crossbar.capabilities.geometry
        targets_s = np.random.default_rng(int(seed)).uniform(
            PROFILE.g_min_s, PROFILE.g_max_s, (geometry.rows, geometry.cols)
        )
        settle_last(runs.open(int(run)), crossbar)
        crossbar.arm(LIMITS, "ab12")
        report = Campaign(
            crossbar,
            targets_s,
            Vipi(),
            Acceptance(),
            Stops(),
            profile=PROFILE,
            setup=SETUP,
            run=runs.open(int(run)),
            progress=say,
        ).execute()
    sys.stdout.write(report.to_json() + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
