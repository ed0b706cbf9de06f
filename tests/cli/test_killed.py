"""`kill -9` of a command that programs: the next one does not wait for the lease that the dead one held."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import pytest
from tests.cli.conftest import COMMAND, Command, environment
from tests.service.listener import listening, until

from ohmloop.crossbar import ExchangeStatus, Geometry
from ohmloop.station import DeviceFile
from ohmloop.station.emulated import Control, EmulatorProcess
from ohmloop.store import Store

LEASE_S = 10.0
"""How long an unused lease keeps others from the board."""

MOST_UNDER_WAY = 256
"""Pulses that the killed command may still have had on the wire."""


@dataclass(frozen=True)
class Bench:
    """A board on a slow wire, and what a command needs to know of it."""

    where: tuple[str | Path, ...]
    control: Control

    def wait_for_pulses(self, more_than: int = 0) -> int:
        """Return when the array has seen so many pulses; the time-out of the test bounds the wait."""
        while (gates := int(self.control.ask("truth")["gates"])) <= more_than:
            continue
        return gates

    @property
    def idle_s(self) -> float:
        """How long the board has waited for input, s; nothing else ends a lease."""
        return float(self.control.ask("truth")["idle_us"]) * 1e-6


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    geometry = Geometry(32, 32)
    dut = tmp_path / "dut.toml"
    dut.write_text(DeviceFile.shipped("vteam", geometry).text)
    weights = tmp_path / "large.npz"
    draw = np.random.default_rng(8)
    np.savez(weights, allow_pickle=False, **{"0.weight": draw.normal(size=(16, 32)), "input_ranges": np.ones(1)})
    with EmulatorProcess(geometry, {"seed": "9"}) as emulator, emulator.control() as control:
        control.ask("fault", wire={"late": 1.0, "late_s": 0.05})
        yield Bench(("-d", emulator.boards[0].url, "--dut", dut, "-m", weights), control)


@contextmanager
def running(folder: Path, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    command = [COMMAND, *map(str, arguments)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment(folder)) as process:
        try:
            yield process
        finally:
            process.kill()


def line_with(process: subprocess.Popen[str], text: str) -> str:
    assert process.stderr is not None
    said = []
    for line in process.stderr:
        said.append(line)
        if text in line:
            return line
    raise AssertionError(f"ended without saying {text!r}: {said}")


def test_a_killed_programming_run_is_resumed_at_once(tmp_path: Path, bench: Bench, ohmloop: Command) -> None:
    with running(tmp_path, "program", *bench.where, "--policy", "vipi") as process:
        pulses = bench.wait_for_pulses()
        process.kill()
        process.wait()
    killed_s = bench.idle_s
    with running(tmp_path, "program", *bench.where, "--resume", "1") as process:
        bench.wait_for_pulses(pulses + MOST_UNDER_WAY)
        assert bench.idle_s - killed_s < LEASE_S - 1
        process.kill()
        process.wait()
    bench.control.ask("fault", none=True)
    done = ohmloop("program", *bench.where, "--resume", "1", "--json")
    assert done.code == 0, done.err
    with Store(tmp_path / "runs.sqlite") as store:
        records = list(store.open(1).exchanges())
    assert all(record.status in (ExchangeStatus.DONE, ExchangeStatus.REFUSED) for record in records)
    gates = bench.control.ask("truth")["gates"]
    assert sum(record.applied or 0 for record in records) == gates


def test_a_killed_forming_run_is_resumed(tmp_path: Path, bench: Bench, ohmloop: Command) -> None:
    where = bench.where[:4]
    dut = Path(where[3])
    dut.write_text(
        dut.read_text().replace("v_reset = 2.1", "v_reset = 2.1\nforming = 2.4")
        + '\n[forming]\nstart_v = 0.8\nstep_v = 0.1\nwidth_s = 10e-6\npulse_range = "H"\nformed_s = 60e-6\n'
    )
    with running(tmp_path, "form", *where) as process:
        bench.wait_for_pulses()
        process.kill()
        process.wait()
    bench.control.ask("fault", none=True)
    assert "cannot be resumed" in ohmloop("program", *bench.where, "--resume", "1").err
    done = ohmloop("form", *where, "--resume", "1", "--json")
    assert done.code == 0, done.err
    (report,) = done.json["boards"]
    assert report["outcome"] == "done"
    assert report["declared_in_band"] == 1.0
    assert report["pulses_per_cell"]["total"] == bench.control.ask("truth")["gates"]
    assert [(run["kind"], run["state"]) for run in ohmloop("runs", "list", "--json").json] == [("form", "done")]


def test_a_killed_service_comes_back_at_once(tmp_path: Path, bench: Bench) -> None:
    with running(tmp_path, "serve", *bench.where, "--port", "0") as process:
        url = line_with(process, "serving large on").split()[-1]
        with httpx.Client(base_url=url, timeout=60) as http:
            assert http.post("/v1/programming", json={"model": "large"}).status_code == 202
            bench.wait_for_pulses()
            process.kill()
        process.wait()
    killed_s = bench.idle_s
    with running(tmp_path, "serve", *bench.where, "--port", "0") as process:
        url = line_with(process, "serving large on").split()[-1]
        assert bench.idle_s - killed_s < LEASE_S - 1
        bench.control.ask("fault", none=True)
        with httpx.Client(base_url=url, timeout=60) as http, listening(http) as events:
            assert http.post("/v1/programming", json={"model": "large", "resume": 1}).status_code == 202
            until(events, "job", state="done")


def test_what_cannot_be_resumed_arms_nothing(tmp_path: Path, bench: Bench, ohmloop: Command) -> None:
    refused = ohmloop("program", *bench.where, "--resume", "7")
    assert refused.code != 0
    assert "no run 7" in refused.err
    assert bench.control.ask("truth")["gates"] == 0
