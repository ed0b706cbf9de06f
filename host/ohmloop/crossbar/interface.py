"""The crossbar interface."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar.capabilities import Capabilities
from ohmloop.crossbar.conditions import Setup
from ohmloop.crossbar.exchange import PulseList, PulseResult, Readback
from ohmloop.crossbar.limits import Limits
from ohmloop.crossbar.readings import Readings


class Crossbar(ABC):
    """One array behind one board.

    Synchronous: a board has one owner and one thread; only `stop` may be called from another thread.
    Every method may raise a CrossbarError; ValueError and TypeError mean that the arguments make no sense.
    Connecting changes nothing: no constructor or reconnect moves a cell.
    """

    @property
    @abstractmethod
    def capabilities(self) -> Capabilities:
        """What this crossbar can do."""

    @property
    @abstractmethod
    def setup(self) -> Setup:
        """The set-up in force, as last applied."""

    @property
    @abstractmethod
    def limits(self) -> Limits | None:
        """The limits armed by us, or None while unarmed."""

    @abstractmethod
    def configure(self, setup: Setup) -> None:
        """Apply a set-up; nothing is sent if it is in force already."""

    @abstractmethod
    def arm(self, limits: Limits, device_hash: str) -> None:
        """Load the limits of a device under test. `device_hash` identifies its file (hex digits)."""

    @abstractmethod
    def disarm(self) -> None:
        """Unload the limits: pulses are refused until the next arm."""

    @abstractmethod
    def read_cells(self, rows: NDArray[np.integer], cols: NDArray[np.integer]) -> Readings:
        """Measure the current of each listed cell at the read voltage; `currents_a` has shape (n,)."""

    @abstractmethod
    def read_array(self) -> Readings:
        """Measure every cell; `currents_a` has shape (rows, cols)."""

    @abstractmethod
    def pulse(self, pulses: PulseList, readback: Readback = Readback.AFTER) -> PulseResult:
        """Apply one exchange of pulses: at most `capabilities.max_pulses`, at most about a second.

        Raises UncertainExchange if it was sent and its outcome cannot be known, Stopped if it was aborted,
        BoardRefusal if nothing of it was applied.
        """

    @abstractmethod
    def multiply(self, volts: NDArray[np.float64]) -> Readings:
        """Drive rows with a batch of input vectors: `volts` in V of shape (vectors, rows), held to the read limit.

        Any number of vectors; `currents_a` has shape (vectors, cols).
        """

    @abstractmethod
    def stop(self) -> None:
        """Emergency stop: end what runs and put every line into its safe state. May be called from any thread."""

    @abstractmethod
    def clear(self) -> None:
        """Clear a latched shutdown."""

    @abstractmethod
    def close(self) -> None:
        """Give the board back. Moves nothing; the array keeps what it holds."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()
