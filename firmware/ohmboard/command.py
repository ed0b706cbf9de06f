"""One row of the command table."""

from ohmboard.errors import COMMAND, MISSING, NOT_ALLOWED, SYNTAX, Refusal
from ohmboard.sizes import HEAD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Callable

    from ohmboard.arguments import Argument
    from ohmboard.board import Board
    from ohmboard.replies import Payload
    from ohmboard.request import Request

    Handler = Callable[[Board, Request, "list[Any]"], Payload]

BLANK = 32

# What a command does to the board, for the dispatcher and for the documentation.
SETUP = 1  # changes the set-up: refused under somebody else's lease, steps the generation
ENERGISES = 2  # drives lines: asks for admission itself, is refused while the shutdown is latched
ANYTIME = 4  # no query, and yet carried out while the shutdown is latched


class Command:
    """Header, arguments, flags, what carries it out, and the help.

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
        self.handler = handler
        self.flags = flags
        self.help = text

    @property
    def query(self) -> bool:
        """Whether it answers."""
        return self.header.endswith("?")

    @property
    def while_latched(self) -> bool:
        """Whether a latched shutdown lets it through; commands that energise see to it themselves."""
        return self.query or bool(self.flags & (ANYTIME | ENERGISES))

    def usage(self) -> str:
        """Header and arguments."""
        arguments = ",".join([argument.describe() for argument in self.arguments])
        return (self.header + " " + arguments).strip()

    def parse(self, body: memoryview, at: int) -> "list[Any]":
        """The values of the arguments that begin at `at` of the body. Raises Refusal."""
        bulk = bool(self.arguments) and self.arguments[-1].bulk
        if not bulk and len(body) > HEAD:
            raise Refusal(COMMAND, "longer than %d characters" % HEAD)
        while at < len(body) and body[at] == BLANK:
            at += 1
        plain = len(self.arguments) - 1 if bulk else len(self.arguments)
        if bulk:
            texts, at = _before_bulk(body, at, plain)
        else:
            rest = head_text(body)[at:]
            texts = rest.split(",") if rest else []
        if len(texts) > plain:
            raise Refusal(NOT_ALLOWED, self.usage())
        for argument in self.arguments[len(texts) : plain]:
            if not argument.optional:
                raise Refusal(MISSING, self.usage())
        values = [self._value(place, text) for place, text in enumerate(texts)]  # type: list[Any]
        if bulk:
            if at >= len(body):
                raise Refusal(MISSING, self.usage())
            values.append(body[at:])
        return values

    def _value(self, place: int, text: str) -> "int | str":
        text = text.strip()
        if not text:
            raise Refusal(MISSING, self.usage())
        return self.arguments[place].parse(text)


def head_text(body: memoryview) -> str:
    """The beginning of a body as text: all of it but bulk data. Raises Refusal if it is not ASCII."""
    data = bytes(body[:HEAD])
    try:
        text = str(data, "ascii")
    except UnicodeError:
        raise Refusal(SYNTAX, "not ASCII") from None
    if len(text) != len(data):  # MicroPython's "ascii" takes UTF-8
        raise Refusal(SYNTAX, "not ASCII")
    return text


def _before_bulk(body: memoryview, at: int, count: int) -> "tuple[list[str], int]":
    """The `count` plain arguments before bulk data, as far as they are there, and where the bulk begins."""
    texts = []
    head = bytes(body[:HEAD])
    for _ in range(count):
        comma = head.find(b",", at)
        if comma < 0:
            break
        texts.append(head_text(body[at:comma]))
        at = comma + 1
    while at < len(body) and body[at] == BLANK:
        at += 1
    return texts, at
