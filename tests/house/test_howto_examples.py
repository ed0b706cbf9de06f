"""The how-to pages say what is so: their examples run as they stand there."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pytest

from ohmloop.crossbar import Geometry
from ohmloop.station import DeviceFile
from ohmloop.station.emulated import EmulatorProcess

HOWTO = Path(__file__).parents[2] / "docs" / "howto"
ADDRESS = "tcp://127.0.0.1:5025"
EMULATE = "ohmloop emulate"
LONGEST_S = 120


def blocks(page: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", (HOWTO / page).read_text(encoding="utf-8"), re.DOTALL)


def test_the_tests_of_the_page_on_tests_pass(tmp_path: Path) -> None:
    (tmp_path / "test_example.py").write_text("\n\n".join(blocks("test-your-own-code.md", "python")))
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_example.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "3 passed" in done.stdout


def test_the_commands_for_a_first_device_work_on_an_emulated_board(tmp_path: Path) -> None:
    (device,) = blocks("first-device.md", "toml")
    (tmp_path / "device.toml").write_text(device)
    (make_weights,) = blocks("first-device.md", "python")
    subprocess.run([sys.executable, "-c", make_weights], cwd=tmp_path, check=True, timeout=LONGEST_S)
    commands = [line for block in blocks("first-device.md", "sh") for line in block.splitlines()]
    assert commands[0].startswith(EMULATE)
    environment = {"PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "OHMLOOP_STORE": str(tmp_path / "runs")}
    with EmulatorProcess(Geometry(8, 8), {"seed": "7"}) as emulator, emulator.control() as control:
        for command in commands[1:]:
            here = command.replace(ADDRESS, emulator.boards[0].url)
            done = subprocess.run(
                here.split(),
                cwd=tmp_path,
                env=environment,
                capture_output=True,
                text=True,
                timeout=LONGEST_S,
                check=False,
            )
            assert done.returncode == 0, f"{here}: {done.stderr}"
        pulses = control.truth()["full_pulses"]
    with np.load(tmp_path / "before.npz") as scanned:
        assert [array.shape for array in scanned.values()] == [(6, 8)]
    wiring = tomllib.loads(device)["bonding"]["rows"]
    used = [row for index, row in enumerate(wiring) if index != 4]
    assert np.flatnonzero(pulses.sum(axis=1)).tolist() == sorted(used)


@pytest.mark.parametrize("section", ["array", "bonding", "limits", "read", "programming"])
def test_the_page_names_every_field_of_a_device_file(section: str) -> None:
    page = (HOWTO / "first-device.md").read_text(encoding="utf-8")
    kind = DeviceFile.model_fields[section].annotation
    assert kind is not None
    for field in kind.model_fields:
        assert f"`{section}.{field}`" in page
