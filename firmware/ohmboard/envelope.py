"""The envelope of a request: `@<id>[/<lease>] <body> *<crc>`."""

import binascii

from ohmboard.numbers import hexadecimal
from ohmboard.request import NO_LEASE, Request

MARK = 64
"""The `@` with which an envelope begins."""

TAIL = 10
"""Length of ` *` and the eight digits of the CRC."""

LONGEST_ADDRESS = 20
"""`@`, ten digits of an id, `/`, eight digits of a lease."""


class Malformed(Exception):
    """No envelope: wrong CRC or wrong form. It gets no reply, since nothing in it can be believed."""


def body_crc(data: memoryview) -> int:
    """CRC-32 of the data, by which a repeated body is known."""
    return binascii.crc32(data) & 0xFFFFFFFF


def crc_text(data: memoryview) -> str:
    """CRC-32 of the data as eight lower-case hex digits."""
    return "%08x" % body_crc(data)


def parse(line: memoryview, length: int) -> Request:
    """Read the envelope in the first `length` bytes. Raises Malformed."""
    end = length - TAIL
    if end < 4 or bytes(line[end : end + 2]) != b" *":
        raise Malformed("form")
    if bytes(line[end + 2 : length]) != crc_text(line[:end]).encode():
        raise Malformed("CRC")
    address = bytes(line[1 : min(LONGEST_ADDRESS + 1, end)])
    blank = address.find(b" ")
    if blank < 0:
        raise Malformed("form")
    number, lease = _address(address[:blank])
    return Request(line, blank + 2, end, number, lease)


def _address(address: bytes) -> "tuple[int, int]":
    try:
        text = str(address, "ascii")
    except UnicodeError:
        raise Malformed("form") from None
    digits, slash, key = text.partition("/")
    if not digits or digits[0] == "0" or len(digits) > 10 or not all(["0" <= c <= "9" for c in digits]):
        raise Malformed("id")
    number = int(digits)
    if number > 0xFFFFFFFF:
        raise Malformed("id")
    if not slash:
        return number, NO_LEASE
    if not hexadecimal(key, 8, 8):
        raise Malformed("lease")
    return number, int(key, 16)
