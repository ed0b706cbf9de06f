"""A board of any kind as the suite sees it: lines over its port, and, if it is emulated, its control port."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from binascii import crc32
from dataclasses import dataclass
from itertools import count
from time import monotonic
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ohmloop.link.address import DeviceAddress
from ohmloop.link.control import Control
from ohmloop.link.serial_port import SerialPort
from ohmloop.link.tcp import TcpPort
from ohmloop.link.transport import Transport

Pulse = tuple[int, int, float, float]
"""Row, column, volts (row minus column), seconds."""

WAIT_S = 30.0
"""Longest wait for a line, s of wall time: an emulated RP2040 runs at a sixth of its speed, and restarts meanwhile."""

NO_ANSWER = 4_000_000_000
"""Id of requests whose reply nobody waits for."""

MICROVOLT = 1e-6
TEN_PICOAMPERE = 1e-11


@dataclass(frozen=True)
class Reply:
    """Reply to an enveloped request."""

    code: int
    epoch: str
    generation: int
    text: str


class Wire:
    """Lines to and from a board; `sent` and `received` count their bytes."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._part = b""
        self._lines: list[str] = []
        self._ids = count(1)
        self.unasked: list[str] = []
        self.others: dict[int, str] = {}
        self.sent = self.received = 0

    def write(self, line: str) -> None:
        """Send one line."""
        self.raw(line.encode() + b"\n")

    def raw(self, data: bytes) -> None:
        """Send any bytes."""
        self.sent += len(data)
        self._transport.write(data)

    def read(self) -> str:
        """The next line that is no unasked message; those are kept."""
        until = monotonic() + WAIT_S
        while True:
            while self._lines:
                line = self._lines.pop(0)
                if not line.startswith("@0 "):
                    return line
                self.unasked.append(line)
            if monotonic() > until:
                raise TimeoutError(f"no line for {WAIT_S:g} s; begun: {self._part[:80]!r}")
            data = self._transport.read()
            self.received += len(data)
            *whole, self._part = (self._part + data).split(b"\n")
            self._lines += [line.decode("ascii", "replace") for line in whole]

    def type(self, data: bytes, answer: bytes) -> None:
        """Send bytes to MicroPython's console and wait for its answer, which need not end a line."""
        self.raw(data)
        until = monotonic() + WAIT_S
        while answer not in self._part:
            assert monotonic() < until, f"{answer!r} does not come for {WAIT_S:g} s: {self._part[-200:]!r}"
            self._part += self._transport.read()
        self._part = b""

    def ask(self, line: str) -> str:
        """Answer of a bare query."""
        self.write(line)
        return self.read()

    def request(self, body: str, lease: str = "") -> Reply:
        """Reply to an enveloped request."""
        return self.reply(self.post(body, lease))

    def post(self, body: str, lease: str = "") -> int:
        """Send an enveloped request; its id."""
        number = next(self._ids)
        head = f"@{number}{'/' + lease if lease else ''} {body}"
        self.write(f"{head} *{crc32(head.encode()):08x}")
        return number

    def reply(self, number: int) -> Reply:
        """Reply to the request of that id; those to others are kept, by id, in `others`."""
        while True:
            line = self.others.pop(number, None) or self.read()
            if not line.startswith(f"@{number} "):
                if line.startswith("@"):
                    self.others[int(line[1:].split(" ", 1)[0])] = line
                continue
            text, crc = line.rsplit(" *", 1)
            assert crc == f"{crc32(text.encode()):08x}", line
            _, code, session, rest = text.split(" ", 3)
            epoch, generation = session.split(".")
            return Reply(int(code), epoch, int(generation), rest)

    def close(self) -> None:
        """Give the port back."""
        self._transport.close()


