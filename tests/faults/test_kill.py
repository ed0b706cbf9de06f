"""kill -9 of the host and resets of the board, again and again: the run goes on, nothing is lost or applied twice."""

from __future__ import annotations

import os
import select
import signal
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path
from random import Random

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.conftest import StartEmulator
from tests.faults.host import DEVICE, targets_s
from tests.nursery import forking

from ohmloop.crossbar import ExchangeStatus
from ohmloop.programming import Acceptance, Campaign, Stops, Vipi
from ohmloop.station import Station
from ohmloop.store import ExchangeRecord, Run, Store

KILLS = 100
RESETS = 100
HOST_S = 60.0


class Nursery:
    """Starts hosts and waits for their ends."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def start(self, *line: object) -> int:
        """Start a host; its process id."""
        assert self._process.stdin is not None
        self._process.stdin.write(" ".join(map(str, line)) + "\n")
        self._process.stdin.flush()
        return int(self._answer())

    def ended(self, seconds: float) -> int | None:
        """How the host ended; None if it has not within `seconds`."""
        assert self._process.stdout is not None
        ready = select.select([self._process.stdout], [], [], seconds)[0]
        return int(self._answer()) if ready else None

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline()


def at_random(hosts: Nursery, path: Path, random: Random) -> int | None:
    """Wait for a random moment: of the start, or some milliseconds after one of the next exchanges; how it ended."""
    if random.random() < 0.2:
        return hosts.ended(random.uniform(0, 0.6))
    with closing(sqlite3.connect(path)) as journal:
        until = exchanges(journal) + random.randint(1, 3)
        while (status := hosts.ended(0.002)) is None and exchanges(journal) < until:
            pass
    return hosts.ended(random.uniform(0, 0.04)) if status is None else status


def exchanges(journal: sqlite3.Connection) -> int:
    return int(journal.execute("SELECT count(*) FROM exchanges").fetchone()[0])


def applied(records: list[ExchangeRecord], which: ExchangeStatus | None = None) -> NDArray[np.int64]:
    """Pulses of each cell that are known to have been applied, or those of exchanges of unknown outcome."""
    counts = np.zeros((8, 8), dtype=np.int64)
    for record in records:
        if (record.status is ExchangeStatus.UNCERTAIN) == (which is ExchangeStatus.UNCERTAIN):
            part = record.pulses.part(0, len(record.pulses) if record.applied is None else record.applied)
            np.add.at(counts, (part.rows, part.cols), 1)
    return counts


def kept(record: ExchangeRecord) -> tuple[ExchangeStatus, int | None, list[float] | None]:
    """What must not change any more once it is in the journal."""
    return record.status, record.applied, record.readings.currents_a.tolist() if record.readings else None


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_host_is_killed_again_and_again(emulator: StartEmulator, tmp_path: Path) -> None:
    random = Random(3)
    process = emulator("8x8", seed="3")
    path = tmp_path / "runs.sqlite"
    seen: dict[int, tuple[ExchangeStatus, int | None, list[float] | None]] = {}
    kills = seed = 0
    with forking("tests.faults.host") as forks, Store(path) as store, process.control() as control:
        hosts = Nursery(forks)
        while kills < KILLS:
            seed += 1
            run = store.begin("program", {"seed": seed}, {"device_hash": DEVICE.hash})
            status = None
            while status is None:
                host = hosts.start(process.boards[0].url, path, run.id, seed)
                status = at_random(hosts, path, random) if kills < KILLS else hosts.ended(HOST_S)
                if status is None:
                    os.kill(host, signal.SIGKILL)
                    ended = hosts.ended(HOST_S)
                    assert ended in (0, -signal.SIGKILL)
                    kills += 1
                    status = 0 if store.open(run.id).state == "done" else None
                assert status in (0, None)
                for record in run.exchanges():
                    if record.id in seen:
                        assert kept(record) == seen[record.id]
                    elif record.status is not ExchangeStatus.INTENDED:
                        seen[record.id] = kept(record)
        runs = [store.open(summary.id) for summary in store.runs()]
        records = [record for run in runs for record in run.exchanges()]
        full = control.truth()["full_pulses"]
    assert {record.id for record in records} >= seen.keys()
    assert {summary.state for summary in runs} == {"done"}
    assert not any(record.status is ExchangeStatus.INTENDED for record in records)
    asked_for = [record.status for record in records if record.note.endswith("as the board remembers")]
    assert len(asked_for) >= 5, "too few kills in the middle of an exchange"
    uncertain = applied(records, ExchangeStatus.UNCERTAIN)
    np.testing.assert_array_less(full, applied(records) + uncertain + 1)
    np.testing.assert_array_less(applied(records), full + 1)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_the_board_is_reset_again_and_again(emulator: StartEmulator, tmp_path: Path) -> None:
    random = Random(4)
    process = emulator("8x8", seed="4")
    seed = resets = in_a_row = 0
    with Store(tmp_path / "runs.sqlite") as store, process.control() as control:
        with Station([process.boards[0].url], DEVICE, store) as station:
            station.arm()
            while resets < RESETS:
                seed += 1
                run = station.begin("program", {"seed": seed})

                def disturb(progress: object) -> None:
                    nonlocal in_a_row
                    in_a_row = in_a_row + 1 if in_a_row < 3 and random.random() < 0.5 else 0
                    if in_a_row:  # a campaign gives a board up that is lost again and again without a pulse
                        control.ask("reset", when=random.choice(("now", {"gates": random.randint(1, 40)})))

                campaign = Campaign(
                    station.boards[0], targets_s(seed), Vipi(), Acceptance(), Stops(), profile=DEVICE.profile,
                    setup=DEVICE.setup, run=run, progress=disturb,
                )  # fmt: skip
                report = campaign.execute()
                assert report.declared_in_band > 0.95
                given_up = np.zeros((8, 8), dtype=bool)
                for cell in report.failures:
                    given_up[cell.row, cell.col] = True
                assert_read_again(run, given_up)
                resets = control.truth()["resets"]
        records = [record for summary in store.runs() for record in store.open(summary.id).exchanges()]
        full = control.truth()["full_pulses"]
    uncertain = applied(records, ExchangeStatus.UNCERTAIN)
    assert uncertain.sum() > RESETS / 4
    np.testing.assert_array_less(full, applied(records) + uncertain + 1)
    np.testing.assert_array_less(applied(records), full + 1)


def assert_read_again(run: Run, given_up: NDArray[np.bool_]) -> None:
    """After an exchange of unknown outcome its cells and those on their lines are read before anything is pulsed."""
    records, reads = list(run.exchanges()), list(run.reads())
    for record, following in zip(records, [*records[1:], None], strict=True):
        if record.status is not ExchangeStatus.UNCERTAIN:
            continue
        again = np.zeros((8, 8), dtype=bool)
        for read in reads:
            if read.at > record.intended and (following is None or read.at < following.intended):
                again[read.rows, read.cols] = True
        affected = np.zeros((8, 8), dtype=bool)
        affected[record.pulses.rows] = True
        affected[:, record.pulses.cols] = True
        assert (again | given_up)[affected].all()
