"""kill -9 of the process that writes: nothing that it was told is written is lost."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from random import Random

from tests.store.entries import result

from ohmloop.crossbar import ExchangeStatus
from ohmloop.store import Store

KILLS = 12
ROOT = Path(__file__).parents[2]


def test_a_killed_writer_loses_nothing(tmp_path: Path) -> None:
    random, path = Random(1), tmp_path / "runs.sqlite"
    said: dict[int, tuple[str, int]] = {}
    for kill in range(KILLS):
        command = [sys.executable, "-m", "tests.store.writer", str(path), str(1000 * kill)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
            assert process.stdout is not None
            lines = [process.stdout.readline() for _ in range(random.randint(1, 12))]
            process.kill()
            lines += process.stdout.readlines()
        for line in lines:
            if line.endswith("\n"):
                what, entry, number = line.split()
                said[int(entry)] = (what, int(number))
    with Store(path) as store:
        found = {record.id: record for run in store.runs() for record in store.open(run.id).exchanges()}
    assert len(said) >= KILLS
    for identity, (state, sent) in said.items():
        record, expected = found[identity], result(sent).readings
        assert record.token.number == sent
        if state == "settled":
            assert record.status is ExchangeStatus.DONE
            assert record.readings is not None
            assert expected is not None
            assert record.readings.currents_a.tolist() == expected.currents_a.tolist()
