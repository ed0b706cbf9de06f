"""The crossbar interface."""

from __future__ import annotations

from abc import ABC, abstractmethod
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ohmloop.crossbar.capabilities import Capabilities
from ohmloop.crossbar.conditions import Setup
from ohmloop.crossbar.corrections import RowCorrections
from ohmloop.crossbar.errors import NotSupported, UncertainExchange
from ohmloop.crossbar.exchange import EffectToken, ExchangeLog, PulseList, PulseResult, Readback
from ohmloop.crossbar.limits import Limits
from ohmloop.crossbar.readings import Readings


class Crossbar(ABC):
    """One array behind one board.

    Synchronous: a board has one owner and one thread; only `stop` may be called from another thread.
    Every method may raise a CrossbarError; ValueError and TypeError mean that the arguments make no sense.
    Connecting changes nothing: no constructor or reconnect moves a cell.

    Attributes:
        log: where pulse exchanges are journalled before they are sent; None keeps no journal.
    """

    log: ExchangeLog | None = None

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

        Raises UncertainExchange if it was sent and its outcome cannot be known, Stopped if it ended before its
        last pulse; BoardRefusal, ForeignSetup (BoardReset is one) or LinkLost if nothing of it was applied. After
        UncertainExchange and ForeignSetup the crossbar refuses to go on until `resume` (or `configure` and `arm`).
        """

    def recover(self, token: EffectToken, pulses: PulseList, readback: Readback, setup: Setup) -> PulseResult | None:
        """Ask what came of an exchange that an earlier process intended; `setup` is the one it was sent under.

        Returns its result if it ran and None if it certainly did not and never will.
        Raises UncertainExchange if that cannot be known; so does a crossbar without such a memory.
        """
        message = f"exchange {token.number} of boot {token.epoch} cannot be looked up here: read its cells again"
        raise UncertainExchange(message, pulses)

    def resume(self) -> None:
        """Apply set-up and limits again after BoardReset, ForeignSetup or UncertainExchange; never done unasked.

        Nothing to do for a crossbar that cannot lose them.
        """
        return None

    @abstractmethod
    def multiply(self, volts: NDArray[np.float64]) -> Readings:
        """Drive rows with a batch of input vectors: `volts` in V of shape (vectors, rows), held to the read limit.

        Any number of vectors; `currents_a` has shape (vectors, cols).
        """

    def correct_rows(self, corrections: RowCorrections, *, keep: bool = False) -> None:
        """Put corrections of the row drivers in force, one for each row of the array; other lines have none then.

        `keep` has the board keep them when it loses its supply. Raises NotSupported where drivers have no error,
        BoardRefusal for a correction larger than the board's stated tolerance, and then no correction is in force.
        """
        raise NotSupported(f"{self.capabilities.serial} has no drivers to correct")

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

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
