"""The emulator as a process: what it prints, its control port, and how it ends."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.sim.clients import WAIT_S, ControlLine, Emulator, array

Launch = Callable[..., Emulator]


@pytest.fixture
def emulator(launch: Launch) -> Emulator:
    return launch("--geometry", "3x4", "--boards", "2", "--seed", "7", "--tcp", "0", "--pty")


@pytest.fixture
def control(emulator: Emulator) -> Iterator[ControlLine]:
    with emulator.control() as line:
        yield line


def test_it_says_where_its_boards_are(emulator: Emulator) -> None:
    assert [board["name"] for board in emulator.boards] == ["b0", "b1"]
    assert {board["geometry"] for board in emulator.boards} == {"3x4"}
    assert len({board["tcp"] for board in emulator.boards}) == 2
    assert all(Path(board["pty"]).is_char_device() for board in emulator.boards)
    assert emulator.ready["pid"] == emulator.process.pid
    for index in (0, 1):
        with emulator.line(index) as line:
            assert line.ask("*IDN?").split(",")[2] == emulator.boards[index]["serial"]


def test_it_ends_when_its_parents_pipe_closes(emulator: Emulator) -> None:
    assert emulator.process.stdin is not None
    emulator.process.stdin.close()
    assert emulator.process.wait(WAIT_S) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_ends_in_order_when_told_to(emulator: Emulator, number: signal.Signals) -> None:
    emulator.process.send_signal(number)
    assert emulator.process.wait(WAIT_S) == 0


def test_it_ends_when_a_killed_parent_leaves_it() -> None:
    """A host that starts it and is killed: the emulator's port closes by itself."""
    code = (
        "import subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-m', 'ohmsim', '--with-parent', '--geometry', '2x2', '--tcp', '0'],"
        " stdin=subprocess.PIPE)\n"
        "child.wait()\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, stdin=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        ready = json.loads(parent.stdout.readline())
        host, port = ready["boards"][0]["tcp"].removeprefix("tcp://").split(":")
        with socket.create_connection((host, int(port)), timeout=WAIT_S) as client:
            parent.kill()
            while client.recv(4096):
                pass


BROKEN_FIRMWARE = """
import sys
from ohmboard.status import Status
from ohmsim.launch import main

def take_events(self):
    raise KeyError("an event that nobody planned")

Status.take_events = take_events
sys.exit(main(["--with-parent", "--geometry", "2x2", "--tcp", "0"]))
"""


def test_a_fault_of_the_firmware_leaves_a_traceback_and_a_latched_board() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", BROKEN_FIRMWARE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        with Emulator(process, json.loads(process.stdout.readline())).line(0) as line:
            line.write("*ESR?")
            assert line.ask("*IDN?").startswith("ohmloop")
            assert "an event that nobody planned" in line.ask("SYSTem:ERRor?")
            assert "internal error" in line.ask("SYSTem:ERRor?")
        _, said = process.communicate(timeout=WAIT_S)
    assert b"the firmware of board b0 shut down: internal error" in said
    assert b"Traceback" in said
    assert b"in take_events" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--geometry", "0x4"], "rows"),
        (["--geometry", "4x129"], "cols"),
        (["--geometry", "four"], "geometry"),
        (["--device", "mystery"], "vteam"),
        (["--boards", "0"], "boards"),
        (["--set", "device.v_set=-1"], "from 0.01 to 5 V"),
        (["--set", "device.speed=1"], "v_set"),
        (["--set", "device.v_set"], "section.name=number"),
        (["--tcp", "99999"], "99999"),
        (["--control", "99999"], "99999"),
    ],
)
def test_impossible_options_are_refused_in_words(options: list[str], said: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "ohmsim", "--geometry", "2x2", *options], capture_output=True, text=True, timeout=30
    )
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert ended.stdout == ""


def test_a_preset_describes_itself() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "ohmsim", "--describe", "--set", "device.v_set=0.8"],
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    said = json.loads(ended.stdout)
    assert said["set_polarity"] == 1
    assert said["parameters"]["device"]["v_set"] == 0.8


def test_state_outlives_a_killed_emulator(launch: Launch, tmp_path: Path) -> None:
    options = ("--geometry", "2x2", "--tcp", "0", "--state-dir", str(tmp_path))
    first = launch(*options)
    with first.line() as line:
        assert line.request("ARM abc,0.25,2.1,2.1,100e-6,H,10")[0] == 0
        line.write("PULS 0,1,1.9,50e-6")
        line.ask("*OPC?")
    with first.control() as control:
        told = array(control.ask("truth")["conductance_s"])
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait(WAIT_S)
    with launch(*options).control() as control:
        truth = control.ask("truth")
    assert (array(truth["conductance_s"]) == told).all()
    assert array(truth["full_pulses"])[0, 1] == 1


