"""The envelope: what is written is read back, what is damaged is nothing."""

from __future__ import annotations

from binascii import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ohmloop.crossbar import ProtocolError
from ohmloop.link.bulk import pack_words, unpack_words
from ohmloop.link.frames import MAX_LINE, Frame, LineSplitter, decode_frame, encode_request

PRINTABLE = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=60)
IDS = st.integers(0, 2**32 - 1)
EPOCH = "00000001deadbeef"


def reply(covered: str) -> bytes:
    return f"{covered} *{crc32(covered.encode()):08x}".encode()


def test_a_request() -> None:
    covered = b"@7/0badcafe MEASure:ROWS? 0,8"
    assert encode_request(7, "MEASure:ROWS? 0,8", "0badcafe") == b"%s *%08x\n" % (covered, crc32(covered))
    assert encode_request(7, "*IDN?").startswith(b"@7 *IDN? *")


@pytest.mark.parametrize("body", ["line\nfeed", "tab\t", "\x03", "ü"])
def test_a_body_that_is_not_printable(body: str) -> None:
    with pytest.raises(ProtocolError, match="printable"):
        encode_request(1, body)


def test_the_longest_line() -> None:
    room = MAX_LINE - len("@1  *00000000")
    assert len(encode_request(1, "x" * room)) == MAX_LINE + 1
    with pytest.raises(ProtocolError, match="longer"):
        encode_request(1, "x" * (room + 1))


@given(IDS, st.integers(-999, 999), st.integers(0, 2**31), PRINTABLE)
def test_a_reply(request_id: int, code: int, generation: int, text: str) -> None:
    line = reply(f"@{request_id} {code} {EPOCH}.{generation} {text}")
    assert decode_frame(line) == Frame(request_id, code, EPOCH, generation, text)


def test_an_empty_reply_has_two_blanks() -> None:
    assert decode_frame(reply(f"@5 0 {EPOCH}.3 ")) == Frame(5, 0, EPOCH, 3, "")


@given(PRINTABLE, st.data())
def test_a_wrong_bit_is_noticed(text: str, data: st.DataObject) -> None:
    line = bytearray(reply(f"@5 0 {EPOCH}.3 {text}"))
    line[data.draw(st.integers(0, len(line) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    assert decode_frame(bytes(line)) is None


@pytest.mark.parametrize(
    "covered",
    ["@5 SYSTem:STATe?", f"@5 0 {EPOCH[:-1]}.3 x", f"@5 0 {EPOCH} x", f"5 0 {EPOCH}.3 x", f"@-5 0 {EPOCH}.3 x", ""],
)
def test_what_is_no_reply(covered: str) -> None:
    assert decode_frame(reply(covered)) is None


@given(st.binary(max_size=80))
def test_garbage_is_no_reply(line: bytes) -> None:
    assert decode_frame(line) is None


@given(st.lists(st.binary(max_size=30).filter(lambda b: b"\n" not in b and not b.endswith(b"\r"))), st.data())
def test_lines_survive_any_cutting(lines: list[bytes], data: st.DataObject) -> None:
    ends = data.draw(st.lists(st.sampled_from([b"\n", b"\r\n"]), min_size=len(lines), max_size=len(lines)))
    stream = b"".join(line + end for line, end in zip(lines, ends, strict=True))
    splitter, found = LineSplitter(), []
    while stream:
        cut = data.draw(st.integers(1, len(stream)))
        found += splitter.feed(stream[:cut])
        stream = stream[cut:]
    assert found == lines


def test_an_overlong_line_is_dropped_and_the_next_is_read() -> None:
    splitter = LineSplitter()
    assert splitter.feed(b"x" * (MAX_LINE + 2)) == []
    assert splitter.feed(b"y" * 40000 + b"\nnext\n") == [b"next"]
    assert splitter.feed(b"z" * MAX_LINE + b"\r\n") == [b"z" * MAX_LINE]


@given(st.lists(st.integers(-(2**31), 2**31 - 1)))
def test_bulk_data(words: list[int]) -> None:
    assert unpack_words(pack_words(words)).tolist() == words


def test_bulk_data_little_endian() -> None:
    assert pack_words([1]) == "AQAAAA=="


@pytest.mark.parametrize("word", [2**31, -(2**31) - 1])
def test_bulk_data_out_of_range(word: int) -> None:
    with pytest.raises(ValueError, match="32-bit"):
        pack_words(np.array([0, word]))


@pytest.mark.parametrize("text", ["AQAAAA", "AQAA", "!!!!", "AQ AAAA=="])
def test_bulk_data_that_is_none(text: str) -> None:
    with pytest.raises(ProtocolError):
        unpack_words(text)
