"""Commands that go on until they are interrupted."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import numpy as np
import pytest
import tritonclient.http as triton
from tests.cli.conftest import COMMAND, LONGEST_S, Board, Command, environment
from tests.service.listener import listening, until

from ohmloop.cli.interrupt import safe_point_first
from ohmloop.crossbar import Geometry
from ohmloop.station import DeviceFile
from ohmloop.station.emulated import Control, EmulatorProcess
from ohmloop.station.visit import visit


@contextmanager
def running(folder: Path, *arguments: str | Path) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(
        [COMMAND, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(folder),
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def line_with(process: subprocess.Popen[str], text: str) -> str:
    """The next line of standard error that holds a text; the time-out of the test bounds the wait."""
    assert process.stderr is not None
    for line in process.stderr:
        if text in line:
            return line
    raise AssertionError(f"{process.args} ended without saying {text!r}")


def interrupted(process: subprocess.Popen[str]) -> tuple[int, str]:
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=LONGEST_S)
    assert "Traceback" not in said
    return process.returncode, said


def test_emulate_starts_boards_until_interrupted(tmp_path: Path) -> None:
    with running(tmp_path, "emulate", "4x6", "--boards", "2", "--pty", "--json") as process:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        assert len(ready["boards"]) == 2
        assert ready["boards"][0]["pty"].startswith("/dev/")
        with visit(ready["boards"][1]["tcp"]) as board:
            assert board.capabilities.geometry == Geometry(4, 6)
        code, _ = interrupted(process)
    assert code == 0


def test_serve_answers_the_stock_client_and_the_stop_command(
    tmp_path: Path, board: Board, weights: Path, ohmloop: Command
) -> None:
    where = ("-d", board.url, "--dut", board.dut, "-m", weights)
    assert ohmloop("program", *where, "--policy", "vipi").code == 0
    with running(tmp_path, "serve", *where, "--port", "0") as process:
        url = line_with(process, "serving small on").split()[-1]
        with triton.InferenceServerClient(url.removeprefix("http://"), network_timeout=30) as client:
            tensor = triton.InferInput("input", [3, 8], "FP32")
            tensor.set_data_from_numpy(np.random.default_rng(5).uniform(0, 1, (3, 8)).astype(np.float32))
            assert client.infer("small", [tensor]).as_numpy("logits").shape == (3, 4)
            assert client.is_model_ready("small")
        owned = ohmloop("scan", "-d", board.url, "--dut", board.dut)
        assert owned.code == 4
        assert f"process {process.pid} (ohmloop serve" in owned.err
        assert ohmloop("stop", "--service", url).code == 0
        code, _ = interrupted(process)
    assert code in (0, 130, -signal.SIGINT)


@dataclass(frozen=True)
class Lengthy:
    """A programming job that takes seconds because the wire is slow, so that it can be interrupted."""

    where: tuple[str | Path, ...]
    control: Control


@pytest.fixture
def lengthy(tmp_path: Path) -> Iterator[Lengthy]:
    geometry = Geometry(32, 32)
    dut = tmp_path / "dut.toml"
    dut.write_text(DeviceFile.shipped("vteam", geometry).text)
    draw = np.random.default_rng(8)
    weights = tmp_path / "large.npz"
    np.savez(weights, allow_pickle=False, **{"0.weight": draw.normal(size=(16, 32)), "input_ranges": np.ones(1)})
    with EmulatorProcess(geometry, {"seed": "9"}) as emulator, emulator.control() as control:
        control.ask("fault", wire={"late": 1.0, "late_s": 0.1})
        yield Lengthy(("-d", emulator.boards[0].url, "--dut", dut, "-m", weights), control)


def test_the_first_interrupt_waits_for_a_safe_point_and_the_run_goes_on_later(
    tmp_path: Path, ohmloop: Command, lengthy: Lengthy
) -> None:
    with running(tmp_path, "program", *lengthy.where, "--policy", "vipi") as process:
        line_with(process, "cells in band")
        code, said = interrupted(process)
    assert code == 1
    assert "stopping at the next safe point" in said
    assert "go on with --resume 1" in said
    lengthy.control.ask("fault", none=True)
    resumed = ohmloop("program", *lengthy.where, "--resume", "1", "--json")
    assert resumed.code == 0, resumed.err
    assert [report["outcome"] for report in resumed.json["boards"]] == ["done"]
    pulses = sum(report["pulses_per_cell"]["total"] for report in resumed.json["boards"])
    assert pulses == lengthy.control.ask("truth")["gates"]
    assert [(run["id"], run["state"]) for run in ohmloop("runs", "list", "--json").json] == [(1, "done")]


def test_the_second_interrupt_is_an_emergency_stop_and_the_run_goes_on_later(
    tmp_path: Path, ohmloop: Command, lengthy: Lengthy
) -> None:
    lengthy.control.ask("fault", wire={"late": 1.0, "late_s": 0.6})
    with running(tmp_path, "program", *lengthy.where, "--policy", "vipi") as process:
        line_with(process, "cells in band")
        process.send_signal(signal.SIGINT)
        line_with(process, "Ctrl-C again stops at once")
        code, said = interrupted(process)
    assert code != 0
    assert "emergency stop" in said
    assert lengthy.control.ask("truth")["driven"] is False
    lengthy.control.ask("fault", none=True)
    cleared = ohmloop("arm", *lengthy.where[:4], "--clear")
    assert cleared.code == 0, cleared.err
    resumed = ohmloop("program", *lengthy.where, "--resume", "1", "--json")
    assert resumed.code == 0, resumed.err
    pulses = sum(report["pulses_per_cell"]["total"] for report in resumed.json["boards"])
    assert pulses >= lengthy.control.ask("truth")["gates"]


@pytest.mark.parametrize("asked", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_an_interrupted_service_lets_its_job_come_to_a_safe_point(
    tmp_path: Path, ohmloop: Command, lengthy: Lengthy, asked: signal.Signals
) -> None:
    with running(tmp_path, "serve", *lengthy.where, "--port", "0") as process:
        url = line_with(process, "serving large on").split()[-1]
        with httpx.Client(base_url=url, timeout=60) as http, listening(http) as events:
            assert http.post("/v1/programming", json={"model": "large"}).status_code == 202
            until(events, "progress")
            process.send_signal(asked)
            _, said = process.communicate(timeout=LONGEST_S)
    assert process.returncode == 0
    assert "coming to its safe point" in said
    assert [(run["kind"], run["state"]) for run in ohmloop("runs", "list", "--json").json] == [("program", "paused")]


def test_the_second_interrupt_stops_at_once(capfd: pytest.CaptureFixture[str]) -> None:
    calls: list[str] = []
    with safe_point_first(lambda: calls.append("safe point"), lambda: calls.append("at once")):
        os.kill(os.getpid(), signal.SIGINT)
        assert calls == ["safe point"]
        os.kill(os.getpid(), signal.SIGINT)
        assert calls == ["safe point", "at once"]
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
    assert "Ctrl-C again stops at once" in capfd.readouterr().err
    with pytest.raises(KeyboardInterrupt):
        os.kill(os.getpid(), signal.SIGINT)
    assert len(calls) == 2
