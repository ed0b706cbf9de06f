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

    def parse(self, body: memoryview, head: bytes, at: int) -> "list[Any]":
        """The values of the arguments that begin at `at` of the body, whose head is given. Raises Refusal."""
        arguments = self.arguments
        plain = len(arguments)
        if plain and arguments[-1].bulk:
            plain -= 1
            at = _after_blanks(body, at)
            end = len(head) - len(head[at:].split(b",", plain)[-1])
            rest = head[at : end - 1] if end > at else b""
            data = body[_after_blanks(body, end) :]  # type: memoryview | None
        else:
            if len(body) > HEAD:
                raise Refusal(COMMAND, "longer than %d characters" % HEAD)
            rest = head[at:]
            data = None
        text = ascii_text(rest).strip()
        texts = text.split(",") if text else []
        if len(texts) != plain:
            self._count(len(texts), plain)
        values = []  # type: list[Any]
        for place, text in enumerate(texts):
            text = text.strip()
            if not text:
                raise Refusal(MISSING, self.usage())
            values.append(arguments[place].parse(text))
        if data is not None:
            if not data:
                raise Refusal(MISSING, self.usage())
            values.append(data)
        return values

    def _count(self, given: int, plain: int) -> None:
        """Raise Refusal if there are more arguments than `plain`, or one is missing that is not optional."""
        if given > plain:
            raise Refusal(NOT_ALLOWED, self.usage())
        for argument in self.arguments[given:plain]:
            if not argument.optional:
                raise Refusal(MISSING, self.usage())


def ascii_text(data: bytes) -> str:
    """Bytes as text. Raises Refusal if they are not ASCII."""
    try:
        text = str(data, "ascii")
    except UnicodeError:
        raise Refusal(SYNTAX, "not ASCII") from None
    if len(text) != len(data):  # MicroPython's "ascii" takes UTF-8
        raise Refusal(SYNTAX, "not ASCII")
    return text


def _after_blanks(body: memoryview, at: int) -> int:
    """The place of the next byte that is no blank."""
    while at < len(body) and body[at] == BLANK:
        at += 1
    return at
