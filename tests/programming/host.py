"""Hosts to be killed: `python -m tests.programming.host` forks one for every line of its input.

Lines: `<work> <url> <store> <run>`. A host says its process id, then a line for every moment of its campaign, each of
which it waits after until it is told to go on; then it is said how it exited.
"""

import os
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from tests.programming.boards import LIMITS, PROFILE, SETUP

from ohmloop.crossbar import Crossbar, CurrentRange
from ohmloop.drivers.registry import open_crossbar
from ohmloop.procedures.forming import Forming, FormingPlan
from ohmloop.programming import Acceptance, Campaign, Progress, Schedule, Stops, Vipi, settle_last
from ohmloop.store import Run, Store

PLAN = FormingPlan(
    start_v=0.8, step_v=0.1, max_v=2.0, width_s=10e-6, pulse_range=CurrentRange.H, formed_s=60e-6, repeats=2
)

GO_ON = "go on\n"

Tell = Callable[[Progress], None]


def program(crossbar: Crossbar, run: Run, tell: Tell) -> None:
    """A coarse and a fine pass, then corrections."""
    geometry = crossbar.capabilities.geometry
    targets_s = np.random.default_rng(0).uniform(PROFILE.g_min_s, PROFILE.g_max_s, (geometry.rows, geometry.cols))
    Campaign(
        crossbar,
        targets_s,
        Vipi(),
        Acceptance(),
        Stops(),
        profile=PROFILE,
        schedule=Schedule(coarse=0.1),
        setup=SETUP,
        run=run,
        progress=tell,
    ).execute()


def form(crossbar: Crossbar, run: Run, tell: Tell) -> None:
    """Form every cell."""
    geometry = crossbar.capabilities.geometry
    usable = np.ones((geometry.rows, geometry.cols), dtype=bool)
    formed = Forming(crossbar, usable, PLAN, profile=PROFILE, setup=SETUP, run=run, progress=tell).execute()
    run.put("forming", {"forming_v": formed.forming_v})


def spoken(moment: Progress) -> str:
    return f"{moment.phase} {moment.pulses}"


WORK = {"program": program, "form": form}


def say(*words: object) -> None:
    sys.stdout.write(" ".join(map(str, words)) + "\n")
    sys.stdout.flush()


def ask(moment: Progress) -> None:
    say(spoken(moment))
    sys.stdin.readline()


def host(work: str, url: str, store: str, run: str) -> None:
    say("pid", os.getpid())
    with Store(Path(store)) as runs, open_crossbar(url) as crossbar:
        mine = runs.open(int(run))
        settle_last(mine, crossbar)
        crossbar.arm(LIMITS, "ab12")
        WORK[work](crossbar, mine, ask)


def main() -> None:
    for line in sys.stdin:
        if line == GO_ON:  # to a host that had been killed before it read that
            continue
        child = os.fork()
        if child == 0:
            host(*line.split())
            os._exit(0)
        _, status = os.waitpid(child, 0)
        say("exit", os.waitstatus_to_exitcode(status))


if __name__ == "__main__":
    main()
