"""Sessions on an emulated board whose hosts are killed and whose processor is reset in the middle of updates."""

import json
import subprocess
import sys
from base64 import b64decode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from tests.learning.chips import MODEL, TESTING, placed
from tests.programming.boards import LIMITS, PROFILE, SETUP

from ohmloop.crossbar import ExchangeStatus, Geometry
from ohmloop.drivers.registry import open_crossbar
from ohmloop.learning import External, Learner
from ohmloop.link.child import EmulatorProcess
from ohmloop.network import Deployment
from ohmloop.programming import Acceptance, Stops, Vipi
from ohmloop.store import Store

ROOT = Path(__file__).parents[2]
DEADLINE_S = 120
STEPS = 4
KILLS: Sequence[tuple[int, int | None]] = ((2, None), (3, 12), (4, None), (3, 40))
"""Rounds of pulses after which a host is killed, and after how many pulses the board is reset, if at all."""


@dataclass(frozen=True)
class Ended:
    """What came of a session.

    Attributes:
        healthy: score before the damage. summary: what the last host said.
        received: pulses that cells really received. known, uncertain: what the journal says of them.
        unsettled: exchanges nobody settled. resumed: data of the events of hosts that took the session up.
    """

    healthy: float
    summary: dict[str, Any]
    received: int
    known: int
    uncertain: int
    unsettled: int
    resumed: list[dict[str, Any]]
    state: str


def host(url: str, store: Path, run: int) -> subprocess.Popen[str]:
    """A process that goes on with the session."""
    command = [sys.executable, "-m", "tests.learning.host", url, str(store), str(run), str(STEPS)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def prepared(url: str) -> float:
    """Program the network; its score on the chip."""
    with open_crossbar(url) as crossbar:
        crossbar.arm(LIMITS, "ab12")
        crossbar.configure(SETUP)
        placement = placed([crossbar])
        Deployment(
            placement, [crossbar], Vipi, Acceptance(tolerance=0.05), Stops(), profile=PROFILE, setup=SETUP
        ).execute()
        with Learner(MODEL, placement, [crossbar], External(), profile=PROFILE, setup=SETUP) as learner:
            return learner.trace(*TESTING).score


def taught(folder: Path, seed: int, kills: Sequence[tuple[int, int | None]] = KILLS) -> Ended:
    """One session from damage to its end, its hosts killed as told."""
    store = folder / f"runs-{seed}-{len(kills)}.db"
    with Store(store) as runs:
        run = runs.begin("tune", {}, {}).id
    options = {"device": "vteam", "seed": str(seed)}
    with EmulatorProcess(Geometry(20, 16), options) as emulator, emulator.control() as control:
        url = f"{emulator.boards[0].url}?timeout=0.5&reconnect=1"
        healthy = prepared(url)
        control.ask("fault", stuck={"fraction": 0.12, "seed": seed})
        before = _pulses(control.ask("truth"))
        for rounds, gates in kills:
            if gates is not None:
                control.ask("reset", when={"gates": gates})
            with host(url, store, run) as dying:
                assert dying.stdout is not None
                for _ in range(rounds):
                    assert dying.stdout.readline()
                dying.kill()
        with host(url, store, run) as last:
            said, _ = last.communicate(timeout=DEADLINE_S)
        assert last.returncode == 0
        received = _pulses(control.ask("truth")) - before
    with Store(store) as runs:
        kept = runs.open(run)
        records = list(kept.exchanges())
        return Ended(
            healthy=healthy,
            summary=json.loads(said.splitlines()[-1]),
            received=received,
            known=sum(record.applied or 0 for record in records),
            uncertain=sum(len(r.pulses) for r in records if r.status is ExchangeStatus.UNCERTAIN),
            unsettled=sum(record.status is ExchangeStatus.INTENDED for record in records),
            resumed=[dict(event.data) for event in kept.events() if event.kind == "session resumed"],
            state=kept.state,
        )


def _pulses(truth: dict[str, Any]) -> int:
    matrix = truth["full_pulses"]
    return int(np.frombuffer(b64decode(matrix["data"]), matrix["dtype"]).sum())
