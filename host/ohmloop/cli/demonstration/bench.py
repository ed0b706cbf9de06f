"""The boards of the demonstration: one emulator process each, and the truth that only an emulator knows."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ohmloop.cli.demonstration.faults import Faults
from ohmloop.crossbar import Geometry
from ohmloop.station.emulated import Control, EmulatorProcess

DEVICE = "vteam"


@dataclass(frozen=True, slots=True)
class Truth:
    """What one emulated array really holds and really saw.

    Attributes:
        conductance_s: noiseless conductances in S, shape (rows, cols).
        full_pulses: pulses at which each cell was the selected one, same shape.
        stuck: cells that do not move, same shape.
        busy_s: time for which the board worked (converters, settling, pulses, wire), s of its own clock.
        resets: restarts of the board.
    """

    conductance_s: NDArray[np.float64]
    full_pulses: NDArray[np.int64]
    stuck: NDArray[np.bool_]
    busy_s: float
    resets: int


class Bench:
    """Emulated boards, each a process of its own so that they use all cores.

    Args:
        count: boards. geometry: of each. seed: of everything random; each board has a seed of its own below it.

    Raises EmulatorFailed if one of them does not start.
    """

    def __init__(self, count: int, geometry: Geometry, seed: int) -> None:
        self._open = ExitStack()
        self._seeds = [seed * 1000 + index for index in range(count)]
        with ThreadPoolExecutor(count) as threads:
            starting = [threads.submit(_start, geometry, board_seed) for board_seed in self._seeds]
        started = [future.result() for future in starting if future.exception() is None]
        for process in started:
            self._open.enter_context(process)
        failures = [error for future in starting if (error := future.exception()) is not None]
        if failures:
            self.close()
            raise failures[0]
        self._controls: list[Control] = [self._open.enter_context(process.control()) for process in started]
        self.urls: Sequence[str] = [process.boards[0].url for process in started]

    def break_things(self, faults: Faults) -> None:
        """Bring faults about. Raises ControlRefused."""
        for control, seed in zip(self._controls, self._seeds, strict=True):
            for fields in faults.requests(seed):
                control.ask("fault", **fields)

    def truths(self) -> list[Truth]:
        """The truth about every board, in order."""
        return [_truth(control.ask("truth")) for control in self._controls]

    def close(self) -> None:
        """End the boards."""
        self._open.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _start(geometry: Geometry, seed: int) -> EmulatorProcess:
    return EmulatorProcess(geometry, {"seed": str(seed), "device": DEVICE})


def _truth(told: dict[str, Any]) -> Truth:
    return Truth(
        _matrix(told["conductance_s"]),
        _matrix(told["full_pulses"]),
        _matrix(told["stuck"]).astype(np.bool_),
        (told["virtual_time_us"] - told["idle_us"]) * 1e-6,
        told["resets"],
    )


def _matrix(told: dict[str, Any]) -> NDArray[Any]:
    return np.frombuffer(b64decode(told["data"]), told["dtype"]).reshape(told["shape"])
