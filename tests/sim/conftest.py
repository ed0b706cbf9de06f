"""Emulated boards for tests: in this process, and as the child that hosts start."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import pytest
from tests.sim.clients import Emulator

from ohmsim.board import EmulatedBoard, Spec
from ohmsim.preset import Preset
from ohmsim.wire.port import Port
from ohmsim.wire.tcp import TcpPort

Boards = Callable[..., EmulatedBoard]


@pytest.fixture
def start_board() -> Iterator[Boards]:
    """Start boards in this process; stopped after the test."""
    with ExitStack() as stack:

        def start(name: str = "b0", ports: list[Port] | None = None, **spec: Any) -> EmulatedBoard:
            made = Spec(name, **{"rows": 4, "cols": 4, "seed": 7, "preset": Preset.load("vteam"), **spec})
            board = EmulatedBoard(made, [TcpPort(0)] if ports is None else ports)
            board.start()
            stack.callback(board.stop)
            return board

        yield start


@pytest.fixture
def launch() -> Iterator[Callable[..., Emulator]]:
    """Start `python -m ohmsim` with options; ended after the test."""
    with ExitStack() as stack:

        def start(*options: str) -> Emulator:
            process = subprocess.Popen(
                [sys.executable, "-m", "ohmsim", "--with-parent", *options],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdout is not None
            return Emulator(process, json.loads(process.stdout.readline()))

        yield start
