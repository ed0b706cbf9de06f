"""One row of the command table."""

from ohmboard.engine_codes import SPLIT_HEAD
from ohmboard.errors import COMMAND, MISSING, NOT_ALLOWED, Refusal, ascii_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ohmboard.arguments import Argument
    from ohmboard.board import Board
    from ohmboard.replies import Payload
    from ohmboard.request import Request

    Handler = Callable[[Board, Request, "list[Any]"], Payload]

# What a command does to the board, for the dispatcher and for the documentation.
SETUP = 1  # changes the set-up: refused under somebody else's lease, steps the generation
ENERGISES = 2  # drives lines: asks for admission itself, is refused while the shutdown is latched
ANYTIME = 4  # no query, and yet carried out while the shutdown is latched


class Command:
    """Header, arguments, flags, what carries it out, and the help.

    A `query` answers. A latched shutdown lets it through if it is `while_latched`; commands that energise see to that
    themselves.

    The handler gets the board, the request and the values of the arguments; it returns the answer of a query or
    None, and raises Refusal.
    """

    def __init__(
        self,
        header: str,
        arguments: "tuple[Argument, ...]",
        handler: "Handler",
        flags: int,
        text: str,
    ) -> None:
        self.header = header
        self.arguments = arguments
        self._bulk = len(arguments) > 0 and arguments[-1].bulk
        self._reads = tuple([argument.read for argument in arguments])
        self._most = 3 * len(arguments)
        self.handler = handler
        self.flags = flags
        self.help = text
        self.query = header.endswith("?")
        self.while_latched = self.query or bool(flags & (ANYTIME | ENERGISES))

    def usage(self) -> str:
        """Header and arguments."""
        arguments = ",".join([argument.describe() for argument in self.arguments])
        return (self.header + " " + arguments).strip()

    def parse(self, request: "Request", places: "tuple[int, ...]") -> "list[Any]":
        """The values of the arguments given, which lie at these places (ohm_split). Raises Refusal."""
        line = request.line
        end = len(places) - 1
        if end != self._most or (request.stop - request.start > SPLIT_HEAD and not self._bulk):
            end = 3 * self._count(request, end // 3)
        values = []  # type: list[Any]
        place = 0
        for read in self._reads:
            if place == end:
                break
            start = places[place + 1]
            stop = places[place + 2]
            place += 3
            if self._bulk and place == self._most:
                stop = request.stop
            if start == stop:
                raise Refusal(MISSING, self.usage())
            values.append(read(line, start, stop, places[place]))
        return values

    def _count(self, request: "Request", given: int) -> int:
        """How many arguments there are if that is not plain. Raises Refusal: too many, too few, too long."""
        arguments = self.arguments
        if self._bulk:
            if given < len(arguments):
                raise Refusal(MISSING, self.usage())
            return len(arguments)  # commas behind the last one are its own
        if request.stop - request.start > SPLIT_HEAD:
            raise Refusal(COMMAND, "longer than %d characters" % SPLIT_HEAD)
        ascii_text(bytes(request.body()))
        if given > len(arguments):
            raise Refusal(NOT_ALLOWED, self.usage())
        for argument in arguments[given:]:
            if not argument.optional:
                raise Refusal(MISSING, self.usage())
        return given