def test_truth_has_the_shape_of_the_array(control: ControlLine) -> None:
    truth = control.ask("truth", board="b1")
    for name in ("conductance_s", "full_pulses", "v_max", "v_min", "stuck"):
        assert array(truth[name]).shape == (3, 4)
    assert array(truth["conductance_s"]).min() > 0
    assert truth["resets"] == truth["crashes"] == truth["gates"] == 0
    assert truth["virtual_time_us"] > 0


def test_boards_are_asked_for_by_name_or_serial(emulator: Emulator, control: ControlLine) -> None:
    by_name = control.ask("truth", board="b1")["conductance_s"]
    assert control.ask("truth", board=emulator.boards[1]["serial"])["conductance_s"] == by_name
    assert control.ask("truth", board="b0")["conductance_s"] != by_name


def test_conductances_can_be_given(control: ControlLine) -> None:
    wanted = control.ask("truth", board="b0")["conductance_s"]
    values = np.full((3, 4), np.nan)
    values[1, 2] = 50e-6
    packed = {"dtype": "<f8", "shape": [3, 4], "data": b64encode(values.tobytes()).decode()}
    control.ask("seed_state", board="b0", conductance_s=packed)
    after = array(control.ask("truth", board="b0")["conductance_s"])
    expected = array(wanted).copy()
    expected[1, 2] = 50e-6
    assert np.allclose(after, expected, rtol=1e-12)


@pytest.mark.parametrize(
    ("request_", "fields", "said"),
    [
        ("truth", {}, "b0, b1"),
        ("truth", {"board": "b7"}, "b0, b1"),
        ("truth", {"board": "b0", "extra": 1}, "extra"),
        ("nonsense", {"board": "b0"}, "truth"),
        ("fault", {"board": "b0", "wire": {"lose": 2}}, "lose"),
        ("fault", {"board": "b0", "wire": 3}, "wire"),
        ("fault", {"board": "b0", "stuck": {"fraction": 2}}, "fraction"),
        ("fault", {"board": "b0", "stuck": {"fraction": 0.1, "at": "moon"}}, "low, high"),
        ("fault", {"board": "b0", "stuck": {"fraction": 0.1, "seed": "x"}}, "seed"),
        ("fault", {"board": "b0", "files": {"cut_after": -1}}, "cut_after"),
        ("fault", {"board": "b0", "converter": {"bad": 0}}, "bad"),
        ("reset", {"board": "b0", "reason": "boredom"}, "watchdog"),
        ("reset", {"board": "b0", "when": "later"}, "now"),
        ("reset", {"board": "b0", "when": {"gates": 0}}, "gates"),
        ("reset", {"board": "b0", "when": {"gates": 1}, "reason": "power"}, "reason"),
        ("trip", {"board": "b0", "when": {"gates": True}}, "gates"),
        ("unplug", {"board": "b0", "power": "no"}, "power"),
        ("seed_state", {"board": "b0", "conductance_s": {"dtype": "<f8", "shape": [4, 3], "data": ""}}, "shape"),
        ("seed_state", {"board": "b0", "conductance_s": {"dtype": "<f8", "shape": [3, 4], "data": "AA"}}, "bytes"),
    ],
)
def test_the_control_port_refuses_nonsense_by_name(
    control: ControlLine, request_: str, fields: dict[str, object], said: str
) -> None:
    assert said in control.refused(request_, **fields)
    assert control.ask("time", board="b0")["virtual_time_us"] > 0


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.binary(max_size=200).filter(lambda line: b"\n" not in line)
    | st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(max_size=8) | st.integers(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.sampled_from(["request", "board", "wire", "stuck", "when", "truth", "b0"]), inner)
        ),
        max_leaves=8,
    ).map(lambda value: json.dumps(value).encode())
)
def test_garbage_to_the_control_port_is_answered_and_survived(control: ControlLine, line: bytes) -> None:
    reply = control.raw(line)
    assert reply["ok"] is False
    assert reply["error"]


def test_an_endless_request_is_refused(emulator: Emulator) -> None:
    with emulator.control() as control:
        assert "bytes" in control.raw(b" " * ((1 << 20) + 1))["error"]
    with emulator.control() as control:
        assert control.ask("time", board="b0")["ok"]


def test_realtime_holds_the_board_back(launch: Launch) -> None:
    paced = launch("--geometry", "2x2", "--tcp", "0", "--realtime")
    with paced.line() as line:
        assert line.request("ARM abc,0.25,2.1,2.1,1,H,10")[0] == 0
        begin = time.monotonic()
        for _ in range(3):
            line.write("PULS 0,0,0.5,100e-3")
        line.ask("*OPC?")
        assert time.monotonic() - begin > 0.25
