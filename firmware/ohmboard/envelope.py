"""The envelope of a request: `@<id>[/<lease>] <body> *<crc>`. The engine checks it."""

from ohmboard.request import NO_LEASE, Request

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ohmboard.surfaces import Engine

MARK = 64
"""The `@` with which an envelope begins."""

TAIL = 10
"""Length of ` *` and the eight digits of the CRC."""

FAULTS = ("", "form", "CRC", "id", "lease")
"""What may be wrong, in the order of the engine's numbers."""


class Malformed(Exception):
    """No envelope: wrong CRC or wrong form. It gets no reply, since nothing in it can be believed."""


def parse(engine: "Engine", request: Request, length: int) -> None:
    """Read the envelope in the first `length` bytes of the request's line. Raises Malformed."""
    fault, number, leased, lease, start, stop, crc = engine.open_envelope(request.line, length)
    if fault:
        raise Malformed(FAULTS[fault])
    request.read(start, stop, number, lease if leased else NO_LEASE, crc)
