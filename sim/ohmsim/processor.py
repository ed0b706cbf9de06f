"""The time of the board's processor: its interpreter, which runs the application, and the engine's own code.

The fast emulator counts what converters, switches and the wire take; its own processor takes none of the board's time.
What the RP2040 takes is added here, where it takes it: at the calls between application, engine and HAL, by numbers
measured on the emulated chip (processor.toml). Without them the emulator tells *engine time*.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ohmboard.commands import INDEX, TABLE
from ohmboard.envelope import MARK
from ohmsim.engine import Engine
from ohmsim.engine_calls import Buffer
from ohmsim.hal import Hal, ProcessorShare

FILE = Path(__file__).with_name("processor.toml")

OTHER = "other"
"""The name under which a command's time stands that was not measured."""

LIMIT = "limit"
LIMIT_CODES = range(102, 109)
"""Error numbers of the engine's limits: making text of the numbers takes the interpreter its time."""

HEADER_BYTES = 64
"""No header is longer, and neither is the beginning of a reply up to its code."""


@dataclass(frozen=True, slots=True)
class ProcessorTimes:
    """Times in ns; processor.toml says what each of them is."""

    line: Mapping[str, float]
    command: Mapping[str, int]
    refused: Mapping[str, int]
    item: Mapping[str, int]
    hal: ProcessorShare

    @classmethod
    def load(cls, file: Path = FILE) -> ProcessorTimes:
        """The measured ones."""
        toml = tomllib.loads(file.read_text())
        hal = ProcessorShare(**toml["hal"])
        return cls(toml["line"], toml["command"], toml["refused"], toml["item"], hal)


class ProcessorEngine(Engine):
    """The engine on a processor that takes time: the HAL's clock goes on with each call of the application."""

    def __init__(self, hal: Hal, times: ProcessorTimes) -> None:
        super().__init__(hal)
        self._hal = hal
        self._times = times
        self._command = OTHER
        hal.processor = times.hal

    def newline(self, text: Buffer, start: int, stop: int) -> int:
        """A line is found. A bare one takes its time here, since nothing later says that it is carried out."""
        at = super().newline(text, start, stop)
        if at > start and text[start] != MARK:
            self._pass(self._times.line["bare"] + self._times.line["byte_in"] * (at - start))
        return at

    def open_envelope(self, line: Buffer, length: int) -> tuple[int, ...]:
        """A request begins, or a line turns out not to be one."""
        opened = super().open_envelope(line, length)
        self._command = _command(bytes(line[: min(length, HEADER_BYTES)]))
        self._pass((self._times.line["malformed"] if opened[0] else 0) + self._times.line["byte_in"] * length)
        return opened

    def seal_envelope(self, line: Buffer, length: int) -> int:
        """A reply ends: by now it is known whether the command was carried out."""
        code = int(bytes(line[:HEADER_BYTES]).split(b" ", 2)[1])
        times = self._times.refused if code else self._times.command
        limit_ns = times[LIMIT] if code in LIMIT_CODES else 0
        self._pass(times.get(self._command, times[OTHER]) + limit_ns + self._times.line["byte_out"] * length)
        return super().seal_envelope(line, length)

    def start_pulses(self, records: Buffer, pulses: int, readback: int, out: Buffer) -> int:
        """A list is checked, pulse by pulse."""
        self._pass(self._times.item["pulse"] * pulses)
        return super().start_pulses(records, pulses, readback, out)

    def start_multiply(self, uv: Buffer, vectors: int, out: Buffer) -> int:
        """A batch is checked, input by input."""
        self._pass(self._times.item["input"] * vectors * self._rows)
        return super().start_multiply(uv, vectors, out)

    def _pass(self, ns: float) -> None:
        self._hal.advance(round(ns))


def _command(line: bytes) -> str:
    """The header, as the table of commands has it, of the body of an envelope."""
    words = line.decode("ascii", "replace").split(" ", 2)
    place = INDEX.find(words[1]) if len(words) > 1 else -1
    return TABLE[place].header if place >= 0 else OTHER
