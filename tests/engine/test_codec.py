"""The bulk codec: Python's base64 is the judge."""

import base64
import binascii

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ohmsim._engine import lib

from ohmboard._board import ENGINE
from ohmsim.engine import BenchEngine

ENGINE_UNDER_TEST = BenchEngine([1000] * 64)
assert ENGINE_UNDER_TEST.init(ENGINE) == 0


def decode(text: bytes, capacity: int = 4096) -> bytes | int:
    out = bytearray(capacity)
    size = ENGINE_UNDER_TEST.decode(text, len(text), out)
    return size if size < 0 else bytes(out[:size])


def encode(data: bytes, capacity: int = 4096) -> bytes | int:
    out = bytearray(capacity)
    size = ENGINE_UNDER_TEST.encode(data, len(data), out)
    return size if size < 0 else bytes(out[:size])


@given(st.binary(max_size=300))
def test_round_trip(data):
    text = encode(data)
    assert text == base64.b64encode(data)
    assert decode(text) == data


@given(st.one_of(st.binary(max_size=60), st.text("ABab01+/=", max_size=60).map(str.encode)))
def test_garbage_is_refused(text):
    try:
        want = base64.b64decode(text, validate=True)
    except binascii.Error:
        want = None
    if want is None or base64.b64encode(want) != text:
        assert decode(text) == lib.OHM_E_ARGUMENT  # not base64, or not the one text of these bytes
    else:
        assert decode(text) == want


@pytest.mark.parametrize(
    "text", [b"A", b"AA", b"AAA", b"====", b"A===", b"AB==", b"AAB=", b"AA=A", b"AAAA\n", b"AA==AAAA", b"AA A"]
)
def test_what_lax_decoders_take(text):
    assert decode(text) == lib.OHM_E_ARGUMENT


def test_no_byte_beyond_the_room():
    assert encode(b"abcd", 7) == lib.OHM_E_ARGUMENT
    assert encode(b"abcd", 8) == b"YWJjZA=="
    assert decode(b"YWJjZA==", 3) == lib.OHM_E_ARGUMENT
    assert decode(b"YWJjZA==", 4) == b"abcd"
    with pytest.raises(ValueError, match="text holds 2 bytes, the request needs 4"):
        ENGINE_UNDER_TEST.decode(b"YW", 4, bytearray(4))


def test_a_slice_of_a_line():
    line = bytearray(b"PULS:LIST 1,AQID *00000000")
    out = bytearray(3)
    assert ENGINE_UNDER_TEST.decode(memoryview(line)[12:16], 4, out) == 3
    assert out == b"\x01\x02\x03"
