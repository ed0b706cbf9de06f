"""An emulator as a child process: after its start it is a board like any other, behind its TCP port or pty."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import IO, Self

from ohmloop.crossbar import Geometry, LinkLost
from ohmloop.link.control import Control

START_S = 30.0
"""Longest wait for the emulator's first line in s: a cold start imports numpy from a slow disk."""

END_S = 5.0
"""Longest wait in s for the emulator to end by itself once its standard input is closed."""

REFUSAL = "ohmsim: "
"""How the last line of an emulator begins that does not understand its arguments."""


class EmulatorFailed(LinkLost):
    """The emulator did not start; the message ends with what it wrote to its standard error."""


@dataclass(frozen=True, slots=True)
class EmulatedBoard:
    """One board of an emulator: its serial number, its TCP address as a device URL and its pty, if it has one."""

    name: str
    serial: str
    url: str
    pty: str | None


class EmulatorProcess:
    """`python -m ohmsim` with us as its parent: it ends when we do, even by `kill -9`.

    Args:
        geometry: of each board.
        options: further options without their dashes, e.g. {"seed": "7", "device": "vteam", "boards": "4"};
            a flag has the value "".
        settings: parameters of the preset, passed as `--set section.name=value`.

    Raises EmulatorFailed if it ends or stays silent instead of saying where its boards are.
    """

    def __init__(
        self, geometry: Geometry, options: Mapping[str, str] | None = None, settings: Mapping[str, str] | None = None
    ) -> None:
        command = [sys.executable, "-m", "ohmsim", "--with-parent", "--geometry", str(geometry)]
        ports = {"tcp": "0", "control": "0"} | dict(options or {})
        for name, value in ports.items():
            command += [f"--{name}", value] if value else [f"--{name}"]
        for name, value in (settings or {}).items():
            command += ["--set", f"{name}={value}"]
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed in close()
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors, start_new_session=True
        )
        try:
            self.boards, self._control_place = _parse_ready(self._first_line())
        except LinkLost:
            self.close()
            raise

    @property
    def pid(self) -> int:
        """Process id of the emulator."""
        return self._process.pid

    def control(self) -> Control:
        """A new connection to the control port."""
        return Control(self._control_place)

    def close(self) -> None:
        """End the emulator."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        try:
            self._process.wait(END_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait(END_S)
        self._errors.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _first_line(self) -> bytes:
        output = self._process.stdout
        assert output is not None, "it was asked for with PIPE"
        line = b""
        while not line.endswith(b"\n"):
            if not _readable(output, START_S):
                raise EmulatorFailed(f"the emulator said nothing for {START_S:.0f} s{self._said()}")
            data = os.read(output.fileno(), 65536)
            if not data:
                code = self._process.wait(END_S)
                raise EmulatorFailed(f"the emulator ended with status {code} instead of starting{self._said()}")
            line += data
        return line

    def _said(self) -> str:
        self._errors.seek(0)
        text = self._errors.read().decode("utf-8", "replace").strip()
        if not text:
            return ", and gave no reason"
        last = text.splitlines()[-1]
        return f": {last}" if last.startswith(REFUSAL) else f":\n{text[-4000:]}"


def _readable(stream: IO[bytes], seconds: float) -> bool:
    with selectors.DefaultSelector() as selector:
        selector.register(stream, selectors.EVENT_READ)
        return bool(selector.select(seconds))


def _parse_ready(line: bytes) -> tuple[Sequence[EmulatedBoard], str]:
    try:
        ready = json.loads(line)
        boards = [EmulatedBoard(b["name"], b["serial"], b["tcp"], b["pty"]) for b in ready["boards"]]
        return boards, ready["control"]
    except (ValueError, KeyError, TypeError) as error:
        raise EmulatorFailed(f"the emulator's first line is not understood ({error!r}): {line[:200]!r}") from error
