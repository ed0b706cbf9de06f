"""A station on emulated boards: ownership, arming, jobs, rehearsal, emergency stop."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.conftest import StartEmulator
from tests.emulated_device import pulse_list

from ohmloop.crossbar import Geometry, LinkLost, Stopped, Unarmed
from ohmloop.link.child import EmulatorProcess
from ohmloop.station import (
    DeviceFile,
    DeviceMismatch,
    DryRunCrossbar,
    Job,
    JobState,
    PortOwned,
    PulsesWithheld,
    Station,
    StationBusy,
    StationError,
    StopIncomplete,
    owner_of,
    stop_boards,
)
from ohmloop.store import Store

DEVICE = DeviceFile.shipped("vteam", Geometry(8, 8))
OWNER = """
import sys
from pathlib import Path
from ohmloop.crossbar import Geometry
from ohmloop.station import DeviceFile, Station
from ohmloop.store import Store
with Station([sys.argv[1]], DeviceFile.shipped("vteam", Geometry(8, 8)), Store(Path(sys.argv[2]))):
    print("owned", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store(tmp_path / "runs.sqlite") as opened:
        yield opened


@pytest.fixture
def station(board: EmulatorProcess, store: Store) -> Iterator[Station]:
    with Station([board.boards[0].url], DEVICE, store) as opened:
        yield opened


def test_opening_arms_nothing(station: Station, board: EmulatorProcess) -> None:
    (crossbar,) = station.boards
    assert crossbar.limits is None
    with pytest.raises(Unarmed):
        crossbar.pulse(pulse_list((0, 0)))
    with board.control() as control:
        assert control.truth()["v_max"].max() == 0


def test_arming(station: Station, store: Store) -> None:
    station.arm()
    (crossbar,) = station.boards
    assert crossbar.limits == DEVICE.armed_limits
    assert crossbar.setup == DEVICE.setup
    assert store.device(DEVICE.hash) == DEVICE.text
    assert crossbar.pulse(pulse_list((0, 0), volts=0.5)).applied == 1
    station.disarm()
    assert crossbar.limits is None


def test_a_run_knows_its_origin(station: Station) -> None:
    run = station.begin("scan", {"averages": 4})
    (board,) = run.origin["boards"]
    assert board["serial"] == station.boards[0].capabilities.serial
    assert run.origin["device_hash"] == DEVICE.hash
    assert run.origin["ohmloop"]


def test_a_second_process_is_told_who_owns_the_port(board: EmulatorProcess, store: Store, tmp_path: Path) -> None:
    url = board.boards[0].url
    command = [sys.executable, "-c", OWNER, url, str(tmp_path / "other.sqlite")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "owned\n"
        with pytest.raises(PortOwned, match=rf"process {first.pid} \(.*other\.sqlite.*\)"):
            Station([url], DEVICE, store)
        owner = owner_of(url)
        assert owner is not None
        assert owner.pid == first.pid
        first.kill()
    assert owner_of(url) is None
    with Station([url], DEVICE, store) as station:
        assert station.boards[0].capabilities.geometry == Geometry(8, 8)


def test_two_names_of_one_serial_port(emulator: StartEmulator, store: Store, tmp_path: Path) -> None:
    pty = emulator("8x8", pty="").boards[0].pty
    link = tmp_path / "board"
    link.symlink_to(str(pty))
    with Station([f"serial://{pty}"], DEVICE, store) as station:
        assert station.boards[0].read_array().currents_a.shape == (8, 8)
        with pytest.raises(PortOwned):
            Station([f"serial://{link}"], DEVICE, store)


def test_the_same_board_twice(board: EmulatorProcess, store: Store) -> None:
    with pytest.raises(PortOwned):
        Station([board.boards[0].url] * 2, DEVICE, store)
    Station([board.boards[0].url], DEVICE, store).close()


def test_a_board_is_not_taken_twice_by_two_addresses(board: EmulatorProcess, store: Store) -> None:
    url = board.boards[0].url
    other = url.replace("127.0.0.1", "localhost")
    assert other != url
    with pytest.raises(StationError, match=f"{url} and {other} lead to boards of the same serial number"):
        Station([url, other], DEVICE, store)
    Station([url], DEVICE, store).close()


def test_nothing_stays_open_when_one_board_is_missing(board: EmulatorProcess, store: Store) -> None:
    with pytest.raises(LinkLost):
        Station([board.boards[0].url, "tcp://127.0.0.1:1"], DEVICE, store)
    assert owner_of(board.boards[0].url) is None


def test_a_device_larger_than_the_board(board: EmulatorProcess, store: Store) -> None:
    with pytest.raises(DeviceMismatch, match="16x16"):
        Station([board.boards[0].url], DeviceFile.shipped("vteam", Geometry(16, 16)), store)


def test_a_dry_run_moves_nothing(board: EmulatorProcess, store: Store) -> None:
    with Station([board.boards[0].url], DEVICE, store, dry_run=True) as station, board.control() as control:
        station.arm()
        (crossbar,) = station.boards
        assert isinstance(crossbar, DryRunCrossbar)
        assert crossbar.read_array().currents_a.shape == (8, 8)
        before = control.truth()["full_pulses"].sum()
        for _ in range(2):
            with pytest.raises(PulsesWithheld, match="withheld"):
                crossbar.pulse(pulse_list((0, 0), (1, 1)))
        assert crossbar.withheld == 4
        assert control.truth()["full_pulses"].sum() == before == 0


def test_jobs(station: Station) -> None:
    go, started = threading.Event(), threading.Event()

    def work(job: Job) -> str:
        job.report({"cells": 3})
        started.set()
        assert go.wait(10)
        return "finished"

    job = station.start("program", work)
    assert started.wait(10)
    assert (job.state, job.progress, station.job) == (JobState.RUNNING, {"cells": 3}, job)
    with pytest.raises(StationBusy, match=r"job 1 \(program\)"):
        station.start("program", work)
    with pytest.raises(StationBusy), station.interlock.held("infer"):
        pass
    go.set()
    assert job.wait(10)
    assert (job.state, job.result, station.job) == (JobState.DONE, "finished", None)
    with station.interlock.held("infer"), pytest.raises(StationBusy, match="infer"):
        station.start("program", work)


def test_a_job_that_fails(station: Station) -> None:
    job = station.start("scan", lambda job: 1 / 0)
    assert job.wait(10)
    assert (job.state, job.error) == (JobState.FAILED, "ZeroDivisionError: division by zero")
    assert isinstance(job.failure, ZeroDivisionError)
    assert station.start("scan", lambda job: None).wait(10)


def test_a_job_ends_at_its_safe_point_when_the_station_closes(board: EmulatorProcess, store: Store) -> None:
    asked = threading.Event()

    def work(job: Job) -> bool:
        job.on_cancel(asked.set)
        return asked.wait(10)

    with Station([board.boards[0].url], DEVICE, store) as station:
        job = station.start("program", work)
    assert (job.state, job.result) == (JobState.CANCELLED, True)


def test_an_emergency_stop_ends_a_running_exchange(emulator: StartEmulator, store: Store) -> None:
    process = emulator("8x8", realtime="")
    with Station([process.boards[0].url], DEVICE, store) as station, process.control() as control:
        station.arm()
        pulses = pulse_list(*[(i % 8, i // 8 % 8) for i in range(240)], volts=0.3, width_s=0.99e-3)
        job = station.start("program", lambda job: station.boards[0].pulse(pulses))
        while not control.truth()["full_pulses"].any():
            pass
        station.stop()
        assert job.wait(20)
        assert isinstance(job.failure, Stopped)
        assert job.cancelled


def test_a_stop_that_is_not_confirmed_says_so(emulator: StartEmulator, store: Store) -> None:
    here, gone = emulator("8x8"), emulator("8x8", seed="9")
    urls = [f"{process.boards[0].url}?timeout=0.1&reconnect=0.2" for process in (here, gone)]
    with Station(urls, DEVICE, store) as station:
        gone.close()
        with pytest.raises(StopIncomplete, match="NOT STOPPED, cut the supply") as incomplete:
            station.stop()
        assert incomplete.value.boards == (station.boards[1].capabilities.serial,)


def test_anyone_may_stop_a_board(station: Station, board: EmulatorProcess) -> None:
    station.arm()
    stop_boards([board.boards[0].url])
    with pytest.raises(StopIncomplete, match=r"127\.0\.0\.1:1"):
        stop_boards([board.boards[0].url, "tcp://127.0.0.1:1"])
    assert station.boards[0].pulse(pulse_list((0, 0), volts=0.5)).applied == 1


def test_an_emulator_of_our_own(store: Store) -> None:
    with Station(["emu://4x4?seed=3"], DeviceFile.shipped("vteam", Geometry(4, 4)), store) as station:
        station.arm()
        assert station.boards[0].read_array().currents_a.shape == (4, 4)
