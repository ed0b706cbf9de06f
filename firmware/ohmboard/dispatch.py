"""From a line to the command that it names, and from its outcome to the reply."""

from ohmboard import envelope
from ohmboard.command import SETUP
from ohmboard.commands import INDEX, TABLE
from ohmboard.errors import INPUT_OVERRUN, LATCHED, SYNTAX, UNDEFINED_HEADER, Refusal, ascii_text, message
from ohmboard.request import Request
from ohmboard.sizes import MAX_LINE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ohmboard.board import Board
    from ohmboard.command import Command
    from ohmboard.lines import LineQueue
    from ohmboard.replies import Payload

URGENT = 64
"""Longest line that may be an ABORt; the envelope of one takes 40 characters at most."""

BLANK = b" "
SEMICOLON = b";"

SPELLINGS = 64
"""How many headers are kept as they were sent: a program writes its headers in one way."""


class Dispatcher:
    """Carries out the lines of one board, in order; an ABORt may be carried out inside another request."""

    def __init__(self, board: "Board") -> None:
        self._board = board
        self._line = board.engine.buffer(MAX_LINE)
        self._request = Request(memoryview(self._line))
        self._known = {}  # type: dict[bytes, Command]
        self.line = self._request.line
        self._urgent = bytearray(URGENT)
        self._urgent_request = Request(memoryview(self._urgent))

    def carry_out(self, length: int, cancelled: bool) -> None:
        """Carry out the first `length` bytes of `line`; `cancelled` if an abort came after them."""
        self._carry_out(self._line, self._request, length, cancelled)

    def hear(self, lines: "LineQueue") -> None:
        """A line has come while a request runs: if it is an ABORt, carry it out; all that waits came before it."""
        line = lines.newest()
        length = len(line)
        if length > URGENT:
            return
        self._urgent[:length] = line
        if not self._is_abort(length):
            return
        lines.drop_newest()
        lines.cancel()
        self._carry_out(self._urgent, self._urgent_request, length, False)

    def usage(self, header: str) -> str:
        """How a command is written and what it does; all headers if none is given. Raises Refusal if it is unknown."""
        if not header:
            return ",".join([command.header for command in TABLE])
        command = _find(header)
        return "%s -- %s" % (command.usage(), command.help)

    def overrun(self) -> None:
        """A line was discarded."""
        self._board.counters.overruns += 1
        self._board.report(INPUT_OVERRUN, message(INPUT_OVERRUN))

    def _is_abort(self, length: int) -> bool:
        request = self._urgent_request
        try:
            if length and self._urgent[0] == envelope.MARK:
                envelope.parse(self._board.engine, request, length)
            else:
                request.read(0, length)
            place = INDEX.find(ascii_text(bytes(request.body())).strip())
        except (envelope.Malformed, Refusal):
            return False
        return place >= 0 and TABLE[place].header == "ABORt"

    def _carry_out(self, line: bytearray, request: Request, length: int, cancelled: bool) -> None:
        self._board.counters.lines += 1
        if length and line[0] == envelope.MARK:
            self._enveloped(request, length, cancelled)
        else:
            self._bare(line, request, length, cancelled)

    def _enveloped(self, request: Request, length: int, cancelled: bool) -> None:
        board = self._board
        try:
            envelope.parse(board.engine, request, length)
        except envelope.Malformed as fault:
            board.counters.crc_errors += 1
            board.report(SYNTAX, message(SYNTAX, "envelope: %s" % fault))
            if board.latch.bad():
                board.shut_down("storm of bad envelopes")
            return
        board.latch.good()
        board.counters.envelopes += 1
        board.lease.renew(request.lease)
        request.cancelled = cancelled
        payload = None  # type: Payload
        try:
            payload = self._command(request)
            code = request.code
        except Refusal as refusal:
            board.counters.refusals += 1
            payload = refusal.text
            code = refusal.code
        board.lease.renew(request.lease)
        board.replies.enveloped(request.number, code, payload)

    def _bare(self, line: bytearray, request: Request, length: int, cancelled: bool) -> None:
        """Commands separated by semicolons, in order; the first that fails ends the line."""
        replies = self._board.replies
        compound = line.find(SEMICOLON, 0, length) >= 0
        held = []
        start = 0
        while start <= length:
            semicolon = line.find(SEMICOLON, start, length)
            stop = semicolon if semicolon >= 0 else length
            _trim(request, start, stop)
            request.cancelled = cancelled
            start = stop + 1
            if request.start == request.stop:
                continue
            try:
                payload = self._command(request)
            except Refusal as refusal:
                self._board.counters.refusals += 1
                self._board.report(refusal.code, refusal.text)
                break
            if payload is not None:
                if compound:
                    held.append(replies.rendered(payload))
                else:
                    replies.bare(payload)
                    replies.end()
        if held:
            replies.bare(memoryview(SEMICOLON.join(held)))
            replies.end()

    def _command(self, request: Request) -> "Payload":
        """Carry out the command of a request. Raises Refusal."""
        board = self._board
        start = request.start
        places = board.engine.split(request.line, start, request.stop)
        header = bytes(request.line[start : places[0]])
        command = self._known.get(header)
        if command is None:
            command = self._recognised(header)
        values = command.parse(request, places)
        if board.latch.reason is not None and not command.while_latched:
            raise Refusal(LATCHED, board.latch.reason)
        if command.flags & SETUP:
            board.lease.refuse_others(request.lease)
        payload = command.handler(board, request, values)
        if command.flags & SETUP:
            board.session.changed()
        return payload

    def _recognised(self, header: bytes) -> "Command":
        """The command of a header that was not sent before. Raises Refusal if there is none."""
        command = _find(ascii_text(header))
        if len(self._known) < SPELLINGS:
            self._known[header] = command
        return command


def _find(header: str) -> "Command":
    """The command of a header as sent. Raises Refusal if there is none."""
    place = INDEX.find(header)
    if place < 0:
        raise Refusal(UNDEFINED_HEADER, header[:40])
    return TABLE[place]


def _trim(request: Request, start: int, stop: int) -> None:
    """Make it a bare request of a part of its line, without the blanks around it."""
    line = request.line
    while start < stop and line[start] == BLANK[0]:
        start += 1
    while stop > start and line[stop - 1] == BLANK[0]:
        stop -= 1
    request.read(start, stop)
