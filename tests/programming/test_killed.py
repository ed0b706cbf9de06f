"""Hosts are killed and boards reset in every stage of a campaign; what those who come after report is the same."""

import os
import signal
import subprocess
from base64 import b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from tests.nursery import forking
from tests.programming.boards import emulated
from tests.programming.host import GO_ON, WORK, spoken
from tests.programming.test_resumed import SILENT

from ohmloop.crossbar import ExchangeStatus, Geometry
from ohmloop.link.child import EmulatorProcess
from ohmloop.link.control import Control
from ohmloop.programming import Outcome, Phase, Progress, Report
from ohmloop.programming.kept import kept_reports
from ohmloop.store import Run, Store


class Nursery:
    """Starts hosts and talks to them."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._input, self._output = process.stdin, process.stdout

    def run(self, *line: object, seen: Callable[[str], None], kill_at: str | None = None) -> bool:
        """Start a host and let it go on at every moment, which `seen` is told; kill it after it says `kill_at`.

        Whether it came to that.
        """
        self._say(" ".join(map(str, line)) + "\n")
        pid = int(self._output.readline().removeprefix("pid "))
        reached = False
        while not (text := self._output.readline().strip()).startswith("exit"):
            assert text, "the nursery has died"
            seen(text)
            self._say(GO_ON)
            if text == kill_at:
                reached = True
                os.kill(pid, signal.SIGKILL)
        assert text in ("exit 0", f"exit {-signal.SIGKILL}")
        return reached

    def _say(self, text: str) -> None:
        self._input.write(text)
        self._input.flush()


class Relaxing:
    """Moves some cells away from where they are when all are about to be read again, once."""

    def __init__(self, ask: Callable[..., object]) -> None:
        self._ask = ask
        self.said: list[str] = []

    def __call__(self, text: str) -> None:
        if text.startswith(Phase.VERIFYING) and not any(line.startswith(Phase.VERIFYING) for line in self.said):
            left_s = np.full((8, 8), np.nan)
            left_s[2, 1:7] = 30e-6
            data = b64encode(left_s.astype("<f8").tobytes()).decode()
            self._ask("seed_state", conductance_s={"dtype": "<f8", "shape": [8, 8], "data": data})
        self.said.append(text)


@contextmanager
def silent_board() -> Iterator[tuple[str, Control]]:
    with (
        EmulatorProcess(Geometry(8, 8), {"device": "vteam", "seed": "4"}, SILENT) as process,
        process.control() as control,
    ):
        yield process.boards[0].url, control


def moments(said: list[str]) -> list[str]:
    """Moments of every stage, with exchanges in between: coarse and fine rounds, reading all again, corrections."""
    check = next(index for index, line in enumerate(said) if line.startswith(Phase.VERIFYING))
    rounds, later = (
        [line for line in part if line.startswith(Phase.PROGRAMMING)] for part in (said[:check], said[check:])
    )
    assert later, "nothing had to be corrected"
    chosen = [rounds[0], rounds[1], rounds[len(rounds) // 2], said[check]]
    return list(dict.fromkeys([*chosen, later[0], later[-1]]))


def report_of(run: Run) -> Report:
    (report,) = kept_reports(run)
    return report


def assert_same(report: Report, expected: Report) -> None:
    assert report.outcome is Outcome.DONE
    for what in ("measured_s", "accepted"):
        np.testing.assert_array_equal(getattr(report, what), getattr(expected, what))
    assert [(cell.row, cell.col, cell.reason) for cell in report.failures] == [
        (cell.row, cell.col, cell.reason) for cell in expected.failures
    ]


@pytest.fixture
def runs(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "runs.db") as store:
        yield store


@pytest.mark.parametrize("work", ["program", "form"])
def test_a_host_is_killed_in_every_stage(runs: Store, work: str) -> None:
    undisturbed, disturbed = runs.begin(work, {}, {}), runs.begin(work, {}, {})
    with forking("tests.programming.host") as process:
        hosts = Nursery(process)
        with silent_board() as (url, control):
            relaxing = Relaxing(control.ask)
            hosts.run(work, url, runs.path, undisturbed.id, seen=relaxing)
            counts = control.truth()["full_pulses"]
        with silent_board() as (url, control):
            again = Relaxing(control.ask)
            for moment in moments(relaxing.said):
                assert hosts.run(work, url, runs.path, disturbed.id, seen=again, kill_at=moment), again.said
            hosts.run(work, url, runs.path, disturbed.id, seen=again)
            np.testing.assert_array_equal(control.truth()["full_pulses"], counts)
    report, expected = report_of(disturbed), report_of(undisturbed)
    assert_same(report, expected)
    np.testing.assert_array_equal(report.pulses, counts)
    for what in ("pulses", "full_pulses", "stress_s"):
        np.testing.assert_array_equal(getattr(report, what), getattr(expected, what))
    assert report.totals.exchanges == expected.totals.exchanges
    assert {record.status for record in disturbed.exchanges()} <= {ExchangeStatus.DONE, ExchangeStatus.REFUSED}
    if work == "form":
        np.testing.assert_array_equal(disturbed.get("forming")["forming_v"], undisturbed.get("forming")["forming_v"])


def lost(run: Run) -> NDArray[np.int64]:
    """Pulses of each cell in exchanges of unknown outcome: the board had restarted when they were sent."""
    counts = np.zeros((8, 8), dtype=np.int64)
    for record in run.exchanges():
        if record.status is ExchangeStatus.UNCERTAIN:
            np.add.at(counts, (record.pulses.rows, record.pulses.cols), 1)
    return counts


@pytest.mark.parametrize("work", ["program", "form"])
def test_the_board_is_reset_in_every_stage(runs: Store, work: str) -> None:
    undisturbed, disturbed = runs.begin(work, {}, {}), runs.begin(work, {}, {})
    with emulated("8x8", seed=4, settings=SILENT) as (board,):
        relaxing = Relaxing(board.ask)
        WORK[work](board.crossbar, undisturbed, lambda moment: relaxing(spoken(moment)))
        counts = board.truth("full_pulses").copy()
    coming = moments(relaxing.said)
    resets = len(coming)

    def reset(moment: Progress) -> None:
        again(spoken(moment))
        if coming and coming[0] == f"{moment.phase} {moment.pulses - lost(disturbed).sum()}":
            del coming[0]
            board.ask("reset")

    with emulated("8x8", seed=4, settings=SILENT) as (board,):
        again = Relaxing(board.ask)
        WORK[work](board.crossbar, disturbed, reset)
        assert not coming
        assert board.ask("truth")["resets"] == resets
        np.testing.assert_array_equal(board.truth("full_pulses"), counts)
    report = report_of(disturbed)
    assert_same(report, report_of(undisturbed))
    np.testing.assert_array_equal(report.pulses, counts + lost(disturbed))
