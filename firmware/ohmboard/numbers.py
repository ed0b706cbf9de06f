"""Decimal text in SI units to integers and back, exactly: no float takes part."""

from ohmboard.engine_codes import NO_READING, OVER_NEG, OVER_POS
from ohmboard.errors import DATA_TYPE, OUT_OF_RANGE, SUFFIX, Refusal

INT32_MIN = -2147483648
INT32_MAX = 2147483647

# Suffix to the power of ten by which it divides the unit; SCPI suffixes ignore case, and M is milli.
VOLT = {"": 0, "V": 0, "MV": 3, "UV": 6}
SECOND = {"": 0, "S": 0, "MS": 3, "US": 6, "NS": 9}
NONE = {"": 0}

LARGEST_EXPONENT = 400
"""Beyond it every number but zero is out of range; a body holds fewer digits than that."""


def scaled(text: str, suffixes: "dict[str, int]", places: int) -> int:
    """A decimal number with an optional suffix, in units of 10**-places of its SI unit.

    Raises Refusal: -104 if it is no number, -131 for an unknown suffix, -222 if it is no whole number of those units
    or does not fit an int32.
    """
    text = text.strip()
    at, negative = _sign(text, 0)
    at, mantissa, fraction, digits = _mantissa(text, at)
    if digits == 0:
        raise Refusal(DATA_TYPE, "not a number: " + text)
    at, exponent = _exponent(text, at)
    suffix = text[at:].strip()
    if suffix.upper() not in suffixes:
        raise Refusal(SUFFIX, suffix)
    power = exponent - fraction - suffixes[suffix.upper()] + places
    if mantissa == 0:
        return 0
    if not -LARGEST_EXPONENT <= power <= LARGEST_EXPONENT:
        raise Refusal(OUT_OF_RANGE, text)
    unit = 10 ** abs(power)  # type: int
    if power >= 0:
        value = mantissa * unit
    else:
        value, rest = divmod(mantissa, unit)
        if rest:
            raise Refusal(OUT_OF_RANGE, text + " is finer than can be set")
    if negative:
        value = -value
    if not INT32_MIN <= value <= INT32_MAX:
        raise Refusal(OUT_OF_RANGE, text)
    return value


def microvolts(text: str) -> int:
    """Volts, with V, mV or uV or no suffix, in uV."""
    return scaled(text, VOLT, 6)


def nanoseconds(text: str) -> int:
    """Seconds, with s, ms, us or ns or no suffix, in ns."""
    return scaled(text, SECOND, 9)


def whole(text: str) -> int:
    """A whole number without a unit."""
    return scaled(text, NONE, 0)


def fixed(value: int, places: int) -> str:
    """An integer number of 10**-places as decimal text of that many places."""
    unit = 10**places
    return "%s%d.%0*d" % ("-" if value < 0 else "", abs(value) // unit, places, abs(value) % unit)


def current(value: int) -> str:
    """A current in units of 10 pA as NR3 text in A; SCPI's numbers for infinity and for no reading."""
    if value == OVER_POS:
        return "9.9E37"
    if value == OVER_NEG:
        return "-9.9E37"
    if value == NO_READING:
        return "9.91E37"
    return "%dE-11" % value


def hexadecimal(text: str, shortest: int, longest: int) -> bool:
    """Whether the text is that many lower-case hex digits."""
    return shortest <= len(text) <= longest and not text.strip("0123456789abcdef")


def _sign(text: str, at: int) -> "tuple[int, bool]":
    if at < len(text) and text[at] in "+-":
        return at + 1, text[at] == "-"
    return at, False


def _mantissa(text: str, at: int) -> "tuple[int, int, int, int]":
    """Where it ends, its digits as an integer, how many of them are behind the point, and how many there are."""
    start = at
    point = -1
    while at < len(text):
        if text[at] == "." and point < 0:
            point = at
        elif not "0" <= text[at] <= "9":
            break
        at += 1
    digits = text[start:at].replace(".", "")
    fraction = 0 if point < 0 else at - point - 1
    return at, int(digits) if digits else 0, fraction, len(digits)


def _exponent(text: str, at: int) -> "tuple[int, int]":
    """Where it ends, and the exponent; without digits it is no exponent and stays for the suffix."""
    if at >= len(text) or text[at] not in "eE":
        return at, 0
    start, negative = _sign(text, at + 1)
    end = start
    while end < len(text) and "0" <= text[end] <= "9":
        end += 1
    if end == start:
        return at, 0
    value = int(text[start:end]) if end - start < 6 else 10 * LARGEST_EXPONENT
    return end, -value if negative else value
