"""Requests and replies over a byte stream that loses, delays, repeats and damages lines, and goes away."""

from __future__ import annotations

import logging
import secrets
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from time import monotonic

from ohmloop.crossbar import LinkLost, LinkTimeout
from ohmloop.link.frames import Frame, LineSplitter, decode_frame, encode_request
from ohmloop.link.transport import READ_S, WRITE_S, Transport

TRACE = 5
"""Log level of single lines, below DEBUG."""

logging.addLevelName(TRACE, "TRACE")
_log = logging.getLogger(__name__)

TIMEOUT_S = 1.0
"""Wait for a reply in s, beyond the time that the request itself takes."""

PATIENCE = (1, 1, 2, 2, 4)
"""Attempts at a request, each with its multiple of the wait: 10 s for a short request to a dead board."""

RECONNECT_S = 10.0
"""How long a port that went away is looked for, in s; a board that restarts on USB needs 1 to 3 s."""

BACK_OFF_S = (0.05, 1.0)
"""First and longest pause between two attempts to open a port again, s."""


STRANGE = "check that the board runs the ohmloop firmware"
LOST = "it has answered before: look at its cable and its supply"
"""What to do about a board that is silent, from the first request on or later."""


@dataclass(frozen=True, slots=True)
class Answer:
    """A reply, and how often the request was sent before it came: above 1 it may have been executed repeatedly."""

    frame: Frame
    attempts: int


