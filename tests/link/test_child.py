"""The emulator as a child: it says where its boards are, why it cannot start, and it never outlives us."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys

import numpy as np
import pytest
from tests.conftest import StartEmulator

from ohmloop.crossbar import Geometry
from ohmloop.link.child import EmulatorFailed, EmulatorProcess
from ohmloop.link.control import ControlRefused, encode_matrix

HOST = """
import sys
from ohmloop.crossbar import Geometry
from ohmloop.link.child import EmulatorProcess
print(EmulatorProcess(Geometry(2, 2)).pid, flush=True)
sys.stdin.read()
"""


def test_several_boards(emulator: StartEmulator) -> None:
    process = emulator("4x6", boards="2", pty="")
    assert [board.name for board in process.boards] == ["b0", "b1"]
    assert all(board.url.startswith("tcp://127.0.0.1:") for board in process.boards)
    assert all(board.pty is not None and board.pty.startswith("/dev/") for board in process.boards)
    assert len({board.serial for board in process.boards}) == 2


def test_what_it_says_when_it_cannot_start() -> None:
    with pytest.raises(EmulatorFailed, match="no-such-device"):
        EmulatorProcess(Geometry(2, 2), {"device": "no-such-device"})


def test_it_ends_when_we_are_killed() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOST], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as host:
        assert host.stdout is not None
        child = int(host.stdout.readline())
        descriptor = os.pidfd_open(child)
        host.send_signal(signal.SIGKILL)
        ended = select.select([descriptor], [], [], 20)[0]
        os.close(descriptor)
        assert ended, "the emulator outlives its parent"


def test_closing_ends_it() -> None:
    process = EmulatorProcess(Geometry(2, 2))
    process.close()
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)


def test_truth_and_seeded_state(emulator: StartEmulator) -> None:
    wanted_s = np.array([[20e-6, 50e-6, 90e-6], [30e-6, 40e-6, 10e-6]])
    with emulator("2x3").control() as control:
        control.ask("seed_state", conductance_s=encode_matrix(wanted_s))
        truth = control.truth()
        np.testing.assert_allclose(truth["conductance_s"], wanted_s, rtol=1e-6)
        assert truth["full_pulses"].shape == (2, 3)
        with pytest.raises(ControlRefused, match="request must be one of"):
            control.ask("make_coffee")