class Target:
    """One board. `kind` is cpython, unix, rp2040 or device."""

    def __init__(self, kind: str, url: str, control: Control | None) -> None:
        self.kind = kind
        self.url = url
        self._control = control
        self.wire = self.connect()

    @property
    def control(self) -> Control:
        """The control port; a test that needs it is skipped on a real board."""
        if self._control is None:
            pytest.skip("needs an emulated board")
        return self._control

    def reconnect(self) -> None:
        """Our port again, after the board has turned its clients away."""
        self.wire.close()
        self.wire = self.connect()

    def connect(self) -> Wire:
        """Another client of the board; a serial port has only one."""
        address = DeviceAddress.parse(self.url)
        if address.scheme == "serial":
            return Wire(SerialPort(address.serial_path()))
        return Wire(TcpPort(*address.host_port()))

    def truth(self, name: str) -> Any:
        """What only an emulator knows."""
        return self.control.truth()[name]

    def check_signals(self) -> None:
        """The chip models found nothing wrong, and no application ended by itself."""
        truth = self.control.truth()
        assert truth["signal_faults"] == []
        assert truth["crashes"] == 0

    def await_reset(self, resets: int = 1) -> None:
        """Return when the processor has been reset so often; what was sent before is lost."""
        until = monotonic() + WAIT_S
        while self.truth("resets") < resets:
            assert monotonic() < until, f"no reset for {WAIT_S:g} s"

    def await_safe(self) -> None:
        """Return when the pins hold no gate open any more."""
        until = monotonic() + WAIT_S
        while self.truth("driven"):
            assert monotonic() < until, f"lines are driven after {WAIT_S:g} s"

    def state(self) -> dict[str, Any]:
        """SYSTem:STATe."""
        said: dict[str, Any] = json.loads(self.wire.request("SYST:STAT?").text)
        return said


class Session:
    """A client that holds the lease of an armed board and keeps its token."""

    def __init__(self, wire: Wire, arm: str = "ARM c0ffee,0.3,1.8,1.8,1e-3,H,100000") -> None:
        self.wire = wire
        self.lease = wire.request("SYST:LEAS?").text
        self.do(arm)
        self.do("CONF 0.2,16,AUTO,HALF,H")
        self.state = wire.request("SYST:STAT?")
        self.number = 0

    def do(self, body: str) -> Reply:
        """A request under the lease that must succeed."""
        reply = self.wire.request(body, self.lease)
        assert reply.code == 0, (body, reply)
        self.state = reply
        return reply

    def clear(self) -> None:
        """Clear the shutdown that is latched."""
        latch = json.loads(self.do("SYST:STAT?").text)["latch"]
        self.do(f"SYST:CLE {self.state.epoch},{latch}")

    def body(self, pulses: list[Pulse], number: int | None = None, readback: str = "NONE") -> str:
        """Body of a list."""
        words = [(r << 16 | c, round(v / MICROVOLT), round(s * 1e9)) for r, c, v, s in pulses]
        number = self.number + 1 if number is None else number
        return f"PULS:LIST {self.state.epoch},{self.state.generation},{number},{readback},{words64(words)}"

    def send(self, pulses: list[Pulse]) -> None:
        """Send a list to a board that will not live to answer."""
        head = f"@{NO_ANSWER}/{self.lease} {self.body(pulses)}"
        self.wire.write(f"{head} *{crc32(head.encode()):08x}")

    def pulse(self, pulses: list[Pulse], readback: str = "NONE") -> Reply:
        """Send a list with the next token; it is used up when the board ran it."""
        reply = self.wire.request(self.body(pulses, readback=readback), self.lease)
        if reply.text.startswith(f"{self.number + 1},"):
            self.number += 1
        return reply


def words64(words: object) -> str:
    """Little-endian int32 as base64."""
    return b64encode(np.asarray(words, "<i4").tobytes()).decode()


def readings(text: str) -> NDArray[np.int32]:
    """Readings of a bulk reply, units of 10 pA: what stands behind its last comma."""
    return np.frombuffer(b64decode(text.rsplit(",", 1)[1]), "<i4")
