"""Emulated boards with any of the emulator's devices, armed as its preset recommends."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from tests.programming.boards import Board

from ohmloop.crossbar import Bias, CurrentRange, Geometry, Limits, ReadConditions, Setup
from ohmloop.drivers.registry import open_crossbar
from ohmloop.link.child import EmulatorProcess
from ohmloop.procedures.characterise import Conditions
from ohmloop.programming import Drive, ProgrammingProfile


@cache
def preset(device: str) -> dict[str, Any]:
    """What the emulator says of a device."""
    said = subprocess.run(
        [sys.executable, "-m", "ohmsim", "--device", device, "--describe"], capture_output=True, text=True, check=True
    ).stdout
    described: dict[str, Any] = json.loads(said)
    return described


def conditions(device: str, geometry: Geometry) -> Conditions:
    """How an experiment treats a device of the emulator."""
    said = preset(device)
    how = said["programming"]
    current_range = CurrentRange.H if device.startswith("mss") else CurrentRange.M
    return Conditions(
        Setup(ReadConditions(how["read_volts"], 16, current_range), Bias(how["bias"])),
        ProgrammingProfile(
            said["low_s"],
            said["high_s"],
            Drive(how["start_set_v"], how["nominal_set_v"], how["largest_set_v"]),
            Drive(how["start_reset_v"], how["nominal_reset_v"], how["largest_reset_v"]),
            how["width_s"],
            how.get("shortest_s"),
        ),
        np.arange(geometry.rows),
        np.arange(geometry.cols),
    )


@dataclass(frozen=True)
class Bench:
    """A board with a device."""

    board: Board
    conditions: Conditions

    @property
    def geometry(self) -> Geometry:
        return self.board.crossbar.capabilities.geometry


@contextmanager
def bench(device: str, geometry: str, seed: int = 5, settings: dict[str, str] | None = None) -> Iterator[Bench]:
    """An emulated board, armed for its device."""
    size = Geometry.parse(geometry)
    said = preset(device)
    limits = Limits(
        **{name: said["limits"][name] for name in ("v_read", "v_set", "v_reset", "width_max_s", "pulses_max")},
        set_polarity=said["set_polarity"],
    )
    with (
        EmulatorProcess(size, {"device": device, "seed": str(seed)}, settings) as process,
        process.control() as control,
    ):
        (emulated,) = process.boards
        with open_crossbar(f"{emulated.url}?timeout=1") as crossbar:
            crossbar.arm(limits, "ab12")
            how = conditions(device, size)
            crossbar.configure(how.setup)
            yield Bench(Board(crossbar, control, emulated.name), how)
