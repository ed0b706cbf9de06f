"""The host is killed again and again, and the campaign is finished by those who come after."""

import json
import subprocess
import sys
from base64 import b64decode
from pathlib import Path

import numpy as np
import pytest

from ohmloop.crossbar import ExchangeStatus, Geometry
from ohmloop.link.child import EmulatorProcess
from ohmloop.store import Store

ROOT = Path(__file__).parents[2]
DEADLINE_S = 60
KILLS = 6


def host(url: str, store: Path, run: int) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.programming.host", url, str(store), str(run), "0"]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_a_killed_host_loses_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(17)
    store = tmp_path / "runs.db"
    with Store(store) as runs:
        run = runs.begin("program", {}, {}).id
    with (
        EmulatorProcess(Geometry(12, 12), {"device": "vteam", "seed": "31"}) as emulator,
        emulator.control() as control,
    ):
        url = f"{emulator.boards[0].url}?timeout=0.5"
        for _ in range(KILLS):
            with host(url, store, run) as dying:
                assert dying.stdout is not None
                for _ in range(int(rng.integers(2, 5))):
                    assert dying.stdout.readline()
                dying.kill()
            if rng.random() < 0.3:
                control.ask("reset")
        with host(url, store, run) as last:
            said, _ = last.communicate(timeout=DEADLINE_S)
        assert last.returncode == 0
        report = json.loads(said.splitlines()[-1])
        truth = control.ask("truth")
    assert report["outcome"] == "done"
    assert report["declared_in_band"] > 0.97
    received = np.frombuffer(b64decode(truth["full_pulses"]["data"]), truth["full_pulses"]["dtype"]).sum()
    with Store(store) as runs:
        known = uncertain = 0
        for record in runs.open(run).exchanges():
            assert record.status is not ExchangeStatus.INTENDED, "the next host settles what the last one left"
            known += record.applied or 0
            uncertain += len(record.pulses) if record.status is ExchangeStatus.UNCERTAIN else 0
    assert known <= received <= known + uncertain
    assert report["pulses_per_cell"]["total"] == known + uncertain
    if not uncertain:
        assert received == known
