"""The board's byte stream: all its ports, the faults of its wire, and the door through which it is controlled.

Everything here runs in the board's thread, while the application reads or writes. So commands from the control port
see the board between two steps and need no locks.
"""

from __future__ import annotations

import heapq
import selectors
import socket
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from itertools import count
from queue import Empty, SimpleQueue
from typing import TypeVar

from ohmsim.hal import Reset
from ohmsim.hardware import Hardware
from ohmsim.wire.faults import Direction, Fault, WireFaults
from ohmsim.wire.port import Port

T = TypeVar("T")

BYTE_NS = 1250
"""0.8 MB/s: what a full-speed USB serial port carries."""

READ_CHUNK = 4096
"""Bytes of one read: what that wire carries in the 5 ms between two reads."""

BACKLOG = 1 << 18
"""Bytes that may wait for the application; beyond, clients are held back."""

REORDER_S = 0.05
"""A line that waits for the next one to overtake it goes on after this long without one."""


class ProcessorReset(BaseException):
    """The processor is in reset. Not an Exception: no application catches that."""


class BoardStopped(BaseException):
    """The emulator ends."""


class WireStream:
    """Stream of one board, as `ohmboard` takes it.

    Attributes:
        faults: of the wire.
        last_exchange_ns: board time from the first byte of the last request to the last byte of its reply.
        last_turn_ns: board time from the last byte of that request to the first byte of its reply.
        powered: False while the cable that supplies the board is out.
    """

    def __init__(self, ports: Sequence[Port], hal: Hardware) -> None:
        self.faults = WireFaults()
        self.last_exchange_ns = self.last_turn_ns = 0
        self.powered = True
        self._heard_ns = self._read_ns = 0
        self._answered = True
        self._ports = ports
        self._hal = hal
        self._selector = selectors.DefaultSelector()
        self._input = bytearray()
        self._output = bytearray()
        self._late: list[tuple[float, int, Callable[[bytes], None], bytes]] = []
        self._order = count()
        self._held: dict[Direction, tuple[float, Callable[[bytes], None], bytes]] = {}
        self._replug_s: float | None = None
        self._commands: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._bell, self._listen = socket.socketpair()
        self._listen.setblocking(False)
        self._stopping = False
        self._closed = False
        self._selector.register(self._listen, selectors.EVENT_READ, self._rung)
        for port in ports:
            port.open(self._selector, self._line_in)

    # --- what ohmboard calls ---

    def read(self, timeout_ms: int) -> bytes:
        """What has come, after at most the time-out; empty if nothing. Raises ProcessorReset and BoardStopped."""
        self._pace()
        begin = time.monotonic()
        until = begin + timeout_ms * 1e-3
        self._turn(0)
        while not self._input and not self._ended():
            left = until - time.monotonic()
            if left <= 0:
                break
            self._turn(left)
        if timeout_ms and not self._input:
            # Idle time is wall time, but no more than asked for: a busy machine must not starve the watchdog.
            idle_ns = min(round((time.monotonic() - begin) * 1e9), timeout_ms * 1_000_000)
            self._hal.advance(idle_ns)
            self._hal.time.idle(idle_ns)
        data = bytes(self._input[:READ_CHUNK])
        del self._input[:READ_CHUNK]
        if data and self._answered:
            self._heard_ns, self._answered = self._hal.time.now_ns, False
        self._hal.advance(len(data) * BYTE_NS)
        if data:
            self._read_ns = self._hal.time.now_ns
        self._check()
        return data

    def write(self, data: bytes | bytearray | memoryview) -> None:
        """Send all of it. Raises ProcessorReset and BoardStopped."""
        self._check()
        if not self._answered:
            self.last_turn_ns, self._answered = self._hal.time.now_ns - self._read_ns, True
        self._hal.advance(len(data) * BYTE_NS)
        self._check()
        self.last_exchange_ns = self._hal.time.now_ns - self._heard_ns
        direction = self.faults.to_host
        if direction is None and not self._output:
            self._send(bytes(data))
            return
        self._output += data
        while (end := self._output.find(b"\n") + 1) > 0:
            line = bytes(self._output[:end])
            del self._output[:end]
            if direction is None:
                self._send(line)
            else:
                self._carry(direction, line, self._send)

    # --- what the emulator calls ---

    def call(self, command: Callable[[], T], timeout_s: float) -> T:
        """Run a command in the board's thread, between two of its steps; from any other thread.

        Raises what the command raises, and TimeoutError.
        """
        future: Future[T] = Future()

        def run() -> None:
            try:
                future.set_result(command())
            except Exception as error:  # noqa: BLE001 - it belongs to the caller
                future.set_exception(error)

        self._commands.put(run)
        self._ring()
        return future.result(timeout_s)

    def stop(self) -> None:
        """End the board, from any thread."""
        self._stopping = True
        self._ring()

    def boot(self) -> None:
        """The board starts: nothing is left of what was under way. Waits until the board has its supply."""
        self._input.clear()
        self._output.clear()
        while not self.powered and not self._stopping:
            self._turn(1.0)
        self._check_stop()

    def unplug(self, *, power: bool, for_s: float | None = None) -> None:
        """Pull the cable, for so long or until `replug`; with `power` the board loses its supply too."""
        for port in self._ports:
            port.plug(plugged=False)
        self._input.clear()
        self._replug_s = None if for_s is None else time.monotonic() + for_s
        if power:
            self.powered = False
            self._hal.reset(Reset.POWER)

    def replug(self) -> None:
        """Put the cable back."""
        self._replug_s = None
        self.powered = True
        for port in self._ports:
            port.plug(plugged=True)

    def close(self) -> None:
        """Close every port; once is enough."""
        if self._closed:
            return
        self._closed = True
        for port in self._ports:
            port.close()
        self._selector.close()
        self._bell.close()
        self._listen.close()

    # --- turns ---

    def _turn(self, timeout_s: float) -> None:
        """Serve ports, control and late lines once; waits at most the time-out for any of them."""
        if len(self._input) < BACKLOG:
            for port in self._ports:
                port.look()
            for key, events in self._selector.select(min(timeout_s, self._patience())):
                key.data(events)
        else:
            self._rung(0)
        self._release()

    def _patience(self) -> float:
        """Seconds until something of our own is due."""
        due = [when for when, *_ in self._late[:1]]
        due += [when for when, *_ in self._held.values()]
        if self._replug_s is not None:
            due.append(self._replug_s)
        return max(0.0, min(due) - time.monotonic()) if due else 1.0

    def _release(self) -> None:
        if not (self._late or self._held or self._replug_s is not None):
            return
        now = time.monotonic()
        while self._late and self._late[0][0] <= now:
            _, _, carry, line = heapq.heappop(self._late)
            carry(line)
        for direction, (when, carry, line) in list(self._held.items()):
            if when <= now:
                del self._held[direction]
                carry(line)
        if self._replug_s is not None and self._replug_s <= now:
            self.replug()

    def _pace(self) -> None:
        """Hold the board back to real time, serving the ports meanwhile."""
        while (ahead := self._hal.time.ahead_s()) > 1e-3 and not self._ended():
            self._turn(ahead)

    def _ring(self) -> None:
        try:
            self._bell.send(b"!")
        except OSError:
            return  # the board has ended

    def _rung(self, _events: int) -> None:
        with suppress(BlockingIOError):
            self._listen.recv(64)
        while True:
            try:
                command = self._commands.get_nowait()
            except Empty:
                return
            command()

    def _ended(self) -> bool:
        return self._stopping or self._hal.failed is not None

    def _check(self) -> None:
        self._check_stop()
        if self._hal.failed is not None:
            raise ProcessorReset

    def _check_stop(self) -> None:
        if self._stopping:
            raise BoardStopped

    # --- lines ---

    def _line_in(self, line: bytes) -> None:
        direction = self.faults.to_board
        if direction is None:
            self._receive(line)
        else:
            self._carry(direction, line, self._receive)

    def _receive(self, line: bytes) -> None:
        if self.powered:
            self._input += line

    def _send(self, data: bytes) -> None:
        for port in self._ports:
            port.send(data)

    def _carry(self, direction: Direction, line: bytes, onward: Callable[[bytes], None]) -> None:
        """Let a line meet its fate."""
        fault = direction.next()
        overtaken = self._held.pop(direction, None)
        if fault is None:
            onward(line)
        elif fault is Fault.LATE:
            when = time.monotonic() + direction.rates.late_s
            heapq.heappush(self._late, (when, next(self._order), onward, line))
        elif fault is Fault.REORDER:
            self._held[direction] = (time.monotonic() + REORDER_S, onward, line)
        elif fault is Fault.DUPLICATE:
            onward(line)
            onward(line)
        elif fault is Fault.CORRUPT:
            onward(direction.corrupted(line))
        elif fault is Fault.TRUNCATE:
            onward(direction.cut(line) + b"\n")
        elif fault is Fault.UNPLUG:
            self.unplug(power=False, for_s=direction.rates.unplug_s)
        elif fault is Fault.RESET_MID:
            self._reset_mid(direction, line, onward)
        if overtaken is not None:
            overtaken[1](overtaken[2])

    def _reset_mid(self, direction: Direction, line: bytes, onward: Callable[[bytes], None]) -> None:
        if direction is self.faults.to_board:
            onward(line)
            self._hal.reset_after(round(direction.fraction() * direction.rates.reset_within_s * 1e9))
        else:
            onward(direction.cut(line))
            self._hal.reset(Reset.PROCESSOR)
            raise ProcessorReset
