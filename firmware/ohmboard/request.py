"""One request as it came in."""

NO_LEASE = -1
"""The request carries no lease."""


class Request:
    """Where its body lies in the line, and what its envelope says.

    One object serves line after line: making a new one costs the board more time than finding out what it says. It has
    no properties: in a class with one, MicroPython looks through the class at every assignment to an attribute.

    `number` is the id of the envelope, 0 for a bare line, which is not `enveloped`; `lease` its key or NO_LEASE; `crc`
    the CRC-32 of the body of a request with a lease, by which a repeated body is known; `code` the status that the
    reply will carry, which a handler may set for an effect that began and did not end well. `cancelled` means that an
    abort came after it and before its turn.
    """

    def __init__(self, line: memoryview) -> None:
        self.line = line
        self.read(0, 0)

    def read(self, start: int, stop: int, number: int = 0, lease: int = NO_LEASE, crc: int = 0) -> None:
        """Become what the line says now."""
        self.start = start
        self.stop = stop
        self.number = number
        self.enveloped = number != 0
        self.lease = lease
        self.crc = crc
        self.code = 0
        self.cancelled = False

    def body(self) -> memoryview:
        """The bytes of the body as sent."""
        return self.line[self.start : self.stop]
