"""What happens to lines on a bad wire: seeded, at most one fault a line."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from ohmsim.errors import ParameterError
from ohmsim.noise import NoiseStream
from ohmsim.parameters import bounded, checked


class Fault(StrEnum):
    """Kinds of faults of a line."""

    LOSE = "lose"
    LATE = "late"
    DUPLICATE = "duplicate"
    REORDER = "reorder"
    CORRUPT = "corrupt"
    TRUNCATE = "truncate"
    RESET_MID = "reset_mid"
    UNPLUG = "unplug"


@dataclass(frozen=True, slots=True)
class Rates:
    """Probability of each fault for each line of one direction, and how long what takes time lasts.

    lose: the line disappears. late: it arrives `late_s` of wall time later. duplicate: it arrives twice.
    reorder: it arrives after the next line. corrupt: one bit of it is wrong. truncate: its end is missing.
    reset_mid: the board resets, within `reset_within_s` of board time after a line to it, in the middle of a line from
    it. unplug: the line disappears and all clients are disconnected for `unplug_s` of wall time.
    """

    lose: float = bounded(0, 0, 1)
    late: float = bounded(0, 0, 1)
    duplicate: float = bounded(0, 0, 1)
    reorder: float = bounded(0, 0, 1)
    corrupt: float = bounded(0, 0, 1)
    truncate: float = bounded(0, 0, 1)
    reset_mid: float = bounded(0, 0, 1)
    unplug: float = bounded(0, 0, 1)
    late_s: float = bounded(0.3, 0, 60, "s")
    unplug_s: float = bounded(0.2, 0, 60, "s")
    reset_within_s: float = bounded(0.02, 0, 1, "s")

    def probabilities(self) -> list[float]:
        """In the order of Fault."""
        return [getattr(self, fault.value) for fault in Fault]


class Direction:
    """Faults of one direction.

    Attributes:
        counts: how many lines each fault has met.
    """

    def __init__(self, name: str, rates: Rates, seed: int) -> None:
        total = sum(rates.probabilities())
        if total > 1:
            raise ParameterError(f"wire.{name}", total, "rates that add up to at most 1")
        self.rates = rates
        self.counts = dict.fromkeys(Fault, 0)
        self._bounds = np.cumsum(rates.probabilities())
        self._kinds = list(Fault)
        self._which = NoiseStream(seed, "", f"wire.{name}", 1)
        self._where = NoiseStream(seed, "", f"wire.{name}.where", 1)
        self._line = np.zeros(1, np.uint64)
        self._cell = np.zeros(1, np.intp)

    def next(self) -> Fault | None:
        """What happens to the next line."""
        self._line += np.uint64(1)
        kind = int(np.searchsorted(self._bounds, self._which.uniform(self._cell, self._line)[0], side="right"))
        if kind >= len(self._kinds):
            return None
        fault = self._kinds[kind]
        self.counts[fault] += 1
        return fault

    def fraction(self) -> float:
        """A place in the present line or time, from 0 to 1."""
        return float(self._where.uniform(self._cell, self._line)[0])

    def corrupted(self, line: bytes) -> bytes:
        """The line with one wrong bit; its end stays an end, and no other end appears."""
        body, end = line[:-1], line[-1:]
        if not body:
            return line
        place, bit = divmod(int(self.fraction() * len(body) * 8), 8)
        wrong = body[place] ^ (1 << bit)
        if wrong == ord("\n"):
            wrong = body[place] ^ (1 << (bit + 1) % 8)
        return body[:place] + bytes([wrong]) + body[place + 1 :] + end

    def cut(self, line: bytes) -> bytes:
        """A beginning of the line, without its end; at least one byte is missing."""
        return line[: int(self.fraction() * (len(line) - 1))]


class WireFaults:
    """Faults of both directions, none at first."""

    def __init__(self) -> None:
        self.to_board: Direction | None = None
        self.to_host: Direction | None = None

    def set(self, fault: Mapping[str, object]) -> None:
        """Set rates.

        Args:
            fault: fields of Rates for both directions, `seed` (integer, default 0), and `to_board` or `to_host`,
                each an object with fields of Rates that hold for that direction only.

        Raises ParameterError; the faults then stay as they were.
        """
        common = {name: value for name, value in fault.items() if name not in ("seed", "to_board", "to_host")}
        seed = fault.get("seed", 0)
        if isinstance(seed, bool) or not isinstance(seed, int):
            raise ParameterError("wire.seed", seed, "an integer")
        made = {}
        for name in ("to_board", "to_host"):
            own = fault.get(name, {})
            if not isinstance(own, dict):
                raise ParameterError(f"wire.{name}", own, "an object with rates")
            made[name] = Direction(name, checked(Rates, {**common, **own}, f"wire.{name}."), seed)
        self.to_board, self.to_host = made["to_board"], made["to_host"]

    def clear(self) -> None:
        """A good wire again."""
        self.to_board = self.to_host = None

    def counts(self) -> dict[str, dict[str, int]]:
        """How many lines each fault has met since the rates were set, by direction."""
        return {
            name: {} if direction is None else {fault.value: n for fault, n in direction.counts.items()}
            for name, direction in (("to_board", self.to_board), ("to_host", self.to_host))
        }
