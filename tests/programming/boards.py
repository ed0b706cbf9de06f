"""Emulated boards for these tests: the real port, the real driver, and the control port for the truth."""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar import Bias, Crossbar, CurrentRange, Geometry, Limits, ReadConditions, Setup
from ohmloop.drivers.registry import open_crossbar
from ohmloop.link.child import EmulatorProcess
from ohmloop.link.control import Control
from ohmloop.programming import Drive, ProgrammingProfile

LIMITS = Limits(v_read=0.25, v_set=2.1, v_reset=2.1, width_max_s=100e-6, pulses_max=10_000)
SETUP = Setup(ReadConditions(volts=0.2, averages=16, current_range=CurrentRange.M), Bias.THIRD)
PROFILE = ProgrammingProfile(
    g_min_s=10e-6,
    g_max_s=100e-6,
    set_drive=Drive(start_v=0.7, nominal_v=0.9, max_v=2.0),
    reset_drive=Drive(start_v=0.7, nominal_v=1.0, max_v=2.0),
    width_s=10e-6,
)


class Board:
    """A crossbar and what only the emulator knows of it."""

    def __init__(self, crossbar: Crossbar, control: Control, name: str) -> None:
        self.crossbar = crossbar
        self._control = control
        self._name = name

    def ask(self, request: str, **fields: object) -> dict[str, Any]:
        """One request to the control port."""
        return self._control.ask(request, board=self._name, **fields)

    def truth(self, what: str) -> NDArray[Any]:
        """One matrix of what is really so."""
        matrix = self.ask("truth")[what]
        return np.frombuffer(b64decode(matrix["data"]), matrix["dtype"]).reshape(matrix["shape"])

    def targets(self, seed: int = 0) -> NDArray[np.float64]:
        """Targets spread over the whole range."""
        geometry = self.crossbar.capabilities.geometry
        return np.random.default_rng(seed).uniform(PROFILE.g_min_s, PROFILE.g_max_s, (geometry.rows, geometry.cols))


@contextmanager
def emulated(
    geometry: str, seed: int, count: int = 1, device: str = "vteam", settings: dict[str, str] | None = None
) -> Iterator[list[Board]]:
    """Armed boards of one emulator."""
    options = {"device": device, "seed": str(seed), "boards": str(count)}
    with EmulatorProcess(Geometry.parse(geometry), options, settings) as process, process.control() as control:
        crossbars = [open_crossbar(f"{board.url}?timeout=0.5&reconnect=1") for board in process.boards]
        try:
            for crossbar in crossbars:
                crossbar.arm(LIMITS, "ab12")
                crossbar.configure(SETUP)
            yield [Board(c, control, b.name) for c, b in zip(crossbars, process.boards, strict=True)]
        finally:
            for crossbar in crossbars:
                crossbar.close()
