"""A service that is killed in the middle of a lesson: the next one goes on, and no cell gets a pulse twice."""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import numpy as np
import pytest
from tests.cli.conftest import COMMAND
from tests.service.lessons import CHECKING, SMALL, STUCK, TRAINING, begin, examples, received
from tests.service.listener import listening, until
from tests.service.small import GEOMETRY, program

from ohmloop.station import DeviceFile
from ohmloop.station.emulated import EmulatorProcess

LONGEST_S = 60


@contextmanager
def serving(folder: Path, url: str) -> Iterator[tuple[subprocess.Popen[str], httpx.Client]]:
    """`ohmloop serve` in a process of its own."""
    command = [COMMAND, "serve", "-d", url, "--dut", folder / "dut.toml", "-m", folder / "small.npz", "--port", "0"]
    store = ["--store", folder / "runs.sqlite"]
    with subprocess.Popen([*command, *store], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True) as process:
        assert process.stdout is not None
        try:
            said = ""
            while not (found := re.search(r"http://[\d.:]+", said)):
                said = process.stdout.readline()
                assert said, "the service ended before it was there"
            with httpx.Client(base_url=found[0], timeout=LONGEST_S) as http:
                yield process, http
        finally:
            process.kill()


@pytest.mark.slow
def test_a_lesson_goes_on_after_its_service_was_killed(tmp_path: Path) -> None:
    (tmp_path / "dut.toml").write_text(DeviceFile.shipped("vteam", GEOMETRY).text)
    layer = SMALL.layers[0]
    arrays = {"0.weight": layer.weights.T, "0.bias": layer.bias, "input_ranges": np.array(SMALL.input_ranges)}
    np.savez(tmp_path / "small.npz", allow_pickle=False, **arrays)
    with EmulatorProcess(GEOMETRY, {"seed": "5"}) as emulator, emulator.control() as control:
        url = emulator.boards[0].url
        with serving(tmp_path, url) as (_, http):
            program(http)
            control.ask("fault", stuck=STUCK)
            before = received(control)
            number = begin(http, rule="sgd", parameters={"rate": 0.1, "batch": 32})
            where = f"/v1/learning/{number}"
            http.put(f"{where}/examples", json={**examples(TRAINING), "checking": examples(CHECKING)})
        for _ in range(2):
            with serving(tmp_path, url) as (process, http):
                resumed = http.post("/v1/learning", json={"resume": number})
                assert resumed.status_code == 201, resumed.text
                with listening(http) as events:
                    http.post(f"{where}/teach", json={"steps": 2000})
                    for _ in range(6):
                        until(events, "learning", session=number)
                    process.kill()
        with serving(tmp_path, url) as (_, http):
            assert http.get(where).json()["open"] is False
            resumed = http.post("/v1/learning", json={"resume": number}).json()["summary"]
            assert resumed["step"] >= 10
            http.post(f"{where}/verify", json=examples(CHECKING))
            told = http.post(f"{where}/commit").json()["summary"]
            assert told["pulses"] == received(control) - before > 0
