"""Faults for a demonstration: `wire=loss:0.02,corrupt:0.01;stuck=0.01`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ohmloop.cli.failure import USAGE, CommandError

WIRE = {
    "loss": "lose",
    "late": "late",
    "duplicate": "duplicate",
    "reorder": "reorder",
    "corrupt": "corrupt",
    "truncate": "truncate",
    "reset": "reset_mid",
}
"""Faults of a line, and what the emulator's control port calls them."""

EXAMPLE = "wire=loss:0.02,corrupt:0.01;stuck=0.01"


@dataclass(frozen=True, slots=True)
class Faults:
    """What is to go wrong.

    Attributes:
        wire: probability, 0 to 1, that a line meets a fault, by the control port's name of the fault.
        stuck: fraction of the cells that do not move, 0 to 1.
    """

    wire: Mapping[str, float] = field(default_factory=dict)
    stuck: float = 0.0

    @classmethod
    def parse(cls, text: str) -> Faults:
        """Read a specification. Raises CommandError, saying what is wrong and what one looks like."""
        wire: dict[str, float] = {}
        stuck = 0.0
        for part in filter(None, (part.strip() for part in text.split(";"))):
            kind, _, value = part.partition("=")
            if kind == "wire":
                for item in value.split(","):
                    name, _, rate = item.partition(":")
                    if name not in WIRE:
                        raise _wrong(f"there is no wire fault {name!r}; there are {', '.join(WIRE)}")
                    wire[WIRE[name]] = _rate(rate, name)
            elif kind == "stuck":
                stuck = _rate(value, kind)
            else:
                raise _wrong(f"faults are of `wire` or `stuck`, not of {kind!r}")
        if not wire and not stuck:
            raise _wrong("nothing is to go wrong")
        if sum(wire.values()) > 1:
            raise _wrong(f"a line meets one fault at most, so the rates must not add up to {sum(wire.values()):g}")
        return cls(wire, stuck)

    def requests(self, seed: int) -> list[dict[str, object]]:
        """Fields of the control port's `fault` requests that bring the faults about."""
        asked: list[dict[str, object]] = []
        if self.wire:
            asked.append({"wire": {**self.wire, "seed": seed}})
        if self.stuck:
            asked.append({"stuck": {"fraction": self.stuck, "seed": seed}})
        return asked


def _rate(text: str, name: str) -> float:
    try:
        rate = float(text)
    except ValueError:
        rate = -1.0
    if not 0 <= rate <= 1:
        raise _wrong(f"{name} needs a rate from 0 to 1, not {text!r}")
    return rate


def _wrong(reason: str) -> CommandError:
    return CommandError(f"--fault: {reason}; for example {EXAMPLE}", USAGE)
