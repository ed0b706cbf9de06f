"""A pseudo-terminal: the board as a serial port."""

from __future__ import annotations

import os
import select
import selectors
import tty

from ohmsim.wire.lines import LineSplitter
from ohmsim.wire.port import CHUNK, Port, Selector, Sink

UNREAD = 1 << 20
"""Bytes kept for a program that does not read; what comes after is lost, as on a serial port."""


class PtyPort(Port):
    """The board holds the controlling side; programs open `address`. While nobody has it open, output is lost."""

    def __init__(self) -> None:
        self._board, program = os.openpty()
        # Raw from the start: nothing is echoed or translated before a program sets its own modes. They stay with the
        # pair of ends, so our handle on the program's end can go: only without it can we see whether anybody has one.
        tty.setraw(program)
        self.address = os.ttyname(program)
        os.close(program)
        os.set_blocking(self._board, False)
        self._poll = select.poll()
        self._poll.register(self._board, select.POLLIN)
        self._lines = LineSplitter()
        self._unsent = bytearray()
        self._connected = False
        self._plugged = True

    def open(self, selector: Selector, sink: Sink) -> None:
        """Listen; whole lines go to `sink`."""
        self._selector, self._sink = selector, sink

    def look(self) -> None:
        """Has somebody opened the port? A selector cannot wait for that: a port nobody holds is always "ready"."""
        if self._connected:
            return
        events = self._poll.poll(0)
        if not events or not events[0][1] & select.POLLHUP:
            self._connected = True
            self._selector.register(self._board, selectors.EVENT_READ, self._ready)
        elif events[0][1] & select.POLLIN:
            self._receive()  # somebody wrote and closed at once

    def send(self, data: bytes) -> None:
        """Send to whoever holds the port."""
        if self._connected and self._plugged:
            self._unsent += data[: UNREAD - len(self._unsent)]
            self._flush()

    def hang_up(self) -> None:
        """Forget what was under way; the program keeps its handle."""
        self._lines.clear()
        self._unsent.clear()

    def plug(self, *, plugged: bool) -> None:
        """While unplugged, bytes are lost both ways."""
        self._plugged = plugged
        self.hang_up()

    def close(self) -> None:
        """Close our side: the program's reads end."""
        self._disconnected()
        os.close(self._board)

    def _ready(self, events: int) -> None:
        if events & selectors.EVENT_WRITE and self._unsent:
            self._flush()
        if events & selectors.EVENT_READ and self._connected and not self._receive():
            self._disconnected()

    def _receive(self) -> bool:
        try:
            data = os.read(self._board, CHUNK)
        except BlockingIOError:
            return True
        except OSError:
            return False  # the last program has closed the port
        if self._plugged:
            for line in self._lines.feed(data):
                self._sink(line)
        return bool(data)

    def _flush(self) -> None:
        try:
            del self._unsent[: os.write(self._board, self._unsent)]
        except BlockingIOError:
            pass
        except OSError:
            self._disconnected()
            return
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._unsent else 0)
        if self._selector.get_key(self._board).events != events:
            self._selector.modify(self._board, events, self._ready)

    def _disconnected(self) -> None:
        if self._connected:
            self._connected = False
            self._selector.unregister(self._board)
        self.hang_up()
