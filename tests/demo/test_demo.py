"""The demonstration as a user starts it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

COMMAND = Path(sys.executable).with_name("ohmloop")
LONGEST_S = 240
KEYS = {
    "boards",
    "cells",
    "pulses_per_cell",
    "characterising_pulses",
    "reads_per_cell",
    "exchanges",
    "tolerance",
    "declared_in_band",
    "true_in_band",
    "accuracy_digital",
    "accuracy_chip",
    "test_images",
    "logit_snr_db",
    "engine_seconds",
    "wall_seconds",
    "double_pulses",
}


def demo(folder: Path, *arguments: str) -> dict[str, Any]:
    done = subprocess.run(
        [COMMAND, "demo", "--json", "--folder", folder, *arguments],
        capture_output=True,
        text=True,
        timeout=LONGEST_S,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout)
    assert result.keys() >= KEYS
    return result


def test_one_seed(tmp_path: Path) -> None:
    result = demo(tmp_path, "--seed", "11")
    assert result["boards"] == 5
    assert result["cells"] == 64 * 64 + 32 * 20
    assert result["tolerance"] == 0.02
    assert 0 < result["characterising_pulses"] / result["cells"] < 0.2
    assert result["pulses_per_cell"] < 4.5
    assert result["declared_in_band"] >= 0.99
    assert result["true_in_band"] >= 0.9
    assert result["test_images"] >= 360
    assert abs(result["accuracy_chip"] - result["accuracy_digital"]) <= 0.01
    assert result["logit_snr_db"] > 20
    assert result["double_pulses"] == 0
    assert result["resets"] == 0
    assert Path(result["picture"]).read_bytes().startswith(b"\x89PNG")


def test_a_bad_wire_and_stuck_cells(tmp_path: Path) -> None:
    result = demo(
        tmp_path, "--seed", "12", "--fault", "wire=loss:0.02,corrupt:0.01,duplicate:0.02,reset:0.002;stuck=0.01"
    )
    assert result["double_pulses"] == 0
    assert result["stuck_cells"] > 0
    assert result["declared_in_band"] >= 0.99
    assert result["true_in_band"] >= 0.9


@pytest.mark.slow
@pytest.mark.timeout(1500)
def test_five_seeds(tmp_path: Path) -> None:
    results = [demo(tmp_path / str(seed), "--seed", str(seed)) for seed in range(21, 26)]
    digital = [result["accuracy_digital"] for result in results]
    chip = [result["accuracy_chip"] for result in results]
    assert abs(sum(chip) - sum(digital)) / len(results) <= 0.005
    assert min(result["declared_in_band"] for result in results) >= 0.99
    assert min(result["true_in_band"] for result in results) >= 0.9
    assert sum(result["double_pulses"] for result in results) == 0
