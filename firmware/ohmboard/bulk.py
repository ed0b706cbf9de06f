"""Base64 of a request, decoded into the shared buffer of words."""

from ohmboard.errors import DATA_TYPE, OUT_OF_RANGE, Refusal
from ohmboard.sizes import WORD

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ohmboard.surfaces import Engine


def decode(engine: "Engine", text: memoryview, words: memoryview, record: int, most: int, what: str) -> int:
    """Decode int32 records of `record` words; returns how many there are.

    Raises Refusal: -104 if it is no base64 of whole records, -222 for no record or more than `most`.
    """
    if len(text) // 4 * 3 > len(words) + 2:
        raise Refusal(OUT_OF_RANGE, "more than %d %s" % (most, what))
    length = engine.decode(text, len(text), words)
    if length < 0:
        raise Refusal(DATA_TYPE, "no base64")
    if length % (WORD * record):
        raise Refusal(DATA_TYPE, "%d bytes are no whole number of %s" % (length, what))
    count = length // (WORD * record)
    if not 1 <= count <= most:
        raise Refusal(OUT_OF_RANGE, "%d %s, not 1 to %d" % (count, what, most))
    return count