class _Asked:
    """A request under way: answered by the first reply to any of its attempts."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.frame: Frame | None = None
        self._woken = threading.Event()

    def answer(self, frame: Frame) -> None:
        self.frame = frame
        self._woken.set()

    def lose(self) -> None:
        """Nothing more will come for what was sent so far."""
        self._woken.set()

    def forget_loss(self) -> None:
        self._woken.clear()

    def wait(self, seconds: float) -> Frame | None:
        if self.frame is None:
            self._woken.wait(seconds)
        return self.frame


class _Outage:
    """The time for which a port that went away is looked for, with growing pauses."""

    def __init__(self, longest_s: float) -> None:
        self._until_s: float | None = None
        self._longest_s = longest_s
        self._pause_s = BACK_OFF_S[0]

    def next_pause_s(self) -> float | None:
        """How long to wait before the next attempt; None when it is too late for one. Time runs from the first call."""
        now_s = monotonic()
        if self._until_s is None:
            self._until_s = now_s + self._longest_s
        pause_s, self._pause_s = self._pause_s, min(2 * self._pause_s, BACK_OFF_S[1])
        return pause_s if now_s + pause_s <= self._until_s else None


class Client:
    """Asks a board and waits for its answers; any thread may ask at any time.

    Each line goes out whole, and a reader thread hands every reply to whoever waits for its id; so an abort from
    another thread overtakes a request without disturbing it. A request is repeated, under a new id, until a reply to
    one of its attempts comes; replies that nobody waits for, boot banners and tracebacks are dropped and logged.
    Nothing is sent at opening: a half line left behind by a dead program is ended by the first request,
    whose damaged copy the board ignores.

    Args:
        connect: opens the port; called again when the port went away. Raises LinkLost.
        place: name of the port in messages.
        timeout_s: wait for a reply in s.
        notify: called in the reader thread with each unasked message.
    """

    def __init__(
        self,
        connect: Callable[[], Transport],
        place: str,
        *,
        timeout_s: float = TIMEOUT_S,
        reconnect_s: float = RECONNECT_S,
        notify: Callable[[Frame], None] | None = None,
    ) -> None:
        self.place = place
        self._connect = connect
        self._timeout_s = timeout_s
        self._reconnect_s = reconnect_s
        self._notify = notify
        self._asked: dict[int, _Asked] = {}
        self._table = threading.Lock()
        self._writing = threading.Lock()
        self._linking = threading.Lock()
        self._closing = threading.Event()
        self._next_id = secrets.randbelow(2**32 - 1) + 1
        self._strays: deque[str] = deque(maxlen=3)
        self._answered = False
        self._transport: Transport | None = None
        self._attach(connect())

    def request(
        self, body: str, *, lease: str | None = None, duration_s: float = 0.0, attempts: int = len(PATIENCE)
    ) -> Answer:
        """Send a request until it is answered.

        Args:
            body: the request without its envelope, printable ASCII.
            lease: key to show with it.
            duration_s: how long the board is expected to work on it, s.
            attempts: times it is sent at most, 1 to 5.

        Raises LinkTimeout if no attempt is answered, LinkLost if the port is gone and does not come back,
        ProtocolError if `body` cannot be sent at all.
        """
        asked = _Asked()
        outage = _Outage(self._reconnect_s)
        attempt = 0
        try:
            while attempt < attempts:
                transport = self._link(outage)
                line = encode_request(self._register(asked), body, lease)
                asked.forget_loss()
                _log.log(TRACE, "%s < %r", self.place, line)
                try:
                    with self._writing:
                        transport.write(line)
                except LinkLost as error:
                    self._detach(transport, error)
                frame = asked.wait(PATIENCE[attempt] * (self._timeout_s + duration_s))
                if frame is not None:
                    self._answered = True
                    return Answer(frame, len(asked.ids))
                if transport is self._transport:
                    attempt += 1
                    _log.debug("%s: no reply to attempt %d of %s", self.place, attempt, body[:40])
                else:
                    self._pause(outage, LinkLost("it hangs up on every request"))
        finally:
            with self._table:
                for request_id in asked.ids:
                    del self._asked[request_id]
        strays = f"; it last said {list(self._strays)}" if self._strays else ""
        raise LinkTimeout(
            f"{self.place} does not answer {body.split(' ', 1)[0]} ({attempts} attempts){strays}; "
            + (LOST if self._answered else STRANGE)
        )

    def close(self) -> None:
        """Give the port back."""
        self._closing.set()
        with self._linking:
            transport, self._transport = self._transport, None
        if transport is not None:
            transport.interrupt()
        self._lose_all()
        self._reader.join(READ_S + WRITE_S)

    def _register(self, asked: _Asked) -> int:
        with self._table:
            request_id = self._next_id
            self._next_id = request_id % (2**32 - 1) + 1
            self._asked[request_id] = asked
            asked.ids.append(request_id)
            return request_id

    def _link(self, outage: _Outage) -> Transport:
        """The open port; opened again, within the time for that, if it went away."""
        with self._linking:
            while self._transport is None:
                if self._closing.is_set():
                    raise LinkLost(f"{self.place} has been closed")
                try:
                    self._attach(self._connect())
                except LinkLost as error:
                    self._pause(outage, error)
            return self._transport

    def _pause(self, outage: _Outage, error: LinkLost) -> None:
        """Wait a little before the port is opened again. Raises LinkLost when that has gone on for too long."""
        pause_s = outage.next_pause_s()
        if pause_s is None:
            raise LinkLost(f"{self.place} went away and did not come back: {error}") from error
        self._closing.wait(pause_s)

    def _attach(self, transport: Transport) -> None:
        self._transport = transport
        self._reader = threading.Thread(target=self._read, args=(transport,), name=f"reader {self.place}", daemon=True)
        self._reader.start()

    def _detach(self, transport: Transport, error: LinkLost) -> None:
        """The port is gone: whoever waits may ask again."""
        _log.debug("%s", error)
        with self._linking:
            if self._transport is transport:
                self._transport = None
        transport.interrupt()  # its reader closes it
        self._lose_all()

    def _read(self, transport: Transport) -> None:
        lines = LineSplitter()
        try:
            while not self._closing.is_set():
                for line in lines.feed(transport.read()):
                    self._dispatch(line)
        except LinkLost as error:
            if not self._closing.is_set():
                self._detach(transport, error)
        finally:
            transport.close()

    def _dispatch(self, line: bytes) -> None:
        _log.log(TRACE, "%s > %r", self.place, line)
        frame = decode_frame(line)
        if frame is None:
            if line:
                self._strays.append(line[:200].decode("latin-1"))
                _log.debug("%s: dropped %r", self.place, line[:200])
        elif frame.id == 0:
            _log.info("%s: %s", self.place, frame.text)
            if frame.text.startswith("BOOT"):  # what was asked before it is lost
                self._lose_all()
            if self._notify is not None:
                self._notify(frame)
        else:
            with self._table:
                asked = self._asked.get(frame.id)
            if asked is None:
                _log.debug("%s: dropped a reply to %d, which nobody waits for", self.place, frame.id)
            else:
                asked.answer(frame)

    def _lose_all(self) -> None:
        with self._table:
            under_way = set(self._asked.values())
        for asked in under_way:
            asked.lose()
