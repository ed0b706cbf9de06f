"""The host is killed and the board reset in the middle of updates, and others finish what it began."""

import json
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest
from tests.learning.chips import MODEL, TESTING, placed
from tests.programming.boards import LIMITS, PROFILE, SETUP

from ohmloop.crossbar import ExchangeStatus, Geometry
from ohmloop.drivers.registry import open_crossbar
from ohmloop.learning import CrossEntropy, Learner, Progressive
from ohmloop.link.child import EmulatorProcess
from ohmloop.network import deploy
from ohmloop.programming import Acceptance, Stops, Vipi
from ohmloop.store import Store

ROOT = Path(__file__).parents[2]
DEADLINE_S = 120
STEPS = 4


def host(url: str, store: Path, run: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.learning.host", url, str(store), str(run), str(STEPS)]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


def prepared(url: str) -> float:
    """Program the network; its score on the chip."""
    with open_crossbar(url) as crossbar:
        crossbar.arm(LIMITS, "ab12")
        crossbar.configure(SETUP)
        placement = placed([crossbar])
        deploy(placement, [crossbar], Vipi, Acceptance(tolerance=0.05), Stops(), profile=PROFILE, setup=SETUP)
        rule = Progressive(CrossEntropy())
        with Learner(MODEL, placement, [crossbar], rule, profile=PROFILE, setup=SETUP) as learner:
            return learner.trace(*TESTING).score


@pytest.mark.slow
def test_a_killed_host_and_a_reset_board_lose_nothing(tmp_path: Path) -> None:
    store = tmp_path / "runs.db"
    with Store(store) as runs:
        run = runs.begin("tune", {}, {}).id
    with (
        EmulatorProcess(Geometry(20, 16), {"device": "vteam", "seed": "31"}) as emulator,
        emulator.control() as control,
    ):
        url = f"{emulator.boards[0].url}?timeout=0.5&reconnect=1"
        healthy = prepared(url)
        control.ask("fault", stuck={"fraction": 0.12, "seed": 3})
        before = pulses(control.ask("truth"))
        for rounds, gates in ((2, None), (3, 12), (4, None), (3, 40)):
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
        received = pulses(control.ask("truth")) - before
    summary = json.loads(said.splitlines()[-1])
    with Store(store) as runs:
        known = uncertain = 0
        for record in runs.open(run).exchanges():
            assert record.status is not ExchangeStatus.INTENDED, "the next host settles what the last one left"
            known += record.applied or 0
            uncertain += len(record.pulses) if record.status is ExchangeStatus.UNCERTAIN else 0
        assert runs.open(run).state == "done"
        resumed = [event for event in runs.open(run).events() if event.kind == "session resumed"]
    assert len(resumed) == 4
    assert any(event.data["pending"] for event in resumed), "a host died in the middle of an update"
    assert known <= received <= known + uncertain
    assert summary["pulses"] == known + uncertain, "no pulse is counted twice or forgotten"
    assert summary["step"] == STEPS
    assert summary["verified"] > healthy - 0.08


def pulses(truth: dict[str, dict[str, str]]) -> int:
    matrix = truth["full_pulses"]
    return int(np.frombuffer(b64decode(matrix["data"]), matrix["dtype"]).sum())
