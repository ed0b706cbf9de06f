"""At most once: the token rules, and the stored reply of the last effect."""

from ohmboard.errors import EPOCH, GENERATION, SEQUENCE, TOKEN_REUSED, Refusal
from ohmboard.sizes import STORED_REPLY, WORD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ohmboard.session import Session
    from ohmboard.surfaces import Engine

NO_BODY = -1
"""The last effect was a bare pulse: nothing can repeat it."""


class Effects:
    """The counter n of effects since boot, and what the last one came to.

    An effect is one list of pulses. n + 1 runs; n with the same body is answered again from the stored reply;
    anything else is refused. A refusal consumes no n.
    """

    def __init__(self, engine: "Engine", session: "Session") -> None:
        self._engine = engine
        self._session = session
        self._text = engine.buffer(STORED_REPLY)
        self._view = memoryview(self._text)
        self._length = 0
        self._body_crc = NO_BODY
        self._generation = 0
        self.counter = 0
        self.code = 0

    def check_epoch(self, epoch: str) -> None:
        """Raises Refusal if the token is of another boot."""
        if epoch != self._session.epoch:
            raise Refusal(EPOCH, "this boot is %s" % self._session.epoch)

    def repeats(self, number: int, body_crc: int) -> bool:
        """Whether this is the last effect again, to be answered from the stored reply."""
        return number == self.counter and body_crc == self._body_crc and self._length > 0

    def check_turn(self, number: int, generation: int) -> None:
        """Raises Refusal unless the token is the next one, under the set-up in force."""
        if generation != self._session.generation:
            raise Refusal(GENERATION, "now %d" % self._session.generation)
        if number == self.counter:
            raise Refusal(TOKEN_REUSED, "counter %d" % self.counter)
        if number != self.counter + 1:
            raise Refusal(SEQUENCE, "counter %d" % self.counter)

    def begin(self, body_crc: int = NO_BODY) -> None:
        """An effect begins: whatever happens now, its number is used."""
        self.counter += 1
        self._body_crc = body_crc
        self._generation = self._session.generation
        self._length = 0

    def end(self, code: int, applied: int, readings: memoryview, count: int) -> None:
        """Store the reply: `<n>,<generation>,<applied>,<status>,<time_us>,<base64 of count readings>`."""
        self.code = code
        head = b"%d,%d,%d,%d,%d," % (self.counter, self._generation, applied, code, self._engine.time_us())
        at = len(head)
        self._view[:at] = head
        if count:
            at += self._engine.encode(readings, WORD * count, self._view[at:])
        self._length = at

    def stored(self) -> memoryview:
        """The stored reply, empty if there was no effect since boot."""
        return self._view[: self._length]
